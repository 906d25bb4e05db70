import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atLeast, below, type Figure } from './measure.ts'
import { inTurn, type Place, runProgram } from './place.ts'
import { startPeer, watchMemory } from './processes.ts'

const mebibytes = 1024
const rounds = 3
const downloadShare = 0.8
const uploadShare = 0.9
const mostGrowth = 64

/** One gibibyte through LFS: down beside a plain stream of Node, up beside a copy that ends on the disk. */
export async function measureLfs(place: Place): Promise<Figure[]> {
  const source = join(place.folder, 'large.bin')
  await runProgram('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${mebibytes}`, 'status=none'])
  const object = { oid: await digestOf(source), size: mebibytes * 1024 * 1024 }
  const repos: string[] = []
  for (let round = 0; round <= rounds; round++) repos.push(await place.createRepo(`large-${round}`))
  await send(source, await linkTo(place, repos[rounds] ?? '', 'upload', object))

  const places = await Promise.all(repos.slice(0, rounds).map((repo) => linkTo(place, repo, 'upload', object)))
  const memory = watchMemory(place.pid)
  const up = await inTurn(
    rounds,
    (round) => send(source, places[round] ?? ''),
    () => copy(source, join(place.folder, 'copy.bin')),
  )
  const limits = await limitsOf(source)
  const link = await linkTo(place, repos[0] ?? '', 'download', object)
  const peer = await startPeer('file-stream', source)
  const down = await inTurn(
    rounds,
    () => curl([link]),
    () => curl([peer.url]),
  )
  await peer.stop()
  const growth = memory.stop()
  await rm(source)
  return [
    {
      ...shareFigure('LFS download of 1 GiB', down, { goal: downloadShare, peer: 'a plain Node file stream' }),
      why: 'The hub decides and signs before it sends; the peer only sends.',
    },
    uploadFigure(up, limits),
    {
      name: 'memory of the hub meanwhile: growth',
      value: growth,
      unit: 'MB',
      verdict: below(growth, mostGrowth),
      note: 'resident memory at its highest beside what it was after one upload',
    },
  ]
}

type Timed = Awaited<ReturnType<typeof inTurn>>

const speed = (ms: number) => `${Math.round((mebibytes / ms) * 1000)} MiB/s`

function shareFigure(name: string, { one, other }: Timed, { goal, peer }: { goal: number; peer: string }): Figure {
  const note = `${speed(one)} beside ${speed(other)}`
  return { name, value: other / one, unit: `of the speed of ${peer}`, verdict: atLeast(other / one, goal), note }
}

function uploadFigure(up: Timed, { received, hashed }: Limits): Figure {
  const figure = shareFigure('LFS upload of 1 GiB', up, { goal: uploadShare, peer: '`dd conv=fdatasync`' })
  const alone = `alone, a Node server that drops what it receives ${speed(received)}, SHA-256 ${speed(hashed)}`
  return {
    ...figure,
    note: `${figure.note}; ${alone}, one after the other ${speed(received + hashed + up.other)}`,
    why: '`dd` only copies. An upload is sent, received, written, and hashed on the same cores.',
  }
}

interface Limits {
  received: number
  hashed: number
}

/** What an upload consists of, besides the disk: each alone, in milliseconds. */
async function limitsOf(source: string): Promise<Limits> {
  const sink = await startPeer('sink', '-')
  const { one, other } = await inTurn(rounds, () => send(source, `${sink.url}/`), hashInMemory)
  await sink.stop()
  return { received: one, hashed: other }
}

async function hashInMemory(): Promise<void> {
  const piece = randomBytes(1024 * 1024)
  const hash = createHash('sha256')
  for (let sent = 0; sent < mebibytes; sent++) hash.update(piece)
  hash.digest()
}

interface LargeFile {
  oid: string
  size: number
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}

async function linkTo(
  place: Place,
  repo: string,
  operation: 'upload' | 'download',
  object: LargeFile,
): Promise<string> {
  const answer = await fetch(`${place.url}/${repo}.git/info/lfs/objects/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.token}`, 'content-type': 'application/vnd.git-lfs+json' },
    body: JSON.stringify({ operation, transfers: ['basic'], objects: [object] }),
  })
  const text = await answer.text()
  const link = JSON.parse(text).objects[0].actions?.[operation]?.href
  if (typeof link !== 'string') throw new Error(text)
  return link
}

function send(source: string, link: string): Promise<void> {
  return curl(['-H', 'Expect:', '-T', source, link])
}

async function copy(source: string, target: string): Promise<void> {
  await rm(target, { force: true })
  await runProgram('dd', [`if=${source}`, `of=${target}`, 'bs=1M', 'conv=fdatasync', 'status=none'])
}

async function curl(args: string[]): Promise<void> {
  await runProgram('curl', ['-sS', '-f', '-o', '/dev/null', ...args])
}
