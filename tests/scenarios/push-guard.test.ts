// git leaves a hook that it cannot run out without a word. A copy of the program is broken in the ways that happen: modes
// lost on the way, a folder that is not there. Pushes must be refused then, and the hub must not start.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { commands, commitOf, entryId, none, pack, tree } from '../attacks/packets.ts'
import { makeDatabase, startTestPostgres } from '../postgres.ts'
import { freePort, makeDataDir, type Program, spawnProgram, untilReady } from '../program.ts'

const root = join(import.meta.dirname, '../..')
const undo: (() => unknown)[] = []
let databaseUrl = ''
before(async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  databaseUrl = database.url
  undo.push(() => postgres.stop(), database.drop)
})
after(async () => {
  for (const step of undo.reverse()) await step()
})

interface Copy {
  main: string
  hooks: string
  doctor(): Promise<string>
}

function copyProgram(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-copy-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  for (const part of ['server', 'api', 'cli', 'bin', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(root, 'web'), join(folder, 'web'))
  const words = [join(folder, 'bin/guildhall.mjs'), 'doctor', '--json']
  return {
    main: join(folder, 'server/main.ts'),
    hooks: join(folder, 'server/git/hooks'),
    doctor: () =>
      promisify(execFile)(process.execPath, words).then(
        (said) => said.stdout,
        (error) => String(error.stdout),
      ),
  }
}

const breaks: Record<string, { break(hooks: string): void; mend(hooks: string): void }> = {
  'pre-receive is not executable': mode('pre-receive'),
  'proc-receive is not executable': mode('proc-receive'),
  'no hook is executable': {
    break: (hooks) => ['pre-receive', 'proc-receive'].map((hook) => mode(hook).break(hooks)),
    mend: (hooks) => ['pre-receive', 'proc-receive'].map((hook) => mode(hook).mend(hooks)),
  },
  'the folder of the hooks is not there': {
    break: (hooks) => renameSync(hooks, `${hooks}-away`),
    mend: (hooks) => renameSync(`${hooks}-away`, hooks),
  },
}

function mode(hook: string) {
  return {
    break: (hooks: string) => chmodSync(join(hooks, hook), 0o644),
    mend: (hooks: string) => chmodSync(join(hooks, hook), 0o755),
  }
}

function run(copy: Copy, dataDir: string, port: number): Program {
  return spawnProgram(dataDir, port, { DATABASE_URL: databaseUrl, GUILDHALL_LOG_LEVEL: 'error' }, [copy.main])
}

suite('a push guard that does not stand', () => {
  const copy = copyProgram()
  const data = makeDataDir()
  undo.push(data.remove)

  test('keeps the hub from starting, with one sentence', async () => {
    for (const [name, { break: breakIt, mend }] of Object.entries(breaks)) {
      breakIt(copy.hooks)
      const hub = run(copy, data.path, await freePort())
      assert.equal(await hub.ended, 1, name)
      assert.match(hub.output(), /^guildhall: Pushes are not protected because Git can’t run \S+\. [^\n]*\n$/, name)
      mend(copy.hooks)
    }
  })

  test('is what doctor finds', async () => {
    const guard = async () => {
      const { checks } = JSON.parse(await copy.doctor())
      return checks.find(({ check }: { check: string }) => check === 'Push guard')
    }
    assert.equal((await guard()).state, 'ok')
    mode('proc-receive').break(copy.hooks)
    const found = await guard()
    assert.equal(found.state, 'failed')
    assert.match(found.finding, /^Pushes are not protected because Git can’t run \S+\/proc-receive\.$/)
    mode('proc-receive').mend(copy.hooks)
  })

  test('refuses every push of a hub that runs, and nothing moves', async () => {
    const hub = run(copy, data.path, await freePort())
    undo.push(() => hub.child.kill('SIGKILL'))
    await untilReady(hub)
    const { token, id } = await prepare(hub)
    const refs = await refsOf(data.path, id)
    const dangling = pushOf('refs/heads/dangling', [pointerOf()])
    const pushes = {
      'a reference of another kind': pushOf('refs/evil/x'),
      'a branch': pushOf('refs/heads/fine'),
      'an LFS pointer': dangling,
    }
    for (const [name, { break: breakIt, mend }] of Object.entries(breaks)) {
      breakIt(copy.hooks)
      for (const [what, body] of Object.entries(pushes)) {
        const said = await push(hub, token, body)
        assert.match(said, /ng refs\//, `${name}: ${what}`)
        assert.doesNotMatch(said, /ok refs\//, `${name}: ${what}`)
      }
      assert.equal(await refsOf(data.path, id), refs, name)
      assert.equal(await pushEvents(), 0, name)
      mend(copy.hooks)
    }
    assert.match(await push(hub, token, pushes['a branch']), /ok refs\/heads\/fine/)
    assert.equal(await pushEvents(), 1)
  })
})

function pointerOf() {
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12\n`
  return { type: 'blob' as const, data: Buffer.from(text) }
}

function pushOf(ref: string, blobs: { type: 'blob'; data: Buffer }[] = []): Buffer {
  const folder = tree(blobs.map((blob) => ({ mode: '100644', name: 'weights.bin', id: entryId(blob) })))
  const commit = commitOf(entryId(folder))
  return Buffer.concat([commands([{ from: none, to: entryId(commit), ref }]), pack([...blobs, folder, commit])])
}

async function push(hub: Program, token: string, body: Buffer): Promise<string> {
  const reply = await fetch(`${hub.url}/acme/guarded.git/git-receive-pack`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-git-receive-pack-request' },
    body,
  })
  return reply.text()
}

async function prepare(hub: Program): Promise<{ token: string; id: string }> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const made = await fetch(`${hub.url}/api/repos/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'guarded', organization: 'acme', type: 'model' }),
  })
  assert.equal(made.status, 200, await made.text())
  const folders = readdirSync(join(hub.dataDir, 'repositories'), { recursive: true, encoding: 'utf8' })
  return { token: String(body.token), id: folders.find((path) => path.endsWith('.git')) ?? '' }
}

async function refsOf(dataDir: string, id: string): Promise<string> {
  const options = {
    cwd: join(dataDir, 'repositories', id),
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' },
  }
  return (await promisify(execFile)('git', ['-c', 'safe.directory=*', '--git-dir=.', 'for-each-ref'], options)).stdout
}

async function pushEvents(): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select count(*)::int as count from audit_events where event like '%"repo.push%'`,
    )
    return rows[0].count
  } finally {
    await client.end()
  }
}
