import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { startTestHub } from '../hub.ts'
import { visitor } from '../visitor.ts'

const hub = await startTestHub({ isDemo: true })
const browsers = new Map<string, ReturnType<typeof visitor>>()
const meridian = '/api/organizations/meridian-labs'

async function ask(username: string, path: string) {
  const { body, status } = await (browsers.get(username) ?? visitor(hub)).send('GET', path)
  return { body, status }
}

before(async () => {
  await hub.running.fillDemo()
  for (const username of ['amara-okafor', 'gabriela-costa']) {
    const browser = visitor(hub)
    const signedIn = await browser.send('POST', '/api/login', { username, password: 'guildhall-demo' })
    assert.equal(signedIn.status, 200)
    browsers.set(username, browser)
  }
})

test('the demo has people with and without 2FA, and addresses in a verified domain', async () => {
  const { body } = await ask('amara-okafor', `${meridian}/members?limit=100`)
  assert.equal(body.length, 35)
  const withTwoFactor = body.filter(({ twoFaEnabled }: { twoFaEnabled: boolean }) => twoFaEnabled)
  assert.equal(withTwoFactor.length, 12)
  for (const member of body) assert.match(member.verifiedEmail, /@meridian-labs\.example$/)
  const { body: domains } = await ask('amara-okafor', `${meridian}/domains`)
  assert.deepEqual(
    domains.map(({ domain, state }: { domain: string; state: string }) => [domain, state]),
    [
      ['meridian-labs.example', 'verified'],
      ['meridian-maps.example', 'unverified'],
    ],
  )
})

test('the demo has tokens of people and a service account, which its admins can see', async () => {
  const { body: tokens } = await ask('amara-okafor', `${meridian}/settings/tokens`)
  assert.deepEqual(new Set(tokens.map(({ role }: { role: string }) => role)), new Set(['read', 'write', 'fineGrained']))
  const { body: accounts } = await ask('amara-okafor', `${meridian}/service-accounts`)
  assert.deepEqual(
    accounts.map(({ name }: { name: string }) => name),
    ['Nightly training'],
  )
  const types = (await eventsOfMeridian()).map(({ type }) => type)
  assert.ok(types.includes('org.service_account.token.create'))
})

test('the demo has an outside collaborator, who reads that one repository', async () => {
  const read = (name: string) => ask('gabriela-costa', `/api/${name}`)
  assert.equal((await read('models/meridian-labs/harmattan-asr')).status, 200)
  assert.equal((await read('models/meridian-labs/retina-screening')).status, 404)
  const { body } = await ask('amara-okafor', `${meridian}/collaborators`)
  assert.deepEqual(
    body.map(({ user }: { user: string }) => user),
    ['gabriela-costa'],
  )
})

test('the demo has an offboarded person, whose report is proved by the audit log', async () => {
  const { body: list } = await ask('amara-okafor', `${meridian}/offboardings`)
  assert.deepEqual(
    list.map(({ user, by }: { user: string; by: string }) => [user, by]),
    [['oskar-nieminen', 'jonas-lindqvist']],
  )
  const { body: report } = await ask('amara-okafor', `${meridian}/offboardings/${list[0].id}`)
  const event = (await eventsOfMeridian()).find(({ type }) => type === 'org.offboard')
  assert.deepEqual(event?.data.report, { id: report.id, hash: report.hash })
  assert.ok(report.rejoinBlockedUntil > new Date().toISOString())
})

test('the demo has a gated dataset with a question of every type, requests in every state, and a grant', async () => {
  const repo = 'datasets/meridian-labs/village-maps'
  const { body: gate } = await ask('amara-okafor', `/api/${repo}/gate`)
  assert.deepEqual(
    gate.form.fields.map(({ type }: { type: string }) => type),
    ['text', 'country', 'date_picker', 'select', 'ip_location', 'checkbox'],
  )
  assert.deepEqual(gate.counts, { pending: 2, accepted: 2, rejected: 1, organizations: 0 })
  const lists = ['pending', 'accepted', 'rejected'].map((state) => `/api/${repo}/user-access-request/${state}`)
  const asked = await Promise.all(lists.map((path) => ask('amara-okafor', path)))
  const fields = gate.form.fields.map(({ name }: { name: string }) => name)
  for (const request of asked.flatMap(({ body }) => body))
    if (request.fields) assert.deepEqual(Object.keys(request.fields), fields)
  // The one who was granted it gets the files; the admin of Tidepool is asked
  assert.equal((await ask('gabriela-costa', `/api/${repo}/tree/main`)).status, 200)
  const types = (await eventsOfMeridian()).map(({ type }) => type).filter((type) => type.startsWith('gated.'))
  assert.equal(types.length, 7)
})

async function eventsOfMeridian() {
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'meridian-labs')
    .executeTakeFirstOrThrow()
  return hub.events(id)
}

test('mails of the demo are in the outbox and never sent; requests and invitations wait', async () => {
  const { rows } = await sql<{ kind: string; state: string; count: number }>`select kind, state, count(*)::int count
    from mails where org_id is not null group by 1, 2 order by 1`.execute(hub.db)
  assert.deepEqual(rows, [
    { kind: 'access_request', state: 'kept', count: 8 },
    { kind: 'invitation', state: 'kept', count: 3 },
    { kind: 'join_request', state: 'kept', count: 4 },
  ])
  assert.equal((await ask('amara-okafor', `${meridian}/requests`)).body.length, 2)
  assert.equal((await ask('amara-okafor', `${meridian}/invitations`)).body.length, 3)
})

test('dates of the demo agree with each other', async () => {
  const { rows } = await sql<{ what: string }>`
    select 'joined before the account' what from memberships m join users u on u.id = m.user_id where m.joined_at < u.created_at
    union all select 'joined before the organization' from memberships m join organizations o on o.id = m.org_id
      where m.joined_at < o.created_at - interval '1 hour'
    union all select 'group role before joining' from group_roles g join memberships m using (org_id, user_id)
      where g.added_at < m.joined_at
    union all select 'group role before the group' from group_roles g join resource_groups r on r.id = g.group_id
      where g.added_at < r.created_at
    union all select 'active before joining' from member_activity a join memberships m using (org_id, user_id)
      where least(a.web_at, a.api_at, a.git_at) < m.joined_at
    union all select 'repository before its creator joined' from repositories r
      join memberships m on m.org_id = r.org_id and m.user_id = r.creator_id where r.created_at < m.joined_at
    union all select 'access before the account' from repo_collaborators c join users u on u.id = c.user_id
      where c.added_at < u.created_at
    union all select 'request before the account' from gate_requests q join users u on u.id = q.user_id
      where q.created_at < u.created_at
    union all select 'decision before the request' from gate_requests where handled_at < created_at`.execute(hub.db)
  assert.deepEqual(rows, [])
})

test('people create repositories with a role that may', async () => {
  const events = await eventsOfMeridian()
  const roles = new Map<string, unknown>()
  for (const { type, data, author } of events) {
    if (type === 'org.add_user') roles.set(String(data.user), data.role)
    if (type === 'org.change_role') roles.set(String(data.user), (data.after as { role: string }).role)
    if (type === 'repo.create')
      assert.ok(['contributor', 'write'].includes(String(roles.get(author.user))), author.user)
  }
})
