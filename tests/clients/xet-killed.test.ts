// Clients and hubs that are killed in the middle of an upload: nothing that was acknowledged is lost, and the same command
// once more succeeds with the cache that the first one left. In `npm run soak` many times, and with three gibibytes.
import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { killTree } from '../durability/processes.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { freePort, makeDataDir, type Program, spawnProgram, untilReady } from '../program.ts'
import { until } from '../until.ts'
import { digestOfFile, succeeded } from './expect.ts'
import { type Machine, makeMachine, noClient, type Outcome, type PythonClient } from './machine.ts'

// Three xorbs, of which a client sends two at once
const shortBytes = 150_000_000
const longBytes = Number(process.env.GUILDHALL_XET_BYTES ?? shortBytes)
const kills = Number(process.env.GUILDHALL_KILLS ?? 2)
// Of the long form: the file of such a round is a large one, and its client goes on by itself
const longEvery = 10
const pieceBytes = 50_000_000
const xorbBytes = 64 * 1024 ** 2
const name = 'model.safetensors'

const upload = (from: Machine, repo: string, signal?: AbortSignal) =>
  from.run('hf', ['upload', repo, 'files', '.'], { cwd: from.home, ...(signal && { signal }) })

/** A file of noise, behind as much of the one before as is kept. */
function write(at: Machine, bytes: number, kept = 0): string {
  const file = join(at.folder('files'), name)
  if (kept === 0) writeFileSync(file, '')
  truncateSync(file, kept)
  for (let written = kept; written < bytes; written += pieceBytes)
    appendFileSync(file, randomFillSync(Buffer.alloc(Math.min(pieceBytes, bytes - written))))
  return file
}

async function requireSame(at: Machine, repo: string): Promise<void> {
  succeeded(await at.hf(at.home, 'download', repo, '--local-dir', 'down'))
  assert.equal(await digestOfFile(join(at.home, 'down', name)), await digestOfFile(join(at.home, 'files', name)))
  rmSync(join(at.home, 'down'), { recursive: true })
}

