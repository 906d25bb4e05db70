import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { below, type Figure } from './measure.ts'
import { inTurn, type Place, runProgram } from './place.ts'
import { startPeer } from './processes.ts'

const commits = 1000
const blobBytes = 256 * 1024 * 1024
const mostTimes = 1.3
const environment = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }

/** Clones and pushes, beside git's own server behind the least Node: the same client, the same disk, in turn. */
export async function measureGit(place: Place): Promise<Figure[]> {
  const root = join(place.folder, 'peer')
  mkdirSync(root)
  const peer = await startPeer('git-http-backend', root)
  try {
    const history = await makeSource(place, 'history', historyOf(commits))
    const blob = await makeSource(place, 'blob', blobHistory())
    return [
      ...(await measureSource({ place, peer: peer.url, root, rounds: 5 }, history, '1,000 commits')),
      ...(await measureSource({ place, peer: peer.url, root, rounds: 3 }, blob, 'one file of 256 MiB')),
    ]
  } finally {
    await peer.stop()
  }
}

interface Pair {
  place: Place
  peer: string
  root: string
  rounds: number
}

async function measureSource(pair: Pair, source: string, what: string): Promise<Figure[]> {
  const { place, peer, root, rounds } = pair
  const name = source.split('/').at(-1) ?? ''
  const repos = new Map<number, string>()
  for (let round = 0; round < rounds; round++) {
    repos.set(round, await place.createRepo(`${name}-${round}`))
    await git(root, ['init', '-q', '--bare', `${name}-${round}`])
    await git(join(root, `${name}-${round}`), ['config', 'http.receivepack', 'true'])
  }
  const hubUrl = (round: number) => place.gitUrl(repos.get(round) ?? '')
  const push = (url: string) => git(source, ['push', '-q', url, 'main:refs/heads/work'])
  const pushed = await inTurn(
    rounds,
    (round) => push(hubUrl(round)),
    (round) => push(`${peer}/${name}-${round}`),
  )
  const target = join(place.folder, 'clone')
  const clone = async (url: string) => {
    rmSync(target, { recursive: true, force: true })
    await git(place.folder, ['clone', '-q', '--bare', '--single-branch', '--branch', 'work', url, target])
  }
  const cloned = await inTurn(
    rounds,
    () => clone(hubUrl(0)),
    () => clone(`${peer}/${name}-0`),
  )
  const why =
    'The hub checks every object, looks at every new name, link and pointer, asks the database whether the references may move, and has all of it on the disk before it answers; the peer does none of that.'
  return [figure(`clone of ${what}`, cloned), { ...figure(`push of ${what}`, pushed), why }]
}

function figure(name: string, { one, other, ratio }: { one: number; other: number; ratio: number }): Figure {
  return {
    name,
    value: ratio,
    unit: '× the time of git http-backend',
    verdict: below(ratio, mostTimes),
    note: `${Math.round(one)} ms beside ${Math.round(other)} ms`,
  }
}

async function makeSource(place: Place, name: string, stream: Iterable<string | Buffer>): Promise<string> {
  const folder = join(place.folder, name)
  await git(place.folder, ['init', '-q', '--bare', '-b', 'main', folder])
  // Random bytes only take time to compress
  const args = ['-c', 'core.compression=0', 'fast-import', '--quiet']
  const child = spawn('git', args, { cwd: folder, env: environment, stdio: ['pipe', 'ignore', 'inherit'] })
  for (const piece of stream) if (!child.stdin.write(piece)) await once(child.stdin, 'drain')
  child.stdin.end()
  await once(child, 'close')
  return folder
}

function* historyOf(count: number): Iterable<string> {
  for (let index = 0; index < count; index++) {
    const text = `number ${index}`
    yield `commit refs/heads/main\ncommitter ada <ada@example.org> ${1_700_000_000 + index * 60} +0000\n`
    yield `data ${text.length}\n${text}\n`
    for (let file = 0; file < 3; file++) {
      const content = `${randomBytes(30).toString('hex')}\n`.repeat(30)
      yield `M 644 inline part-${index % 20}/file-${(index * 3 + file) % 400}.txt\ndata ${content.length}\n${content}\n`
    }
  }
}

function* blobHistory(): Iterable<string | Buffer> {
  const piece = 16 * 1024 * 1024
  yield 'commit refs/heads/main\ncommitter ada <ada@example.org> 1700000000 +0000\ndata 4\nblob\n'
  yield `M 644 inline large.bin\ndata ${blobBytes}\n`
  for (let bytes = 0; bytes < blobBytes; bytes += piece) yield randomBytes(piece)
  yield '\n'
}

function git(cwd: string, args: readonly string[]): Promise<string> {
  return runProgram('git', args, { cwd, env: environment })
}
