import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { done, folder, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', rae: 'read' })
const sam = await hub.person('sam')
const as = (token: string | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token ?? '' })
const asAda = as(people.ada?.token)

before(async () => {
  const repo = { name: 'plain', organization: 'acme', private: true }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', repo)).status, 200)
  const grant = { role: 'write' }
  await hub.request(people.ada, 'PUT', '/api/models/acme/plain/collaborators/sam', grant)
})

const on = ['--org', 'acme', '--repo', 'acme/plain']
const explain = (user: string, action: string) => ['access', 'explain', ...on, '--user', user, '--action', action]

test('an allowed action is explained as steps, and ends with 0', async () => {
  const { stdout } = await done(explain('sam', 'repo.write'), asAda)
  assert.match(
    stdout,
    /^sam: allowed repo\.write on acme\/plain\.\n\n {2}sam\n {2}-> Collaborator on acme\/plain with write/,
  )
  assert.match(
    stdout,
    /\n {2}-> acme\/plain\n\nTo remove this access:\n {2}- Remove sam as a collaborator on acme\/plain\.\n$/,
  )
  const reply = await json(explain('sam', 'repo.write'), asAda)
  assert.deepEqual([reply.allowed, reply.grounds[0].kind], [true, 'collaborator'])
})

test('a refused action says what would give it, and ends with 1', async () => {
  const said = await guildhall(explain('rae', 'repo.write'), asAda)
  assert.deepEqual([said.code, said.stderr], [1, ''])
  assert.match(said.stdout, /^rae: refused repo\.write on acme\/plain\.\n[\s\S]+To give access:\n {2}- /)
  const told = await guildhall([...explain('rae', 'repo.write'), '--json'], asAda)
  assert.deepEqual([told.code, JSON.parse(told.stdout).allowed, told.stderr], [1, false, ''])
})

test('people with access are listed, with how, and as CSV', async () => {
  const listed = await done(['access', 'who-can', ...on, '--action', 'repo.write'], asAda)
  assert.match(listed.stdout, /^USER +ROLE +HOW +SINCE +UNTIL\n/)
  assert.match(listed.stdout, /^ada +admin +Member of acme with the admin role/m)
  assert.match(listed.stdout, /^sam +write +Collaborator on acme\/plain/m)
  assert.doesNotMatch(listed.stdout, /^rae/m)
  const { people: readers, next } = await json(['access', 'who-can', ...on], asAda)
  assert.deepEqual([readers.map(({ user }: { user: string }) => user).sort(), next], [['ada', 'rae', 'sam'], null])
  const file = join(folder, 'who.csv')
  await done(['access', 'who-can', ...on, '--output', file], asAda)
  assert.match(await readFile(file, 'utf8'), /^\ufeff"username",.+\r\n"ada",/)
})

test('the repositories that a person can access are listed, with how', async () => {
  const listed = await done(['access', 'repositories', '--org', 'acme', '--user', 'sam'], asAda)
  assert.match(listed.stdout, /^REPOSITORY +ROLE +CAN +HOW\n/)
  assert.match(listed.stdout, /^model acme\/plain +write +read, write +Collaborator on acme\/plain/m)
})

const wrong: [string, string[], Variables, number][] = [
  ['neither a person nor a token', ['access', 'explain', ...on, '--action', 'repo.read'], asAda, 2],
  ['both', [...explain('sam', 'repo.read'), '--token', 'x'], asAda, 2],
  ['a searched CSV', ['access', 'who-can', ...on, '--csv', '--search', 'a'], asAda, 2],
  ['an unknown action', explain('sam', 'repo.fly'), asAda, 1],
  ['a list for people who are not admins', ['access', 'who-can', ...on], as(people.rae?.token), 1],
  ['questions of outsiders about others', explain('ada', 'repo.read'), as(sam.token), 1],
]
for (const [what, command, variables, code] of wrong) {
  test(`refuses: ${what}`, async () => {
    const said = await guildhall(command, variables)
    assert.deepEqual([said.code, said.stdout], [code, ''])
  })
}
