import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, type Reply, startTestHub, testPassword } from '../hub.ts'

// Admins, operators and people themselves do at the same moment, at random, whatever can cost an organization an admin.
// Whenever it is quiet, an organization has an admin who counts, or an involuntary way has marked it as without one.
const rounds = Number(process.env.GUILDHALL_ROUNDS ?? 150)
const seed = Number(process.env.GUILDHALL_SEED ?? Math.floor(Math.random() * 2 ** 31))
const actsAtOnce = 4
const org = 'Brawl'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const names = ['ann', 'bea', 'cat', 'dot', 'eve']
const { id: orgId, people } = await hub.organization(
  org,
  Object.fromEntries(names.map((name) => [name, 'admin' as const])),
)
const everybody = names.map((name) => people[name] as Person)
const cookies = new Map<string, string>()
// An admin for a few rounds, who may delete the account.
let guest: Person | undefined
let guests = 0

// Mulberry32: the same seed, the same wishes; what meets what is up to the machine
let state = seed
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below
}
const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item

const at = (who: Person, method: string, tail: string, body?: unknown) =>
  hub.request(who, method, `/api/organizations/${org}${tail}`, body)
const soon = () => new Date(Date.now() + 1e9).toISOString()

async function bulk(who: Person, wishes: object): Promise<Reply> {
  const plan = await at(who, 'POST', '/members/bulk', { mode: 'plan', ...wishes })
  if (plan.status !== 200) return plan
  return at(who, 'POST', '/members/bulk', { mode: 'apply', planHash: plan.body.planHash, removalLimit: 10, ...wishes })
}

async function cookieOf(who: Person): Promise<string> {
  const known = cookies.get(who.name)
  if (known !== undefined) return known
  const reply = await hub.request(
    undefined,
    'POST',
    '/api/login',
    { username: who.name, password: testPassword },
    { origin: hub.url },
  )
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  if (reply.status === 200) cookies.set(who.name, cookie)
  return cookie
}

type Act = (who: Person, whom: Person) => Promise<Reply | undefined>
const acts: Record<string, Act> = {
  leave: (who) => at(who, 'POST', '/leave'),
  'demote by PUT': (who, whom) => at(who, 'PUT', `/members/${whom.name}/role`, { role: 'read' }),
  'demote by PATCH': (who, whom) => at(who, 'PATCH', `/members/${whom.name}`, { role: 'write' }),
  'give an end': (who, whom) => at(who, 'PATCH', `/members/${whom.name}`, { expiresAt: soon() }),
  remove: (who, whom) => at(who, 'DELETE', `/members/${whom.name}`),
  offboard: (who, whom) =>
    at(who, 'POST', `/members/${whom.name}/offboard`, { mode: 'apply', leaveAsIs: true, reason: 'They go.' }),
  bulk: (who, whom) => bulk(who, { rows: [{ op: 'set', username: whom.name, role: 'read' }] }),
  csv: (who, whom) => bulk(who, { csv: `op,username\nremove,${whom.name}\n` }),
  promote: (who, whom) => at(who, 'PUT', `/members/${whom.name}/role`, { role: 'admin' }),
  'set successors': (who, whom) => at(who, 'PUT', '/successors', { successors: [whom.name] }),
  'require 2FA': (who) => at(who, 'PATCH', '/settings', { require2fa: random(2) === 0 }),
  suspend: (_who, whom) => hub.console('PATCH', `/api/operator/people/${whom.name}`, { suspended: true }),
  'end a suspension': (_who, whom) => hub.console('PATCH', `/api/operator/people/${whom.name}`, { suspended: false }),
  'delete the account': async () => {
    if (guest === undefined) return undefined
    const body = { confirm: guest.name }
    return hub.request(undefined, 'DELETE', '/api/settings/account', body, {
      cookie: await cookieOf(guest),
      origin: hub.url,
    })
  },
  expire: async () => void (await endExpiredMemberships(hub.db)),
}

