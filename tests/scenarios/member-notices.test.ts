import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { remindOfEnds } from '../../server/members/end-notices.ts'
import { tellMembers } from '../../server/members/membership/notices.ts'
import { type Person, startBeside, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const day = 86_400_000
let hub: TestHub
let beside: TestHub
let orgId: string
let ada: Person
let number = 0

before(async () => {
  hub = await startTestHub()
  beside = await startBeside(hub)
  const made = await hub.organization('acme', { ada: 'admin', amy: 'admin' })
  orgId = made.id
  ada = made.people.ada as Person
})

const acme = (path: string) => `/api/organizations/acme${path}`

/** A new member with the role read. */
async function member(): Promise<Person> {
  const person = await hub.person(`member${++number}`)
  const reply = await hub.console('POST', '/api/operator/organizations/acme/members', {
    username: person.name,
    role: 'read',
  })
  assert.equal(reply.status, 201)
  return person
}

const setRole = (who: Person, role: string, more = '') =>
  hub.request(ada, 'PATCH', acme(`/members/${who.name}${more}`), { role })

/** The subjects of all mails about their own membership that someone got. */
async function subjects({ email }: Person): Promise<string[]> {
  const rows = await hub.db
    .selectFrom('mails')
    .select('subject')
    .where('recipient', '=', email)
    .where('kind', '=', 'own_membership')
    .orderBy('id')
    .execute()
  return rows.map(({ subject }) => subject)
}

/** What is told when two processes tell at the same moment. */
async function told(who: Person): Promise<string[]> {
  await Promise.all([tellMembers(hub.db), tellMembers(beside.db), tellMembers(hub.db)])
  return subjects(who)
}

test('a role change is told once, by two processes, and a dry run is not', async () => {
  const kim = await member()
  assert.equal((await setRole(kim, 'write', '?dryRun=true')).status, 200)
  assert.deepEqual(await told(kim), [])
  assert.equal((await setRole(kim, 'write')).status, 200)
  assert.deepEqual(await told(kim), ['Your role in acme changed'])
  const { body } = await hub.db
    .selectFrom('mails')
    .select('body')
    .where('recipient', '=', kim.email)
    .where('kind', '=', 'own_membership')
    .executeTakeFirstOrThrow()
  assert.match(JSON.stringify(body), /Your role in acme changed from read to write\./)
  assert.deepEqual(await told(kim), ['Your role in acme changed'], 'and not again')
})

/** A new resource group, by its id. */
async function group(name: string): Promise<string> {
  const made = await hub.request(ada, 'POST', acme('/resource-groups'), { name })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return made.body.id
}

/** The paragraphs of the one mail that someone got about their own membership. */
async function paragraphs(who: Person): Promise<string[]> {
  assert.equal((await told(who)).length, 1)
  const { body } = await hub.db
    .selectFrom('mails')
    .select('body')
    .where('recipient', '=', who.email)
    .where('kind', '=', 'own_membership')
    .executeTakeFirstOrThrow()
  return (body as { paragraphs: string[] }).paragraphs.slice(0, -1)
}

test('coming into a group, another role there, and leaving it are told, all that changed at once in one email', async () => {
  const [kim, sam, lee] = [await member(), await member(), await member()]
  const [vision, speech] = [await group('vision'), await group('speech')]
  const users = (path: string) => acme(`/resource-groups/${vision}/users${path}`)
  await hub.request(ada, 'POST', users(''), { users: [kim, sam].map(({ name }) => ({ user: name, role: 'read' })) })
  assert.deepEqual(await paragraphs(kim), ['You were added to the resource group vision with the read role.'])
  assert.deepEqual(await subjects(sam), ['Your resource groups in acme changed'])
  await hub.db.deleteFrom('mails').where('recipient', 'in', [kim.email, sam.email]).execute()

  assert.equal((await hub.request(ada, 'PATCH', users(`/${kim.name}`), { role: 'write' })).status, 200)
  assert.equal((await hub.request(ada, 'DELETE', users(`/${sam.name}`))).status, 200)
  const groups = [
    { id: vision, role: 'read' },
    { id: speech, role: 'admin' },
  ]
  const rows = [{ username: lee.name, op: 'set', role: 'write', groups }]
  const { planHash } = (await hub.request(ada, 'POST', acme('/members/bulk'), { mode: 'plan', rows })).body
  const applied = await hub.request(ada, 'POST', acme('/members/bulk'), { mode: 'apply', planHash, rows })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  assert.deepEqual(await paragraphs(kim), ['Your role in the resource group vision changed from read to write.'])
  assert.deepEqual(await paragraphs(sam), ['You were removed from the resource group vision.'])
  assert.deepEqual(await paragraphs(lee), [
    'Your role in acme changed from read to write.',
    'You were added to the resource group speech with the admin role.',
    'You were added to the resource group vision with the read role.',
  ])
})

test('group changes that come to nothing, one’s own, and those of a deleted group are not told', async () => {
  const [kim, sam] = [await member(), await member()]
  const [short, gone] = [await group('short'), await group('gone')]
  const users = (id: string, path = '') => acme(`/resource-groups/${id}/users${path}`)
  const add = (id: string, who: Person) =>
    hub.request(ada, 'POST', users(id), { users: [{ user: who.name, role: 'read' }] })
  for (const [id, who] of [
    [short, kim],
    [short, ada],
    [gone, sam],
  ] as const)
    assert.equal((await add(id, who)).status, 200)
  assert.equal((await hub.request(ada, 'DELETE', users(short, `/${kim.name}`))).status, 200)
  assert.equal((await hub.request(ada, 'DELETE', acme(`/resource-groups/${gone}`))).status, 200)
  for (const who of [kim, sam, ada]) assert.deepEqual(await told(who), [])
})

test('several changes in a row are told as one, and those that come to nothing not at all', async () => {
  const [kim, sam] = [await member(), await member()]
  for (const role of ['write', 'contributor', 'no_access']) await setRole(kim, role)
  for (const role of ['write', 'read']) await setRole(sam, role)
  const [subject] = await told(kim)
  assert.equal(subject, 'Your role in acme changed')
  assert.deepEqual(await subjects(sam), [])
})

test('a removal is told, by hand and in bulk; leaving and offboarding tell nothing more', async () => {
  const [kim, sam, lee, ned] = [await member(), await member(), await member(), await member()]
  assert.equal((await hub.request(ada, 'DELETE', acme(`/members/${kim.name}`))).status, 200)
  const rows = [{ username: sam.name, op: 'remove' }]
  const { planHash } = (await hub.request(ada, 'POST', acme('/members/bulk'), { mode: 'plan', rows })).body
  const applied = await hub.request(ada, 'POST', acme('/members/bulk'), { mode: 'apply', planHash, rows })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  await setRole(lee, 'write')
  const left = await (await signedIn(hub, lee.name)).send('POST', acme('/leave'), {})
  assert.equal(left.status, 200, JSON.stringify(left.body))
  const offboarded = await hub.request(ada, 'POST', acme(`/members/${ned.name}/offboard`), {
    mode: 'apply',
    leaveAsIs: true,
    reason: 'Left.',
  })
  assert.equal(offboarded.status, 200, JSON.stringify(offboarded.body))
  assert.deepEqual(await told(kim), ['You were removed from acme'])
  assert.deepEqual(await subjects(sam), ['You were removed from acme'])
  assert.deepEqual(await subjects(lee), [])
  assert.deepEqual(await subjects(ned), [])
})

test('admins decide whether members are told; own changes are not', async () => {
  const kim = await member()
  assert.equal((await hub.request(ada, 'PATCH', acme('/settings'), { notifyMembers: false })).body.notifyMembers, false)
  await setRole(kim, 'write')
  const users = [{ user: kim.name, role: 'read' }]
  await hub.request(ada, 'POST', acme(`/resource-groups/${await group('quiet')}/users`), { users })
  assert.deepEqual(await told(kim), [])
  await hub.request(ada, 'PATCH', acme('/settings'), { notifyMembers: true })
  await setRole(ada, 'write')
  assert.deepEqual(await told(ada), [])
  await hub.db.updateTable('memberships').set({ role: 'admin' }).where('user_id', '=', ada.id).execute()
})

test('one address gets ten in an hour, and what is over keeps no admin from a change', async () => {
  const kim = await member()
  for (let n = 0; n < 12; n++) {
    assert.equal((await setRole(kim, n % 2 === 0 ? 'write' : 'read')).status, 200)
    await told(kim)
  }
  assert.equal((await subjects(kim)).length, 10)
})

test('the end of a membership is told 14 and 3 days before, and on its last day, each once', async () => {
  const kim = await member()
  const start = Date.now()
  const expiresAt = new Date(start + 30 * day + 3_600_000).toISOString()
  assert.equal((await hub.request(ada, 'PATCH', acme(`/members/${kim.name}`), { expiresAt })).status, 200)
  const remind = async (days: number) => {
    hub.moveClock(days * day)
    await Promise.all([remindOfEnds(hub.db), remindOfEnds(beside.db), remindOfEnds(hub.db)])
    return subjects(kim)
  }
  const first = 'Your membership in acme ends in 14 days'
  const second = 'Your membership in acme ends in 3 days'
  const last = 'Your membership in acme ends in less than a day'
  assert.deepEqual(await remind(16), [])
  assert.deepEqual(await remind(16.1), [first])
  assert.deepEqual(await remind(20), [first])
  assert.deepEqual(await remind(27.1), [first, second])
  assert.deepEqual(await remind(29.1), [first, second, last])
  assert.deepEqual(await remind(29.9), [first, second, last])
  assert.deepEqual(await remind(31), [first, second, last])
  hub.moveClock(0)
  const later = new Date(start + 60 * day).toISOString()
  await hub.db.updateTable('memberships').set({ expires_at: later }).where('user_id', '=', kim.id).execute()
  assert.deepEqual(await remind(50), [first, second, last, 'Your membership in acme ends in 10 days'], 'another end')
  hub.moveClock(0)
})

test('what a killed process had taken is told by the next', async () => {
  const kim = await member()
  await setRole(kim, 'write')
  await hub.db
    .transaction()
    .execute(async (tx) => {
      await tellMembers(tx)
      throw new Error('killed')
    })
    .catch(() => undefined)
  assert.deepEqual(await subjects(kim), [])
  assert.deepEqual(await told(kim), ['Your role in acme changed'])
  assert.equal((await hub.db.selectFrom('member_notices').selectAll().where('org_id', '=', orgId).execute()).length, 0)
})
