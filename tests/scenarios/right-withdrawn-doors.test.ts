// What is not one operation on an organization: a push through git, and what people do with their own account. Both wait
// their turn, and must ask again.
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import type { Tx } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { commands, none, pack } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'
import type { Person } from '../hub.ts'
import { signedIn } from '../visitor.ts'
import { takeAwayMeanwhile } from '../waiting.ts'

const losses: Record<string, (tx: Tx, userId: string) => Promise<unknown>> = {
  'its token is deleted': (tx, userId) => sql`delete from access_tokens where user_id = ${userId}`.execute(tx),
  'its token is revoked for the organization': (tx, userId) =>
    sql`insert into token_revocations (org_id, token_id, at) select o.id, t.id, t.created_at from access_tokens t, organizations o
      where t.user_id = ${userId}`.execute(tx),
  'two-factor authentication is required': (tx) => sql`update organizations set require_2fa = true`.execute(tx),
  'its role is lowered': (tx, userId) =>
    sql`update memberships set role = 'read' where user_id = ${userId}`.execute(tx),
  'its member is removed': (tx, userId) => sql`delete from memberships where user_id = ${userId}`.execute(tx),
}

const { hub, head, git, push } = await makeTarget()

async function newWriter(name: string): Promise<Person> {
  const person = await hub.person(name)
  await sql`insert into memberships (id, org_id, user_id, role, source, joined_at)
    select ${newId()}, id, ${person.id}, 'write', 'manual', created_at from organizations`.execute(hub.db)
  return person
}

async function pushMeanwhile(who: Person, ref: string, take: (tx: Tx) => Promise<unknown>) {
  const body = Buffer.concat([commands([{ from: none, to: head, ref }]), pack([])])
  const request = () => push(body, who)
  const { waited, reply } = await takeAwayMeanwhile(hub.db, who.id, { request, take })
  assert.ok(waited, `it did not wait: ${reply.status}`)
}

describe('a push that waits moves nothing when meanwhile', () => {
  afterEach(() => sql`update organizations set require_2fa = false`.execute(hub.db))

  for (const [index, [what, lose]] of Object.entries(losses).entries())
    it(what, async () => {
      const who = await newWriter(`pusher-${index}`)
      const state = async () => [
        git('for-each-ref'),
        await hub.db.selectFrom('audit_events').select('id').where('author_name', '=', who.name).execute(),
      ]
      const before = await state()
      await pushMeanwhile(who, 'refs/heads/lost', (tx) => lose(tx, who.id))
      assert.deepEqual(await state(), before)
    })

  it('nothing is lost: there it moves', async () => {
    await pushMeanwhile(await newWriter('pusher'), 'refs/heads/kept', async () => undefined)
    assert.equal(git('rev-parse', 'refs/heads/kept'), head)
  })
})

describe('what a session does to its account', () => {
  const token = { name: 'lasting', role: 'write' }
  const deeds: Record<string, [method: string, path: string, body?: unknown]> = {
    'creates a token': ['POST', '/api/settings/tokens', token],
    'adds an address': ['POST', '/api/settings/emails', { address: 'other@example.org' }],
  }
  for (const [what, [method, path, body]] of Object.entries(deeds))
    it(`${what}: not when it is ended meanwhile`, async () => {
      const person = await hub.person(`owner-${Object.keys(deeds).indexOf(what)}`)
      const visit = await signedIn(hub, person.name)
      const { reply, waited } = await takeAwayMeanwhile(hub.db, person.id, {
        request: () => visit.send(method, path, body),
        take: (tx) => sql`delete from sessions where user_id = ${person.id}`.execute(tx),
      })
      assert.deepEqual([waited, reply.status], [true, 401], JSON.stringify(reply.body))
      assert.equal(await count('access_tokens', person.id, "name = 'lasting'"), 0)
      assert.equal(await count('emails', person.id, "address = 'other@example.org'"), 0)
    })
})

async function count(table: string, userId: string, also: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int count from ${sql.table(table)} where user_id = ${userId} and ${sql.raw(also)}`.execute(hub.db)
  return rows[0]?.count ?? 0
}