// Puts some of the people back, so that there is something to lose: as if they had just come in, before anybody acts.
async function setTheStage(): Promise<void> {
  guest = random(4) === 0 ? await hub.person(`guest${guests++}`) : undefined
  await hub.db.transaction().execute(async (tx) => {
    await sql`update users set state = 'active', totp_enabled_at = case when ${random(2) === 0} then ${new Date()}::timestamptz end
      where id = any(${everybody.map(({ id }) => id)}::text[])`.execute(tx)
    await sql`update organizations set require_2fa = false, require_2fa_from = null, adminless_since = null where id = ${orgId}`.execute(
      tx,
    )
    for (const table of ['rejoin_blocks', 'token_states', 'successors', 'memberships'])
      await sql`delete from ${sql.table(table)} where org_id = ${orgId}`.execute(tx)
    const admins = (guest ? 0 : 1) + random(3)
    for (const [index, { id, name }] of [...everybody, ...(guest ? [guest] : [])].entries())
      await sql`insert into memberships (id, org_id, user_id, role, source, joined_at, search)
        values (${newId()}, ${orgId}, ${id}, ${index < admins || index === everybody.length ? 'admin' : pick(['read', 'write'])}::org_role, 'manual', ${new Date()}, ${name})`.execute(
        tx,
      )
    if (random(2) === 0)
      await sql`insert into successors (org_id, user_id, position) values (${orgId}, ${everybody[4]?.id}, 1)`.execute(
        tx,
      )
  })
}

async function check(round: number, told: string): Promise<boolean> {
  const { rows } = await sql<{ usable: number; adminless: boolean }>`
    select (select count(*)::int from memberships m join users u on u.id = m.user_id
      where m.org_id = o.id and m.role = 'admin' and m.expires_at is null and u.state = 'active'
        and exists (select from emails e where e.user_id = u.id and e.verified_at is not null)
        and (not o.require_2fa or u.totp_enabled_at is not null)) usable, o.adminless_since is not null adminless
    from organizations o where o.id = ${orgId}`.execute(hub.db)
  const { usable, adminless } = rows[0] ?? { usable: 0, adminless: false }
  const story = `seed ${seed}, round ${round}: ${usable} usable, ${adminless ? '' : 'not '}marked, after ${told}`
  assert.ok(usable > 0 || adminless, story)
  assert.ok(usable === 0 || !adminless, story)
  return adminless
}

const kinds = [...Object.keys(acts), 'suspend', 'suspend', 'suspend', 'leave', 'demote by PUT', 'delete the account']
const possible = [200, 400, 401, 403, 404, 409]
const counts = new Map<string, number>()

async function play(round: number): Promise<boolean> {
  const wishes = Array.from({ length: actsAtOnce }, () => {
    return { kind: pick(kinds), who: pick(everybody), whom: pick(everybody) }
  })
  const replies = await Promise.all(wishes.map(({ kind, who, whom }) => acts[kind]?.(who, whom)))
  const told = wishes.map(({ kind, who, whom }, index) => `${who.name} ${kind} ${whom.name}: ${replies[index]?.status}`)
  for (const reply of replies) if (reply !== undefined) count(round, reply, told)
  return check(round, told.join('; '))
}

function count(round: number, reply: Reply, told: string[]): void {
  const code = `${reply.status} ${reply.headers.get('x-error-code') ?? ''}`.trim()
  counts.set(code, (counts.get(code) ?? 0) + 1)
  const story = `seed ${seed}, round ${round}: ${told.join('; ')}: ${JSON.stringify(reply.body)}`
  assert.ok(possible.includes(reply.status), story)
}

describe(`${rounds} rounds of ${actsAtOnce} acts at the same moment, seed ${seed}`, () => {
  it('never leave no one, unless it is marked', { timeout: 3_600_000 }, async () => {
    let marked = 0
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 0) await setTheStage()
      if (await play(round)) marked += 1
    }
    assert.ok((counts.get('403 LastAdmin') ?? 0) > 0, 'some were refused for it')
    assert.ok(marked > 0, 'some suspensions left no one')
    console.log(
      `    ${[...counts].map(([code, many]) => `${many} × ${code}`).join(', ')}; ${marked} rounds ended marked`,
    )
  })
})
