import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort, makeDataDir, type Program, spawnProgram, startProgram, untilReady } from './program.ts'
import { until } from './until.ts'

const notRoot = process.getuid?.() === 0 ? false : 'only root can give folders away'
const folders: { remove(): void }[] = []
const programs: Program[] = []
after(async () => {
  for (const { child, ended } of programs) {
    child.kill('SIGTERM')
    await ended
  }
  for (const folder of folders) folder.remove()
})

function dataDir(): string {
  const folder = makeDataDir()
  folders.push(folder)
  return folder.path
}

async function start(dir: string, environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = await startProgram(dir, environment)
  programs.push(program)
  return program
}

/** What a program says that does not start. */
async function refusalOf(dir: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const program = spawnProgram(dir, await freePort(), environment)
  programs.push(program)
  const code = await untilReady(program).then(
    () => 'started',
    () => program.ended,
  )
  assert.equal(code, 1, program.output())
  return program.output()
}

async function filled(dir: string): Promise<{ program: Program; token: string }> {
  const program = await start(dir)
  const person = (name: string) =>
    program.console('POST', '/api/operator/people', { username: name, email: `${name}@example.org` })
  for (const name of ['ada', 'ben']) assert.equal((await person(name)).status, 201)
  const made = await program.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  await program.console('POST', '/api/operator/organizations/acme/members', { username: 'ben', role: 'read' })
  const { body } = await program.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  return { program, token: String(body.token) }
}

function setRole(program: Program, token: string, role: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(`${program.url}/api/organizations/acme/members/ben/role`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ role }),
  })
}

async function roleOf(program: Program, token: string): Promise<string> {
  const response = await fetch(`${program.url}/api/organizations/acme/members/ben`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await response.json()) as { role: string }).role
}

test('a hub that is asked to stop ends cleanly, and the next start has everything', async () => {
  const dir = dataDir()
  const { program, token } = await filled(dir)
  assert.equal((await setRole(program, token, 'write')).status, 200)
  program.child.kill('SIGTERM')
  assert.equal(await program.ended, 0, program.output())
  assert.equal(existsSync(join(dir, 'postgres/cluster/postmaster.pid')), false, 'PostgreSQL has ended too')
  const again = await start(dir)
  assert.equal(await roleOf(again, token), 'write')
})

test('a data folder that others can change is closed to them', async () => {
  const dir = dataDir()
  chmodSync(dir, 0o777)
  const program = await start(dir)
  assert.equal(statSync(dir).mode & 0o777, 0o755)
  program.child.kill('SIGTERM')
  await program.ended
})

test('a data folder of another user is refused', { skip: notRoot }, async () => {
  const dir = dataDir()
  chownSync(dir, 1, 1)
  assert.match(
    await refusalOf(dir),
    /guildhall: The data folder \S+ belongs to user 1, and Guildhall runs as user 0\. Run /,
  )
  assert.deepEqual(readdirSync(dir), [])
})

test('a folder for the command-line socket that someone else made is not used', async () => {
  const temporary = mkdtempSync('/tmp/guildhall-')
  folders.push({ remove: () => rmSync(temporary, { recursive: true, force: true }) })
  const dir = join(dataDir(), 'x'.repeat(60), 'y'.repeat(60))
  const place = join(temporary, `guildhall-console-${process.getuid?.()}`)
  const elsewhere = join(temporary, 'elsewhere')
  mkdirSync(elsewhere, { mode: 0o777 })
  const takes: (() => void)[] = [() => symlinkSync(elsewhere, place)]
  if (!notRoot)
    takes.push(() => {
      mkdirSync(place)
      chownSync(place, 1, 1)
    })
  for (const take of takes) {
    take()
    const said = await refusalOf(dir, { TMPDIR: temporary })
    assert.match(said, /guildhall-console-\d+ belongs to another user\. Remove it\./)
    rmSync(place, { recursive: true })
  }
  mkdirSync(place)
  chmodSync(place, 0o777)
  await start(dir, { TMPDIR: temporary })
  assert.equal(statSync(place).mode & 0o777, 0o700)
})

