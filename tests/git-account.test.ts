// As root, the hub runs git as an account of its own: what a push brings is read by no process of root.
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bytesOf, errorTextOf, exitOf, spawnGit } from '../server/git/process/process.ts'
import { StartRefused } from '../server/store/processes.ts'
import { git } from './durability/work.ts'
import { type Person, startTestHub, type TestHub } from './hub.ts'

const account = 60743
const skip = process.getuid?.() === 0 ? false : 'only root can run git as another account'
const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function makeFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-account-'))
  folders.push(folder)
  chmodSync(folder, mode)
  return folder
}

/** What of a folder does not belong to this account. */
function notOf(owner: number, folder: string): string[] {
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return ['', ...inside].filter((name) => lstatSync(join(folder, name)).uid !== owner)
}

function giveTo(folder: string, uid: number): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, name), uid, uid)
  chownSync(folder, uid, uid)
}

async function commit(hub: TestHub, who: Person, path: string): Promise<void> {
  const lines = [
    { key: 'header', value: { summary: path } },
    { key: 'file', value: { path, content: 'text', encoding: 'utf-8' } },
  ]
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const headers = { 'content-type': 'application/x-ndjson', authorization: `Bearer ${who.token}` }
  const reply = await fetch(`${hub.url}/api/models/ada/work/commit/main`, { method: 'POST', headers, body })
  assert.equal(reply.status, 200, await reply.text())
}

async function push(hub: TestHub, who: Person, branch: string): Promise<void> {
  const clone = makeFolder(0o700)
  const address = `${hub.url.replace('://', `://ada:${who.token}@`)}/ada/work`
  await git(clone, ['clone', '-q', address, 'work'])
  const work = join(clone, 'work')
  writeFileSync(join(work, `${branch}.txt`), branch)
  await git(work, ['add', '.'])
  await git(work, ['commit', '-q', '-m', branch])
  await git(work, ['push', '-q', 'origin', `HEAD:${branch}`])
}

/** Everything that writes into a repository: creating it, commits, pushes, and rewriting. */
async function workOn(hub: TestHub): Promise<void> {
  const ada = await hub.person('ada')
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', { type: 'model', name: 'work' })).status, 200)
  await goOn(hub, 'first')
  assert.equal((await hub.request(ada, 'POST', '/api/models/ada/work/super-squash/main', {})).status, 200)
}

async function goOn(hub: TestHub, name: string): Promise<void> {
  const ada = await hub.person('ada')
  await commit(hub, ada, `${name}.md`)
  await push(hub, ada, name)
  assert.equal((await hub.request(ada, 'GET', `/api/models/ada/work/tree/${name}`)).status, 200)
}

test('as root, git runs as an account that owns the repositories and nothing else', { skip }, async () => {
  const dataDir = makeFolder(0o711)
  const hub = await startTestHub({ dataDir })
  await workOn(hub)
  const repositories = join(dataDir, 'repositories')
  assert.deepEqual(notOf(account, repositories), [])

  const { git: host } = hub.running.server.hub
  const [id = ''] = readdirSync(repositories, { recursive: true, encoding: 'utf8' }).flatMap(
    (name) => /([0-9a-f]{24})\.git$/.exec(name)?.[1] ?? [],
  )
  const secret = join(dataDir, 'secret.key')
  writeFileSync(secret, 'the secret key of the instance', { mode: 0o600 })
  const child = spawnGit(host, id, ['hash-object', secret])
  const [, said, code] = await Promise.all([bytesOf(child), errorTextOf(child), exitOf(child)])
  assert.match(said, /Permission denied/)
  assert.notEqual(code, 0)
  await hub.stop()
})

test('repositories that root’s git made before go on, also after a start that was killed', { skip }, async () => {
  const shared = makeFolder(0o711)
  const storage = { repositoriesDir: shared }
  const hub = await startTestHub({ storage })
  await workOn(hub)
  const repositories = join(shared, 'repositories')
  const half = readdirSync(repositories).filter((name) => /^[0-9a-f]{2}$/.test(name))
  giveTo(repositories, 0)
  // As a start leaves it that was killed in the middle
  for (const name of half) giveTo(join(repositories, name), account)
  giveTo(join(repositories, half[0] ?? '', readdirSync(join(repositories, half[0] ?? ''))[0] ?? ''), 0)
  const next = await startTestHub({ storage })
  assert.deepEqual(notOf(account, repositories), [])
  await goOn(hub, 'second')

  // As root restores a backup beside the others
  giveTo(join(repositories, half[0] ?? ''), 0)
  const last = await startTestHub({ storage })
  assert.deepEqual(notOf(account, repositories), [])
  await goOn(hub, 'third')
  for (const one of [last, next, hub]) await one.stop()
})

test('repositories of an ordinary user stay theirs; what root made among them is told', { skip }, async () => {
  const shared = makeFolder(0o711)
  const storage = { repositoriesDir: shared }
  const repositories = join(shared, 'repositories')
  mkdirSync(repositories)
  chownSync(repositories, 1, 1)
  const hub = await startTestHub({ storage })
  await workOn(hub)
  assert.deepEqual(notOf(1, repositories), [])
  const [part = ''] = readdirSync(repositories).filter((name) => /^[0-9a-f]{2}$/.test(name))
  giveTo(join(repositories, part), 0)
  await assert.rejects(startTestHub({ storage }), (error) => {
    assert.ok(error instanceof StartRefused)
    assert.match(error.message, /Run “chown -R 1:1 \S+” and start again\.$/)
    return true
  })
  await hub.stop()
})

test('where the account cannot go, git runs as root, and once it can, as the account', { skip }, async () => {
  const closed = makeFolder(0o700)
  const storage = { repositoriesDir: join(closed, 'inside') }
  mkdirSync(storage.repositoriesDir)
  const hub = await startTestHub({ storage })
  await workOn(hub)
  assert.deepEqual(notOf(0, join(storage.repositoriesDir, 'repositories')), [])
  chmodSync(closed, 0o711)
  const next = await startTestHub({ storage })
  assert.deepEqual(notOf(account, join(storage.repositoriesDir, 'repositories')), [])
  await next.stop()
  chmodSync(closed, 0o700)
  const last = await startTestHub({ storage })
  await goOn(hub, 'second')
  await last.stop()
  await hub.stop()
})
