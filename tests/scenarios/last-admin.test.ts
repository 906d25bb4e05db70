import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { holding } from '../holding.ts'
import { type Person, type Reply, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { until } from '../until.ts'

// How many times two admins act at the same moment; the full thousand is for a machine with time.
const rounds = Number(process.env.GUILDHALL_ROUNDS ?? 64)

let hub: TestHub
before(async () => {
  hub = await startTestHub()
})

function member(who: Person, method: string, org: string, path: string, body?: unknown): Promise<Reply> {
  return hub.request(who, method, `/api/organizations/${org}${path}`, body)
}

const demote = (who: Person, org: string, whom: string) =>
  member(who, 'PUT', org, `/members/${whom}/role`, { role: 'read' })
const remove = (who: Person, org: string, whom: string) => member(who, 'DELETE', org, `/members/${whom}`)
const offboard = (who: Person, org: string, whom: string) =>
  member(who, 'POST', org, `/members/${whom}/offboard`, { mode: 'apply', leaveAsIs: true, reason: 'over' })
const leave = (who: Person, org: string) => member(who, 'POST', org, '/leave')

async function admins(orgId: string): Promise<string[]> {
  const rows = await hub.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.name')
    .where('org_id', '=', orgId)
    .where('role', '=', 'admin')
    .orderBy('users.name')
    .execute()
  return rows.map(({ name }) => name)
}

/** Admins whose membership has no end. */
async function lasting(orgId: string): Promise<string[]> {
  const rows = await hub.db
    .selectFrom('memberships')
    .select('user_id')
    .where('org_id', '=', orgId)
    .where('role', '=', 'admin')
    .where('expires_at', 'is', null)
    .execute()
  return rows.map((row) => row.user_id)
}

function assertLastAdmin(reply: Reply, candidates?: string[]): void {
  assert.equal(reply.status, 403, JSON.stringify(reply.body))
  assert.equal(reply.headers.get('x-error-code'), 'LastAdmin')
  if (candidates)
    assert.deepEqual(
      reply.body.candidates.map(({ user, role }: { user: string; role: string }) => `${user} ${role}`),
      candidates,
    )
}

describe('the last admin', () => {
  let orgId: string
  let ada: Person
  const org = 'Solo'

  before(async () => {
    const made = await hub.organization(org, {
      ada: 'admin',
      wil: 'write',
      rae: 'read',
      noa: 'no_access',
      xeno: 'write',
    })
    orgId = made.id
    ada = made.people.ada as Person
  })

  const ways: [string, () => Promise<Reply>][] = [
    ['demote oneself', () => demote(ada, org, 'ada')],
    ['leave', () => leave(ada, org)],
    ['be removed', () => remove(ada, org, 'ada')],
    ['be offboarded', () => offboard(ada, org, 'ada')],
    [
      'get an end',
      () => member(ada, 'PATCH', org, '/members/ada', { expiresAt: new Date(Date.now() + 1e9).toISOString() }),
    ],
    ['be changed by PATCH', () => member(ada, 'PATCH', org, '/members/ada', { role: 'write' })],
    ['try it without doing it', () => member(ada, 'POST', org, '/leave?dryRun=true')],
  ]
  for (const [what, act] of ways) {
    it(`cannot ${what}; hears who could take over`, async () => {
      const events = (await hub.events(orgId)).length
      assertLastAdmin(await act(), ['wil write', 'xeno write', 'rae read', 'noa no_access'])
      assert.deepEqual(await admins(orgId), ['ada'])
      assert.equal((await hub.events(orgId)).length, events)
    })
  }

  it('names only those who would count, at most 20', async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`many${index}`, 'read' as const]))
    const made = await hub.organization('Many', { ann: 'admin', sus: 'write', unv: 'write', exp: 'write', ...many })
    await hub.console('PATCH', '/api/operator/people/sus', { suspended: true })
    await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'unv@example.org').execute()
    const ann = made.people.ann as Person
    await member(ann, 'PATCH', 'Many', '/members/exp', { expiresAt: new Date(Date.now() + 1e9).toISOString() })
    const reply = await leave(ann, 'Many')
    assertLastAdmin(reply)
    assert.equal(reply.body.candidates.length, 20)
    assert.ok(reply.body.candidates.every(({ user }: { user: string }) => user.startsWith('many')))
  })

  it('is not stood in for by admins who do not count, and these may go', async () => {
    const made = await hub.organization('Weak', { ben: 'admin', sid: 'admin', una: 'admin', eva: 'admin' })
    const ben = made.people.ben as Person
    await hub.console('PATCH', '/api/operator/people/sid', { suspended: true })
    await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'una@example.org').execute()
    assert.equal(
      (await member(ben, 'PATCH', 'Weak', '/members/eva', { expiresAt: new Date(Date.now() + 1e9).toISOString() }))
        .status,
      200,
    )
    assertLastAdmin(await demote(ben, 'Weak', 'ben'))
    assert.equal(
      (await demote(made.people.una as Person, 'Weak', 'sid')).status,
      403,
      'who has no verified address changes nothing',
    )
    assert.equal((await remove(ben, 'Weak', 'una')).status, 200)
    assertLastAdmin(await leave(ben, 'Weak'))
    await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'ben@example.org').execute()
    assert.equal((await leave(ben, 'Weak')).status, 200, 'where no one counted before, nothing is lost')
  })

  it('may change their own membership several times at once, and none waits for another in a circle', async () => {
    const made = await hub.organization('Alone', { sel: 'admin', fox: 'admin' })
    const sel = made.people.sel as Person
    const gate = await holding(hub.db, (tx) =>
      sql`select from memberships where user_id = ${sel.id} for update`.execute(tx),
    )
    const changes = Array.from({ length: 8 }, () => member(sel, 'PUT', 'Alone', '/members/sel/role', { role: 'admin' }))
    await until(async () => {
      const waits = await sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(hub.db)
      return waits.rows.length === changes.length
    })
    await gate.release()
    for (const reply of await Promise.all(changes)) assert.equal(reply.status, 200, JSON.stringify(reply.body))
  })

  it('counts with 2FA where it is required', async () => {
    const made = await hub.organization('Strict', { kim: 'admin', lou: 'admin' })
    const kim = made.people.kim as Person
    await hub.db
      .updateTable('users')
      .set({ totp_enabled_at: new Date(), totp_secret: Buffer.from('x') })
      .where('id', '=', kim.id)
      .execute()
    assert.equal(
      (
        await member(kim, 'PATCH', 'Strict', '/settings', {
          require2fa: true,
          require2faFrom: new Date(Date.now() + 1e9).toISOString(),
        })
      ).status,
      200,
    )
    assertLastAdmin(await demote(made.people.lou as Person, 'Strict', 'kim'))
    assert.equal((await demote(kim, 'Strict', 'lou')).status, 200)
  })

  it('is told when alone', async () => {
    const made = await hub.organization('Pair', { pam: 'admin', pit: 'admin', pat: 'admin' })
    const alone = async () =>
      (await hub.mails()).filter(
        ({ recipient, subject }) => recipient === 'pam@example.org' && /only admin of Pair/.test(subject),
      ).length
    await demote(made.people.pam as Person, 'Pair', 'pat')
    assert.equal(await alone(), 0)
    await leave(made.people.pit as Person, 'Pair')
    assert.equal(await alone(), 1)
  })

  it('cannot delete the account, nor turn 2FA off where that makes it not count', async () => {
    await hub.organization('Mine', { mia: 'admin', moe: 'read' })
    const cookie = await signIn('mia')
    const asMia = (method: string, path: string, body: unknown) =>
      hub.request(undefined, method, path, body, { cookie, origin: hub.url })
    assert.equal((await asMia('DELETE', '/api/settings/account', { confirm: 'moe' })).status, 400)
    const reply = await asMia('DELETE', '/api/settings/account', { confirm: 'mia' })
    assertLastAdmin(reply, ['moe read'])
    assert.deepEqual(reply.body.organizations, ['Mine'])
    await member(await hub.person('mia'), 'PUT', 'Mine', '/members/moe/role', { role: 'admin' })
    assert.equal((await asMia('DELETE', '/api/settings/account', { confirm: 'mia' })).status, 200)
    assert.equal((await hub.request(await hub.person('mia'), 'GET', '/api/whoami-v2')).status, 401)
    const orgId = (
      await hub.db.selectFrom('organizations').select('id').where('name', '=', 'Mine').executeTakeFirstOrThrow()
    ).id
    assert.deepEqual(await admins(orgId), ['moe'])
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.leave')
    assert.equal((await hub.events('instance')).at(-1)?.type, 'user.delete')
  })
})