test('after kill -9 the next start loses nothing that was acknowledged', async () => {
  const dir = dataDir()
  const { program, token } = await filled(dir)
  const roles = ['write', 'read', 'contributor']
  let acknowledged = 'read'
  let sent = 'read'
  let changes = 0
  const load = (async () => {
    for (let i = 0; ; i++) {
      sent = roles[i % roles.length] ?? 'read'
      const response = await setRole(program, token, sent).catch(() => undefined)
      if (response?.status !== 200) return
      acknowledged = sent
      changes++
    }
  })()
  await until(() => changes > 5)
  program.child.kill('SIGKILL')
  await Promise.all([load, program.ended])
  const again = await start(dir)
  const found = await roleOf(again, token)
  assert.ok(found === acknowledged || found === sent, `found ${found}, acknowledged was ${acknowledged}`)
  const verdict = await fetch(`${again.url}/api/organizations/acme/audit-log/verify`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(((await verdict.json()) as { intact: boolean }).intact, true)
})

test('a second hub on the same folder refuses with one sentence and exit code 1', async () => {
  const dir = dataDir()
  const first = await start(dir)
  const second = spawnProgram(dir, await freePort())
  assert.equal(await second.ended, 1)
  const lines = second.output().trim().split('\n')
  assert.equal(lines.length, 1, second.output())
  assert.match(lines[0] ?? '', /^guildhall: Another Guildhall process .*is using the data folder/)
  assert.equal((await fetch(`${first.url}/readyz`)).status, 200)
})

test('a port that is taken is one sentence and exit code 1, and no PostgreSQL is left behind', async () => {
  const first = await start(dataDir())
  const dir = dataDir()
  const second = spawnProgram(dir, Number(new URL(first.url).port))
  assert.equal(await second.ended, 1)
  assert.match(second.output(), /is in use by another program\. Choose another port with GUILDHALL_PORT/)
  assert.equal(existsSync(join(dir, 'postgres/cluster/PG_VERSION')), true, 'PostgreSQL was started')
  assert.equal(existsSync(join(dir, 'postgres/cluster/postmaster.pid')), false, 'PostgreSQL has ended too')
})

test('PostgreSQL killed under load: 503 with Retry-After, back by itself, nothing acknowledged lost', async () => {
  const dir = dataDir()
  const { program, token } = await filled(dir)
  const pid = Number(readFileSync(join(dir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
  let acknowledged = await roleOf(program, token)
  let done = false
  let sent = acknowledged
  const statuses: number[] = []
  const load = (async () => {
    for (let i = 0; !done; i++) {
      sent = i % 2 === 0 ? 'write' : 'contributor'
      const response = await setRole(program, token, sent).catch((error) => {
        throw new Error(program.output(), { cause: error })
      })
      statuses.push(response.status)
      if (response.status === 200) acknowledged = sent
      if (response.status === 503) assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
    }
  })()
  await until(() => statuses.length > 5)
  process.kill(pid, 'SIGKILL')
  await until(() => statuses.includes(503))
  await until(() => statuses.at(-1) === 200)
  assert.equal((await fetch(`${program.url}/readyz`)).status, 200)
  done = true
  await load
  assert.deepEqual(
    statuses.filter((status) => status !== 200 && status !== 503),
    [],
  )
  assert.ok(statuses.includes(200))
  const found = await roleOf(program, token)
  assert.ok(found === acknowledged || found === sent, `found ${found}, acknowledged was ${acknowledged}`)
})

test('the demo prints whom to sign in as, and every one of them gets in', async () => {
  const program = await startProgram(dataDir(), {}, ['--demo'])
  programs.push(program)
  await until(() => program.output().includes('/setup#code='))
  const printed = program.output()
  assert.ok(printed.includes(`  ${program.url}/login\n`), printed)
  const [, password = ''] = printed.match(/Sign in with the password (\S+) as\n/) ?? []
  const names = [...printed.matchAll(/^ {4}([a-z-]+) {2,}[A-Z].*\.$/gm)].map(([, name]) => name ?? '')
  assert.deepEqual(names.slice(0, 2), ['amara-okafor', 'mei-tanaka'])
  for (const username of names) {
    const body = JSON.stringify({ username, password })
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(`${program.url}/api/login`, { method: 'POST', headers, body })
    assert.equal(reply.status, 200, username)
  }
})

test('what the hub keeps is not for other users of the machine', async () => {
  const dir = dataDir()
  await start(dir)
  for (const name of readdirSync(dir).filter((entry) => entry.endsWith('.key') || entry.startsWith('console'))) {
    assert.equal(statSync(join(dir, name)).mode & 0o077, 0, `${name} is readable by others`)
  }
})

test('a hub that is asked to stop while it starts ends cleanly too', async () => {
  const dir = dataDir()
  const program = spawnProgram(dir, await freePort())
  await until(() => existsSync(join(dir, 'postgres')))
  program.child.kill('SIGTERM')
  assert.equal(await program.ended, 0, program.output())
  assert.equal(existsSync(join(dir, 'postgres/cluster/postmaster.pid')), false, 'PostgreSQL has ended too')
})
