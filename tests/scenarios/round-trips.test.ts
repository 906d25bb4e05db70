import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { sendWithNext, sentAlong, transaction } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { connect } from '../scim.ts'

const hub = await startTestHub()
const { people, id: orgId } = await hub.organization('acme', { ada: 'admin', ben: 'read', cleo: 'read' })
const ada = people.ada as Person

// What is locked, decided and read; the write, and the end of the audit chain; the event. What is sent while a reply is still on its way waits for no round trip of its own.
async function roundTrips(work: () => Promise<unknown>): Promise<string[][]> {
  const { query } = pg.Client.prototype
  const underWay = new Map<pg.Client, number>()
  const trips = new Map<pg.Client, string[][]>()
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]): any {
    const text: string = typeof args[0] === 'string' ? args[0] : args[0].text
    // Sent with what follows, every ten seconds
    if (text === 'discard plans') return Reflect.apply(query, this, args)
    const own = trips.get(this) ?? []
    trips.set(this, own)
    if ((underWay.get(this) ?? 0) === 0) own.push([])
    own.at(-1)?.push(text.replace(sentAlong, '').trim().split(/\s/)[0] ?? '')
    underWay.set(this, (underWay.get(this) ?? 0) + 1)
    const reply = Reflect.apply(query, this, args)
    const done = () => underWay.set(this, (underWay.get(this) ?? 0) - 1)
    reply?.then?.(done, done)
    return reply
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  const found = [...trips.values()].find((sent) => sent.flat().includes('begin'))
  return found ?? []
}

test('a role change takes three round trips', async () => {
  const change = (role: string) => hub.request(ada, 'PUT', '/api/organizations/acme/members/ben/role', { role })
  await change('write')
  const trips = await roundTrips(async () => assert.equal((await change('read')).status, 200))
  assert.deepEqual(
    trips.map((sent) => [sent[0], sent.at(-1)]),
    [
      ['begin', 'with'],
      ['update', 'select'],
      ['with', 'commit'],
    ],
  )
})

test('a member whom SCIM provisions takes four round trips, a new managed account eight, a new group four', async () => {
  const { people: others, id } = await hub.organization('beta', { dan: 'admin' })
  await sql`update organizations set managed_since = now() where id = ${id}`.execute(hub.db)
  await sql`insert into organization_domains (id, org_id, domain, token, state, added_at, verified_at)
    values (${id}, ${id}, 'beta.example', 't', 'verified', now(), now())`.execute(hub.db)
  const basic = await connect(hub, { admin: ada, org: 'acme' })
  const managed = await connect(hub, { admin: others.dan as Person, org: 'beta', base: 'scim' })
  await basic.provision('ben@example.org')
  await managed.provision('first@beta.example')
  let member = ''
  const rows: [number, () => Promise<unknown>][] = [
    [4, async () => (member = await basic.provision('cleo@example.org'))],
    [8, () => managed.provision('second@beta.example')],
    [4, () => basic.ask('POST', '/Groups', { displayName: 'Speech', members: [{ value: member }] })],
  ]
  for (const [most, work] of rows) {
    const trips = await roundTrips(work)
    assert.equal(trips.length, most, JSON.stringify(trips))
  }
})

const putTwice = (tx: Parameters<typeof sendWithNext>[0]) =>
  sendWithNext(
    tx,
    sql`insert into memberships select * from memberships where org_id = ${orgId} and role = 'admin'`.compile(tx),
  )

test('what was sent with the next statement is refused by that one, by the commit, and in a dry run', async () => {
  const rows: [string, () => Promise<unknown>][] = [
    [
      'next',
      () =>
        transaction(hub.db, async (tx) => {
          await putTwice(tx)
          await sql`select 1`.execute(tx)
        }),
    ],
    ['commit', () => transaction(hub.db, putTwice)],
    ['dry run', () => transaction(hub.db, putTwice, { dryRun: true })],
  ]
  for (const [name, work] of rows) await assert.rejects(work, { code: '23505' }, name)
})

test('a statement that waits is not sent when its transaction ends without it, and not by the next', async () => {
  const remove = sql`delete from memberships where org_id = ${orgId} and role = 'read'`
  const failing = transaction(hub.db, async (tx) => {
    await sql`select 1`.execute(tx)
    await sendWithNext(tx, remove.compile(tx))
    throw new Error('after all not')
  })
  await assert.rejects(failing, /after all not/)
  const nothingSent = transaction(hub.db, async (tx) => {
    await sendWithNext(tx, remove.compile(tx))
    throw new Error('after all not')
  })
  await assert.rejects(nothingSent, /after all not/)
  await Promise.all(Array.from({ length: 20 }, () => transaction(hub.db, (tx) => sql`select 1`.execute(tx))))
  const { rows } = await sql`select from memberships where org_id = ${orgId}`.execute(hub.db)
  assert.equal(rows.length, 3)
})

test('what waits alone in a transaction is sent with its commit', async () => {
  await transaction(hub.db, (tx) =>
    sendWithNext(tx, sql`update memberships set role = 'write' where org_id = ${orgId} and role = 'read'`.compile(tx)),
  )
  const { rows } = await sql`select from memberships where org_id = ${orgId} and role = 'write'`.execute(hub.db)
  assert.equal(rows.length, 2)
})
