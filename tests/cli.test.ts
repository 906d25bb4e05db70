import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cleanEnvironment, done, folder, guildhall, json, type Variables } from './command-line.ts'
import { password, serveHub } from './served.ts'

const { hub, onServer, asAda } = await serveHub()

async function roles(): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${asAda.HF_TOKEN}` }
  const reply = await fetch(`${asAda.HF_ENDPOINT}/api/organizations/acme/members`, { headers })
  const members = (await reply.json()) as { user: string; role: string }[]
  return Object.fromEntries(members.map((member) => [member.user, member.role]))
}

test('a token is the only thing on standard output, and the password is never shown', async () => {
  const token = await done(['tokens', 'create', '--user', 'grace', '--role', 'read'], onServer)
  assert.match(token.stdout, /^\S+\n$/)
  const made = await done(['users', 'create', '--name', 'eve', '--email', 'eve@example.org', '--json'], {
    ...onServer,
    GUILDHALL_PASSWORD: password,
  })
  assert.equal(JSON.parse(made.stdout).name, 'eve')
  assert.doesNotMatch(made.stdout + made.stderr, new RegExp(password))
  const signedIn = await fetch(`${asAda.HF_ENDPOINT}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'eve', password }),
  })
  assert.equal(signedIn.status, 200)
})

test('members are listed, for people and for scripts', async () => {
  const listed = await done(['members', 'list', '--org', 'acme', '--role', 'admin'], asAda)
  assert.match(listed.stdout, /^USER +NAME +ROLE +GROUPS\nada +ada +admin\n$/)
  const one = await json(['members', 'list', '--org', 'acme', '--limit', '1'], asAda)
  assert.equal(one.length, 1)
  const found = await json(['members', 'list', '--org', 'acme', '--search', 'grac', '--all'], asAda)
  assert.deepEqual(
    found.map(({ user }: { user: string }) => user),
    ['grace'],
  )
})

test('groups are made, shown and changed by name; setting a role keeps them unless told otherwise', async () => {
  const group = await json(['groups', 'create', '--org', 'acme', '--name', 'research', '--user', 'grace=write'], asAda)
  const inGroup = ['--org', 'acme', '--group', 'research']
  await done(['groups', 'add-user', ...inGroup, '--user', 'bob', '--role', 'read'], asAda)
  await done(['groups', 'set-role', ...inGroup, '--user', 'bob', '--role', 'admin'], asAda)
  const people = async () => {
    const { users } = await json(['groups', 'show', '--org', 'acme', '--group', group.id], asAda)
    return Object.fromEntries(users.map(({ name, role }: { name: string; role: string }) => [name, role]))
  }
  assert.deepEqual(await people(), { grace: 'write', bob: 'admin' })
  await done(['members', 'set-role', '--org', 'acme', '--user', 'bob', '--role', 'contributor'], asAda)
  assert.deepEqual(await people(), { grace: 'write', bob: 'admin' })
  await done(
    ['members', 'set-role', '--org', 'acme', '--user', 'bob', '--role', 'contributor', '--group', 'Research=read'],
    asAda,
  )
  assert.deepEqual(await people(), { grace: 'write', bob: 'read' })
  await done(['members', 'set-role', '--org', 'acme', '--user', 'bob', '--role', 'read', '--no-groups'], asAda)
  assert.deepEqual(await people(), { grace: 'write' })
  await done(['groups', 'remove-user', ...inGroup, '--user', 'grace'], asAda)
  await done(['groups', 'auto-join', ...inGroup, '--role', 'read'], asAda)
  assert.deepEqual(await people(), { ada: 'read', grace: 'read', bob: 'read' })
  await done(['groups', 'auto-join', ...inGroup, '--off'], asAda)
  await done(['groups', 'delete', ...inGroup], asAda)
  assert.deepEqual(await json(['groups', 'list', '--org', 'acme'], asAda), [])
})

test('a file of roles gets one verdict a row, and goes on after refusals', async () => {
  const file = join(folder, 'roles.csv')
  writeFileSync(
    file,
    '\ufeffusername,role,groups\r\ngrace,contributor,\r\nnobody,read,\r\nada,read,\r\n"bob",emperor,\r\nbob,write,\'-\r\n',
  )
  const before = await roles()
  const planned = await guildhall(['members', 'set-role', '--org', 'acme', '--csv', file, '--dry-run'], asAda)
  assert.deepEqual([planned.code, await roles()], [1, before])

  const ended = await guildhall(['members', 'set-role', '--org', 'acme', '--csv', file, '--json'], asAda)
  const report = JSON.parse(ended.stdout)
  assert.deepEqual([ended.code, report.done, report.failed], [1, 2, 3])
  const verdicts = report.rows.map((row: Record<string, unknown>) => [row.line, row.user, row.ok, row.status, row.code])
  assert.deepEqual(verdicts, [
    [2, 'grace', true, undefined, undefined],
    [3, 'nobody', false, 404, 'NotFound'],
    [4, 'ada', false, 403, 'LastAdmin'],
    [5, 'bob', false, undefined, 'BadRow'],
    [6, 'bob', true, undefined, undefined],
  ])
  assert.deepEqual(await roles(), { ...before, grace: 'contributor', bob: 'write' })
})

