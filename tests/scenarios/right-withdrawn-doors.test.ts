// What takes more than one request to try: a push through git, a large file in parts, and 2FA. All wait their turn, and
// must ask again.
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { generate } from 'otplib'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { partBytes } from '../../server/lfs/bytes/bytes.ts'
import type { Tx } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { commands, none, pack } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'
import type { Person } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'
import { takeAwayMeanwhile } from '../waiting.ts'

const losses: Record<string, (tx: Tx, userId: string) => Promise<unknown>> = {
  'its token is deleted': (tx, userId) => sql`delete from access_tokens where user_id = ${userId}`.execute(tx),
  'its token is revoked for the organization': (tx, userId) =>
    sql`insert into token_states (org_id, token_id, state, changed_at) select o.id, t.id, 'revoked', t.created_at from access_tokens t, organizations o
      where t.user_id = ${userId}`.execute(tx),
  'two-factor authentication is required': (tx) => sql`update organizations set require_2fa = true`.execute(tx),
  'its token lasts longer than is allowed': (tx) =>
    sql`update organizations set token_max_lifetime_days = 1`.execute(tx),
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
  afterEach(() => sql`update organizations set require_2fa = false, token_max_lifetime_days = null`.execute(hub.db))

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

describe('a part of a large file that waits keeps no upload alive when meanwhile', () => {
  afterEach(() => sql`update organizations set require_2fa = false, token_max_lifetime_days = null`.execute(hub.db))

  for (const [index, [what, lose]] of Object.entries(losses).entries())
    it(what, async () => {
      const who = await newWriter(`sender-${index}`)
      const href = await lastPartFor(who, index)
      const touched = async () => await hub.db.selectFrom('lfs_uploads').select('touched_at').orderBy('id').execute()
      const before = await touched()
      const { waited, reply } = await takeAwayMeanwhile(hub.db, who.id, {
        request: () => fetch(href, { method: 'PUT', body: Buffer.alloc(100) }),
        take: (tx) => lose(tx, who.id),
      })
      assert.ok(waited && [401, 403, 404].includes(reply.status), `${waited}, ${reply.status}`)
      assert.deepEqual(await touched(), before)
    })
})

/** Where the last part of a new object goes, which has 100 bytes. */
async function lastPartFor(who: Person, index: number): Promise<string> {
  const media = 'application/vnd.git-lfs+json'
  const headers = { 'content-type': media, accept: media }
  const objects = [{ oid: String(index).repeat(64), size: partBytes(0) + 100 }]
  const asked = { operation: 'upload', objects, transfers: ['multipart'] }
  const { body } = await hub.request(who, 'POST', '/acme/target.git/info/lfs/objects/batch', asked, headers)
  return body.objects[0].actions.upload.header['00002']
}

describe('2FA stays as it is when the session that changes it is ended meanwhile', () => {
  const path = '/api/settings/two-factor'
  const codeOf = (secret: string, steps: number) =>
    generate({ secret, epoch: Math.floor(now().getTime() / 1000) + steps * 30 })
  type Deed = (visit: Visitor, secret: string) => Promise<() => ReturnType<Visitor['send']>>
  const confirm = async (visit: Visitor, secret: string, steps: number) => {
    const code = await codeOf(secret, steps)
    return () => visit.send('POST', `${path}/confirm`, { code })
  }
  const enrolled = async (visit: Visitor, secret: string) => {
    const { status } = await (await confirm(visit, secret, -1))()
    assert.equal(status, 200)
  }
  const deeds: Record<string, Deed> = {
    'turned on': (visit, secret) => confirm(visit, secret, 0),
    'given new recovery codes': async (visit, secret) => {
      await enrolled(visit, secret)
      return () => visit.send('POST', `${path}/recovery-codes`)
    },
    'turned off': async (visit, secret) => {
      await enrolled(visit, secret)
      return () => visit.send('DELETE', path)
    },
  }
  for (const [index, [what, prepare]] of Object.entries(deeds).entries())
    it(what, async () => {
      const { id, name } = await hub.person(`careful-${index}`)
      const visit = await signedIn(hub, name)
      const { secret } = (await visit.send('POST', path)).body
      const request = await prepare(visit, secret)
      const state = async () => [
        await sql`select totp_enabled_at from users where id = ${id}`.execute(hub.db).then(({ rows }) => rows),
        await sql`select hash from recovery_codes where user_id = ${id} order by hash`.execute(hub.db),
      ]
      const before = await state()
      const { reply, waited } = await takeAwayMeanwhile(hub.db, id, {
        request,
        take: (tx) => sql`delete from sessions where user_id = ${id}`.execute(tx),
      })
      assert.deepEqual([waited, reply.status], [true, 401], JSON.stringify(reply.body))
      assert.deepEqual(await state(), before)
    })
})
