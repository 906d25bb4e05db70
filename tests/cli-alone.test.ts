import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { done, folder, guildhall } from './command-line.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { until } from './until.ts'

const undo: (() => Promise<unknown> | unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

test('every command explains itself with examples', async () => {
  const commands =
    'serve;migrate;doctor;health;whoami;operator create;operator ownerless list;operator ownerless transfer;operator ownerless delete;operator storage list;operator storage set;operator storage defaults;operator outbox list;operator outbox show;operator outbox reveal;operator outbox retry;users create;tokens create;org create;members list;members add;members set-role;members remove;groups list;groups show;groups create;groups delete;groups auto-join;groups add-user;groups set-role;groups remove-user;audit export;audit verify'
  for (const command of commands.split(';')) {
    const { stdout } = await done([...command.split(' '), '--help'], {})
    assert.match(stdout, new RegExp(`Examples:\\n +\\$ .*guildhall ${command}`), command)
  }
})

test('without a running hub each command starts one, which ends with it; several at once wait for each other', async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  undo.push(postgres.stop, database.drop)
  const variables = { DATABASE_URL: database.url, GUILDHALL_DATA_DIR: join(folder, 'alone') }
  const names = ['one', 'two', 'three']
  await Promise.all(
    names.map((name) =>
      done(['users', 'create', '--name', `alone-${name}`, '--email', `${name}@example.org`], variables),
    ),
  )
  const { pid } = JSON.parse(readFileSync(join(folder, 'alone/console.json'), 'utf8'))
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  await done(['migrate'], variables)
})

test('a hub that cannot start is told in one sentence', async () => {
  const variables = { GUILDHALL_DATA_DIR: join(folder, 'wrong'), GUILDHALL_PORT: 'many' }
  mkdirSync(join(folder, 'wrong/postgres'), { recursive: true })
  const ended = await guildhall(['health'], variables)
  assert.deepEqual(
    [ended.code, ended.stderr],
    [1, 'guildhall: GUILDHALL_PORT is “many”. It must be a number from 0 to 65535.\n'],
  )
})

test('a data folder that has no hub gets none from a command that asks', async () => {
  const dataDir = join(folder, 'mistyped')
  const ended = await guildhall(['members', 'list', '--org', 'acme'], { GUILDHALL_DATA_DIR: dataDir })
  assert.deepEqual([ended.code, existsSync(dataDir)], [1, false])
  assert.match(ended.stderr, new RegExp(`^guildhall: No Guildhall data in ${dataDir}\\. `))
})

test('a token goes to the hub of the data folder, and never to an address that was not set', async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  undo.push(postgres.stop, database.drop)
  const { url, heard } = await otherServer((_heard, reply) => reply.end('{"name":"stranger","status":"ready"}'))
  const variables = {
    DATABASE_URL: database.url,
    GUILDHALL_DATA_DIR: join(folder, 'own'),
    GUILDHALL_PORT: new URL(url).port,
  }
  await done(['users', 'create', '--name', 'ada', '--email', 'ada@example.org'], variables)
  const { stdout: token } = await done(['tokens', 'create', '--user', 'ada', '--role', 'read'], variables)
  const me = JSON.parse((await done(['whoami', '--json'], { ...variables, HF_TOKEN: token.trim() })).stdout)
  const refused = await guildhall(['whoami'], { ...variables, HF_TOKEN: `hf_${'x'.repeat(34)}` })
  assert.deepEqual([me.name, refused.code, heard.length], ['ada', 1, 0])
  assert.match(refused.stderr, /Guildhall in .*own does not accept HF_TOKEN/)
  const { stdout: report } = await guildhall(['doctor', '--json'], variables)
  const hub = JSON.parse(report).checks.find(({ check }: { check: string }) => check === 'Server')
  assert.deepEqual(hub.state, 'failed')
  assert.match(hub.finding, /is used by a Guildhall with another data folder than .*own$/)
  assert.equal(heard[0]?.token, undefined)
})

interface Heard {
  method: string
  url: string
  token: string | undefined
  body: string
}

// Another server with the published routes and nothing else; it also breaks down now and then.
async function otherServer(
  answer: (heard: Heard, reply: ServerResponse, count: number) => void,
): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const server = createServer(async (request: IncomingMessage, reply) => {
    let body = ''
    for await (const part of request) body += part
    const entry = { method: request.method ?? '', url: request.url ?? '', token: request.headers.authorization, body }
    heard.push(entry)
    answer(entry, reply, heard.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close())
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, heard }
}

test('member commands work against any server with the published routes, and give the token to it alone', async () => {
  const member = (user: string) => ({
    user,
    role: 'read',
    resourceGroups: [{ id: 'a'.repeat(24), name: 'g', numUsers: 1, role: 'write' }],
  })
  const { url, heard } = await otherServer(({ method, url }, reply, count) => {
    if (count === 1) return reply.writeHead(503, { 'retry-after': '0' }).end('{"error":"later"}')
    if (method === 'PUT') return reply.end('{"success":true}')
    const last = url.includes('cursor=2')
    if (!last)
      reply.setHeader('link', '<https://public.example.org/api/organizations/acme/members?cursor=2>; rel="next"')
    return reply.end(JSON.stringify([member(last ? 'grace' : 'gracefield')]))
  })
  await done(['members', 'set-role', '--org', 'acme', '--user', 'grace', '--role', 'write'], {
    HF_TOKEN: 'hf_x',
    HF_ENDPOINT: `${url}/`,
  })
  assert.deepEqual(heard.map(({ method, url }) => `${method} ${url.replace(/\?.*(cursor)/, '?$1')}`).slice(1), [
    'GET /api/organizations/acme/members?search=grace&limit=100',
    'GET /api/organizations/acme/members?cursor=2',
    'PUT /api/organizations/acme/members/grace/role',
  ])
  assert.deepEqual(JSON.parse(heard.at(-1)?.body ?? ''), {
    role: 'write',
    resourceGroups: [{ id: 'a'.repeat(24), role: 'write' }],
  })
  assert.ok(heard.every(({ token }) => token === 'Bearer hf_x'))
})

test('an export that breaks off leaves no file behind', async () => {
  const file = join(folder, 'cut.json')
  const { url } = await otherServer((_heard, reply) => {
    reply.write('[{"_id":')
    void until(() => existsSync(`${file}.part`)).then(() => reply.destroy())
  })
  const ended = await guildhall(['audit', 'export', '--org', 'acme', '--output', file], {
    HF_TOKEN: 'hf_x',
    HF_ENDPOINT: url,
  })
  assert.deepEqual([ended.code, existsSync(file), existsSync(`${file}.part`)], [1, false, false])
})