async function signIn(username: string): Promise<string> {
  const reply = await hub.request(
    undefined,
    'POST',
    '/api/login',
    { username, password: testPassword },
    { origin: hub.url },
  )
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

describe(`two admins at the same moment, ${rounds} rounds`, () => {
  it('never leave no one, and who comes second is refused', { timeout: 3_600_000 }, async () => {
    const { id: orgId, people } = await hub.organization('Duel', { dan: 'admin', eli: 'admin' })
    const [dan, eli] = [people.dan, people.eli] as [Person, Person]
    const leaving = (who: Person) => leave(who, 'Duel')
    const acts: Record<string, (who: Person, other: string) => Promise<Reply>> = {
      'demote the other': (who, other) => demote(who, 'Duel', other),
      'demote oneself': (who) => demote(who, 'Duel', who.name),
      'remove the other': (who, other) => remove(who, 'Duel', other),
      'remove oneself': (who) => remove(who, 'Duel', who.name),
      leave: leaving,
      'offboard the other': (who, other) => offboard(who, 'Duel', other),
      'offboard oneself': (who) => offboard(who, 'Duel', who.name),
      'end the other': (who, other) =>
        member(who, 'PATCH', 'Duel', `/members/${other}`, { expiresAt: new Date(Date.now() + 1e9).toISOString() }),
    }
    const kinds = Object.values(acts)
    const kind = (index: number) => kinds[index % kinds.length] ?? leaving
    const setBack = async () => {
      await hub.db.deleteFrom('memberships').where('org_id', '=', orgId).execute()
      await sql`delete from token_states where org_id = ${orgId}`.execute(hub.db)
      for (const { id, name } of [dan, eli]) {
        await hub.db
          .insertInto('memberships')
          .values({
            id: newId(),
            org_id: orgId,
            user_id: id,
            role: 'admin',
            source: 'manual',
            joined_at: new Date(),
            search: name,
          })
          .execute()
      }
    }
    const codes = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      await setBack()
      const [one, two] = [kind(round), kind(Math.floor(round / kinds.length))]
      const replies = await Promise.all([one(dan, eli.name), two(eli, dan.name)])
      const usable = await lasting(orgId)
      assert.ok(usable.length >= 1, `round ${round}: no one is left`)
      assert.ok(
        replies.some((reply) => reply.status === 200),
        `round ${round}: ${replies.map((reply) => reply.status)}`,
      )
      for (const reply of replies) {
        const code = `${reply.status} ${reply.headers.get('x-error-code') ?? ''}`.trim()
        codes.set(code, (codes.get(code) ?? 0) + 1)
        assert.ok(
          [200, 403, 404].includes(reply.status),
          `round ${round}: ${reply.status} ${JSON.stringify(reply.body)}`,
        )
      }
    }
    const told = [...codes].map(([code, count]) => `${count} × ${code}`).join(', ')
    assert.ok((codes.get('403 LastAdmin') ?? 0) > 0, told)
    console.log(`    ${rounds} rounds: ${told}`)
  })
})