test('removing tells first, then does', async () => {
  const remove = ['members', 'remove', '--org', 'acme', '--user', 'bob']
  const planned = await done([...remove, '--dry-run'], asAda)
  assert.match(planned.stdout, /^bob would lose the \w+ role/)
  assert.ok('bob' in (await roles()))
  await done(remove, asAda)
  assert.ok(!('bob' in (await roles())))
  await done(['members', 'add', '--org', 'acme', '--user', 'bob', '--role', 'read'], onServer)
})

test('a grant on one repository is given, listed and ended', async () => {
  const made = await fetch(`${asAda.HF_ENDPOINT}/api/repos/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${asAda.HF_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'whisper', organization: 'acme', private: true }),
  })
  assert.equal(made.status, 200)
  const repo = ['--repo', 'acme/whisper']
  const given = await done(
    ['collaborators', 'set', ...repo, '--user', 'bob', '--role', 'write', '--expires', '2100-01-31'],
    asAda,
  )
  assert.equal(given.stdout, 'bob now has write access to acme/whisper until 2100-01-31T00:00:00.000Z.\n')
  const [row] = await json(['collaborators', 'list', ...repo], asAda)
  assert.deepEqual([row.user, row.role, row.isMember], ['bob', 'write', true])
  const kept = await json(['collaborators', 'set', ...repo, '--user', 'bob', '--role', 'read'], asAda)
  assert.equal(kept.expiresAt, '2100-01-31T00:00:00.000Z')
  const endless = ['collaborators', 'set', ...repo, '--user', 'bob', '--role', 'read', '--expires', 'never']
  assert.equal((await json(endless, asAda)).expiresAt, null)
  await done(['collaborators', 'remove', ...repo, '--user', 'bob'], asAda)
  assert.equal((await done(['collaborators', 'list', ...repo], asAda)).stdout, 'No collaborators.\n')
  const wrong = await guildhall(['collaborators', 'list', '--repo', 'whisper'], asAda)
  assert.equal(wrong.code, 2)
})

test('whoami, health and doctor tell about the token, the hub and the machine', async () => {
  assert.equal((await json(['whoami'], asAda)).name, 'ada')
  assert.equal((await json(['health'], onServer)).database.kind, 'external')
  const { ok, checks } = await json(['doctor'], { ...onServer, GUILDHALL_PORT: new URL(asAda.HF_ENDPOINT ?? '').port })
  assert.equal(ok, true)
  assert.match(checks.find(({ check }: { check: string }) => check === 'Server').finding, /^running at /)
  const sick = await guildhall(['doctor', '--json'], {
    ...onServer,
    DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/none',
    GUILDHALL_SMTP_URL: 'smtp://127.0.0.1:1',
  })
  const failed = JSON.parse(sick.stdout).checks.filter(({ state }: { state: string }) => state === 'failed')
  assert.deepEqual([sick.code, failed.map(({ check }: { check: string }) => check)], [1, ['Database', 'Mail']])
  assert.doesNotMatch(sick.stdout, /secret/)
})

const list = ['members', 'list', '--org', 'acme']
const setRole = ['members', 'set-role', '--org', 'acme']
const refusals: [string, string[], () => Variables, number, { status?: number; code?: string; error: RegExp }][] = [
  ['no such command', ['membres'], () => asAda, 2, { code: 'Usage', error: /unknown command/ }],
  ['a missing flag', ['members', 'list'], () => asAda, 2, { code: 'Usage', error: /--org/ }],
  ['an unknown flag', [...list, '--colour'], () => asAda, 2, { code: 'Usage', error: /--colour/ }],
  [
    'a role that is none',
    [...setRole, '--user', 'bob', '--role', 'emperor'],
    () => asAda,
    2,
    { code: 'Usage', error: /Allowed choices/ },
  ],
  ['a number that is none', [...list, '--limit', '0'], () => asAda, 2, { code: 'Usage', error: /whole number/ }],
  ['neither user nor file', setRole, () => asAda, 2, { code: 'Usage', error: /--csv/ }],
  [
    'user and file',
    [...setRole, '--user', 'bob', '--csv', 'x'],
    () => asAda,
    2,
    { code: 'Usage', error: /--csv can’t be combined/ },
  ],
  [
    'a group without a role',
    [...setRole, '--user', 'bob', '--role', 'read', '--group', 'x'],
    () => asAda,
    2,
    { code: 'Usage', error: /research=read/ },
  ],
  [
    'a file that is not there',
    [...setRole, '--csv', 'none.csv'],
    () => asAda,
    2,
    { code: 'Usage', error: /none\.csv can’t be read/ },
  ],
  [
    'a file with another header',
    [...setRole, '--csv', 'other.csv'],
    () => asAda,
    2,
    { code: 'Usage', error: /no column “role”/ },
  ],
  [
    'a moment that is none',
    ['tokens', 'create', '--user', 'ada', '--role', 'read', '--expires', 'soon'],
    () => onServer,
    2,
    { code: 'Usage', error: /--expires/ },
  ],
  [
    'an operator without password',
    ['operator', 'create', '--name', 'x', '--email', 'x@example.org'],
    () => onServer,
    2,
    { code: 'Usage', error: /password/ },
  ],
  [
    'an organization without admin',
    ['org', 'create', '--name', 'x'],
    () => onServer,
    2,
    { code: 'Usage', error: /--admin/ },
  ],
  [
    'an endpoint that is none',
    list,
    () => ({ ...asAda, HF_ENDPOINT: 'hub' }),
    2,
    { code: 'Usage', error: /HF_ENDPOINT/ },
  ],
  [
    'no one at the endpoint',
    list,
    () => ({ ...asAda, HF_ENDPOINT: 'http://127.0.0.1:1' }),
    1,
    { code: 'Unreachable', error: /Can’t reach/ },
  ],
  [
    'a token that is none',
    ['whoami'],
    () => ({ ...asAda, HF_TOKEN: 'nonsense' }),
    1,
    { status: 401, error: /header\. http:.* Unset it/ },
  ],
  [
    'no token where a person acts',
    ['whoami'],
    () => onServer,
    1,
    { code: 'NotSignedIn', error: /HF_TOKEN is not set/ },
  ],
  [
    'the console where a person acts',
    ['groups', 'list', '--org', 'acme'],
    () => onServer,
    1,
    { status: 403, error: /Set HF_TOKEN/ },
  ],
  [
    'a taken name',
    ['users', 'create', '--name', 'bob', '--email', 'b@example.org'],
    () => onServer,
    1,
    { status: 409, error: /bob/ },
  ],
  [
    'an organization that is not there',
    ['members', 'list', '--org', 'nowhere'],
    () => asAda,
    1,
    { status: 404, error: /./ },
  ],
  [
    'a group that is not there',
    ['groups', 'show', '--org', 'acme', '--group', 'nope'],
    () => asAda,
    1,
    { status: 404, error: /“nope”/ },
  ],
  [
    'the last admin',
    [...setRole, '--user', 'ada', '--role', 'read'],
    () => asAda,
    1,
    { status: 403, code: 'LastAdmin', error: /admin/ },
  ],
]

for (const [who, command, variables, code, expected] of refusals) {
  test(`refused with exit code ${code}: ${who}`, async () => {
    writeFileSync(join(folder, 'other.csv'), 'username,level\nbob,read\n')
    const before = await roles()
    const ended = await guildhall([...command, '--json'], variables())
    assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr)
    const { error, ...rest } = JSON.parse(ended.stderr)
    assert.match(error, expected.error)
    if (expected.status !== undefined) assert.equal(rest.status, expected.status)
    if (expected.code !== undefined) assert.equal(rest.code, expected.code)
    assert.deepEqual(await roles(), before)
  })
}

test('a data folder of another user is refused in one sentence', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async () => {
  chmodSync(folder, 0o755)
  const child = spawn(process.execPath, [join(import.meta.dirname, '../cli/main.ts'), 'health'], {
    env: cleanEnvironment(onServer),
    uid: 65_534,
    gid: 65_534,
  })
  let said = ''
  child.stderr.on('data', (part) => {
    said += part
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(
    said,
    /^guildhall: Guildhall in \S+ belongs to another user, not to \w+\. Run this command as the user who runs Guildhall\.\n$/,
  )
})

test('served hubs end with exit code 0 on SIGTERM', async () => {
  hub.kill('SIGTERM')
  const [code] = await once(hub, 'exit')
  assert.equal(code, 0)
})
