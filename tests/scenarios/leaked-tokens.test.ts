import assert from 'node:assert/strict'
import { test } from 'node:test'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { digest, newToken } from '../../server/kernel/secret.ts'
import { attemptLimits } from '../../server/users/guessing/attempts.ts'
import { startTestHub } from '../hub.ts'
import { makeToken } from '../world.ts'

const hub = await startTestHub()
const path = '/api/credentials/revoke'

const report = (credentials: unknown, who?: string) => hub.request(who, 'POST', path, { credentials })
const works = async (token: string) => (await hub.request(token, 'GET', '/api/whoami-v2')).status === 200
const alike = ({ status, body, headers }: Awaited<ReturnType<typeof report>>) => {
  const own = ['x-request-id', 'date']
  return { status, body, headers: [...headers].filter(([name]) => !own.includes(name)).sort() }
}

test('leaked tokens are deleted everywhere, and their owner is told once', async () => {
  const ada = await hub.person('ada')
  const grace = await hub.person('grace')
  const leaked = [await makeToken(hub.db, ada, 'read', 'one'), await makeToken(hub.db, ada, 'fineGrained', 'two')]
  const before = (await hub.events('instance')).length
  const reply = await report([...leaked, leaked[0], grace.token, newToken('user'), 'hf_typo', '☃'])
  assert.deepEqual([reply.status, reply.body], [202, { success: true }])
  for (const token of [...leaked, grace.token]) assert.ok(!(await works(token)))
  assert.ok(await works(ada.token), 'the others stay')
  const mails = await hub.mails()
  const to = (name: string) => mails.filter(({ recipient }) => recipient === `${name}@example.org`)
  assert.equal(to('ada').length, 1)
  assert.match(
    to('ada')[0]?.text_body ?? '',
    /^2 access tokens of the account ada were reported as leaked and deleted\./,
  )
  for (const token of leaked) assert.ok(to('ada')[0]?.text_body.includes(token.slice(-4)))
  assert.deepEqual(
    to('grace').map(({ subject }) => subject),
    ['A leaked access token was deleted'],
  )
  const events = (await hub.events('instance')).slice(before)
  assert.deepEqual(events.map(({ type, author, data }) => `${type} ${author.user} ${data.user}`).sort(), [
    'user_token.leak anonymous ada',
    'user_token.leak anonymous ada',
    'user_token.leak anonymous grace',
  ])
})

test('the answer is the same for real, unknown, and malformed values, and for every caller', async () => {
  const joan = await hub.person('joan')
  const real = await makeToken(hub.db, joan, 'write')
  const answers = [
    await report([real]),
    await report([real]),
    await report([newToken('user')]),
    await report(['malformed']),
    await report([`${joan.token}x`], joan.token),
    await report(['malformed'], 'hf_notAToken'),
    await report(['malformed'], newToken('user')),
  ].map(alike)
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.equal(answers[0]?.status, 202)
  assert.ok(!(await works(real)))
})

test('tokens of service accounts end too, and admins of their organization are told', async () => {
  const { id, people } = await hub.organization('acme', { olga: 'admin', pete: 'admin', rita: 'write' })
  const path = '/api/organizations/acme/service-accounts'
  const account = (await hub.request(people.olga, 'POST', path, { name: 'CI' })).body._id
  const made = (await hub.request(people.olga, 'POST', `${path}/${account}/tokens`, { permissions: ['org.read'] })).body
  const view = () => hub.request(made.token, 'GET', '/api/organizations/acme')
  assert.equal((await view()).status, 200)
  const before = (await hub.mails()).length
  assert.equal((await report([made.token])).status, 202)
  assert.equal((await view()).status, 401)
  const told = (await hub.mails()).slice(before)
  assert.deepEqual(told.map(({ recipient }) => recipient).sort(), ['olga@example.org', 'pete@example.org'])
  assert.match(
    told[0]?.text_body ?? '',
    /An access token of the organization acme was reported as leaked and deleted\./,
  )
  assert.equal((await hub.events(id)).at(-1)?.type, 'user_token.leak')
})

for (const [what, credentials] of [
  ['no values', []],
  ['more than 1,000', Array.from({ length: 1001 }, () => 'hf_x')],
  ['an empty value', ['']],
  ['a value of more than 200 characters', ['x'.repeat(201)]],
  ['values that are no text', [1]],
  ['no list', 'hf_x'],
] as const) {
  test(`a report with ${what} is refused`, async () => {
    assert.equal((await report(credentials)).status, 400)
  })
}

test('1,000 leaked tokens are deleted with one report, and each owner gets one email', async () => {
  const people = await Promise.all(['max', 'mia', 'moe'].map((name) => hub.person(name)))
  const tokens = Array.from({ length: 1000 }, () => newToken('user'))
  const rows = tokens.map((token, number) => ({
    id: newId(),
    user_id: people[number % people.length]?.id ?? '',
    hash: digest(token),
    name: `leak ${number}`,
    role: 'read',
    last4: token.slice(-4),
    created_at: now(),
  }))
  await hub.db.insertInto('access_tokens').values(rows).execute()
  const mails = (await hub.mails()).length
  assert.equal((await report(tokens)).status, 202)
  const left = await hub.db.selectFrom('access_tokens').select('name').where('name', 'like', 'leak %').execute()
  assert.equal(left.length, 0)
  assert.equal((await hub.mails()).length - mails, 3)
})

test('one network can send so many reports', async () => {
  hub.moveClock(3_600_000)
  const replies = await Promise.all(
    Array.from({ length: attemptLimits.leakReport.most + 1 }, () => report(['malformed'])),
  )
  assert.equal(replies.filter(({ status }) => status === 429).length, 1)
  hub.moveClock(0)
})