/** Names of what is in a folder of the hub, in the folders below, too. */
function filesIn(...folder: string[]): string[] {
  if (!existsSync(join(...folder))) return []
  const entries = readdirSync(join(...folder), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

describe('a client that is killed goes on where it was', () => {
  const clients: [client: PythonClient, what: string, byXet: boolean][] = [
    ['newest', 'the newest one', true],
    ['firstXet', 'the first one that knows nothing but Xet', true],
    ['lastLfs', 'the last one that uploads by LFS, from the start', false],
  ]
  const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-killed-'))
  let hub: TestHub
  let ada: Person

  before(async () => {
    hub = await startTestHub({ dataDir })
    ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  })

  for (const [client, what, byXet] of clients)
    test(what, { skip: noClient(client) }, async () => {
      const machine = makeMachine(hub.url, ada, client)
      const repo = `lab/${client.toLowerCase()}`
      const oid = await digestOfFile(write(machine, longBytes))
      const sent: string[] = []
      const count = ({ url = '' }: { url?: string | undefined }) => {
        if (url.includes('/v1/xorbs/')) sent.push(url)
      }
      hub.running.server.app.server.on('request', count)
      const killed = new AbortController()
      const broken = upload(machine, repo, killed.signal)
      const staged = () =>
        hub.db
          .selectFrom('xet_xorbs as x')
          .innerJoin('repositories as r', 'r.id', 'x.repo_id')
          .where('r.name', '=', client.toLowerCase())
          .where('x.staged', 'is not', null)
          .select('x.hash')
          .executeTakeFirst()
      await until(async () => (byXet ? await staged() : filesIn(dataDir, 'lfs/uploads')[0]) !== undefined)
      killed.abort()
      assert.notEqual((await broken).code, 0)
      sent.length = 0
      succeeded(await upload(machine, repo))
      hub.running.server.app.server.off('request', count)
      const all = Math.ceil(longBytes / xorbBytes)
      assert.ok(sent.length < all, `it sent ${sent.length} xorbs of ${all} again`)
      const files = await hub.db.selectFrom('xet_files').select('oid').where('oid', '=', oid).execute()
      assert.equal(files.length, byXet ? 1 : 0)
      await requireSame(machine, repo)
      // The long form would fill the disk
      rmSync(machine.home, { recursive: true })
    })
})

/** When the hub is killed, by what is on its disk then. */
const moments: [what: string, isNow: (dataDir: string, before: ReadonlySet<string>) => boolean][] = [
  ['a xorb arrives', (at) => filesIn(at, 'xet').some((file) => file.endsWith('.arriving'))],
  ['a file is made of xorbs', (at) => filesIn(at, 'lfs/uploads').length > 0],
  ['a file is whole', (at, before) => filesIn(at, 'lfs').some((file) => file.length === 64 && !before.has(file))],
  ['a xorb is there', (at) => filesIn(at, 'xet').some((file) => !file.endsWith('.arriving'))],
  ['the client is done', () => false],
]

describe('a hub that is killed', { skip: process.platform !== 'linux' && 'looks into /proc' }, () => {
  const by: PythonClient[] = ['newest', 'firstXet']
  const missing = by.map(noClient).find((reason) => reason !== false) ?? false

  test('loses nothing that it acknowledged, and clients go on', { skip: missing }, async (t) => {
    const folder = makeDataDir()
    const place = await openPlace(folder.path)
    try {
      const machines = by.map((client) => makeMachine(place.hub.url, place.ada, client))
      for (let round = 0; round < kills; round++) {
        const index = round % by.length
        const isLong = round % longEvery === longEvery - 1
        const user = { machine: machines[index] ?? assert.fail(), repo: `ada/${by[index]?.toLowerCase()}` }
        write(user.machine, isLong ? longBytes : shortBytes, round >= by.length && !isLong ? shortBytes / 2 : 0)
        const when = await killed(place, user, { round, isLong })
        t.diagnostic(`${by[index]}: killed when ${when}`)
        succeeded(await upload(user.machine, user.repo))
        await requireSame(user.machine, user.repo)
        await requireWhole(place, user.repo)
      }
    } finally {
      place.hub.child.kill('SIGTERM')
      await place.hub.ended
      folder.remove()
    }
  })
})

interface Place {
  hub: Program
  ada: { name: string; token: string }
  restart(): Promise<void>
}

async function openPlace(dataDir: string): Promise<Place> {
  const port = await freePort()
  const hub = await started(dataDir, port)
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const place: Place = {
    hub,
    ada: { name: 'ada', token: String(body.token) },
    async restart() {
      await place.hub.ended
      place.hub = await started(dataDir, port)
    },
  }
  return place
}

/** Uploads, and kills the hub meanwhile. What was acknowledged is there afterwards. Answers at which moment it was. */
async function killed(
  place: Place,
  { machine, repo }: { machine: Machine; repo: string },
  { round, isLong }: { round: number; isLong: boolean },
): Promise<string> {
  const { dataDir, child } = place.hub
  const [what, isNow] = moments[round % moments.length] ?? assert.fail()
  const before = new Set(filesIn(dataDir, 'lfs'))
  const client = new AbortController()
  let outcome: Outcome | undefined
  const broken = upload(machine, repo, client.signal).then((ended) => {
    outcome = ended
    return ended
  })
  await until(() => outcome !== undefined || isNow(dataDir, before), 600_000)
  const when = outcome ? 'the client was done' : what
  if (round % 3 === 0) killTree(child.pid ?? 0)
  else child.kill('SIGKILL')
  // It would try again by itself, which can take minutes
  if (!isLong) client.abort()
  await place.restart()
  if ((await broken).code === 0) await requireSame(machine, repo)
  await requireWhole(place, repo)
  return when
}

async function started(dataDir: string, port: number): Promise<Program> {
  const program = spawnProgram(dataDir, port, { DATABASE_URL: '', GUILDHALL_LOG_LEVEL: 'warn' })
  await untilReady(program)
  return program
}

/** Each file that the repository has, in a commit or not, is what its name says. */
async function requireWhole({ hub: { url }, ada }: Place, repo: string): Promise<void> {
  const headers = { authorization: `Bearer ${ada.token}` }
  const listed = await fetch(`${url}/api/models/${repo}/lfs-files?limit=1000`, { headers })
  // It may have been killed before there was a repository
  if (listed.status === 404) return
  const found = (await listed.json()) as { fileOid: string; size: number }[]
  const objects = found.map(({ fileOid: oid, size }) => ({ oid, size }))
  const asked = await fetch(`${url}/${repo}.git/info/lfs/objects/batch`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/vnd.git-lfs+json' },
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects }),
  })
  const batch = (await asked.json()) as { objects: { oid: string; actions?: { download: { href: string } } }[] }
  for (const { oid, actions } of batch.objects) {
    const { body } = await fetch(actions?.download.href ?? assert.fail(`${oid} is gone`))
    const hash = createHash('sha256')
    for await (const piece of body ?? []) hash.update(piece)
    assert.equal(hash.digest('hex'), oid)
  }
}
