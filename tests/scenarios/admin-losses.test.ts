import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, type Reply, startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'

// Every way in which an organization can lose its last usable admin: the voluntary ones are refused and change nothing;
// the others hand over to a successor, or leave the organization marked as without an admin.
const hub = await startTestHub()
const opal = await hub.person('opal', { operator: true })
const later = () => new Date(Date.now() + 1e9).toISOString()

interface Place {
  org: string
  id: string
  /** The last admin who counts. */
  last: Person
  /** An admin who does not count, and has the rights. */
  weak: Person
}

let serial = 0
async function makePlace(): Promise<Place> {
  const mark = `x${serial++}`
  const org = `Org-${mark}`
  const [last, weak] = [`last-${mark}`, `weak-${mark}`]
  const made = await hub.organization(org, {
    [last]: 'admin',
    [weak]: 'admin',
    [`wil-${mark}`]: 'write',
    [`rae-${mark}`]: 'read',
  })
  await sql`update memberships set expires_at = ${later()} where org_id = ${made.id} and user_id = ${made.people[weak]?.id}`.execute(
    hub.db,
  )
  // Those who could follow have 2FA, so that they could also where it is required
  const heirs = [made.people[`wil-${mark}`]?.id, made.people[`rae-${mark}`]?.id]
  await sql`update users set totp_enabled_at = ${new Date()} where id = any(${heirs}::text[])`.execute(hub.db)
  for (const who of [last, weak]) await hub.request(made.people[who], 'GET', '/api/whoami-v2')
  await quiet(made.id)
  return { org, id: made.id, last: made.people[last] as Person, weak: made.people[weak] as Person }
}

// That a token was used is written down beside the answer.
async function quiet(orgId: string): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from memberships m where m.org_id = ${orgId} and m.role = 'admin'
      and not exists (select from access_tokens t where t.user_id = m.user_id and t.last_used_at is not null)`.execute(
      hub.db,
    )
    if (rows.length === 0) return
  }
}

const at = (place: Place, who: Person, method: string, tail: string, body?: unknown) =>
  hub.request(who, method, `/api/organizations/${place.org}${tail}`, body)

async function bulk(place: Place, who: Person, wishes: object): Promise<Reply> {
  const plan = await at(place, who, 'POST', '/members/bulk', { mode: 'plan', ...wishes })
  assert.equal(plan.status, 200, JSON.stringify(plan.body))
  return at(place, who, 'POST', '/members/bulk', { mode: 'apply', planHash: plan.body.planHash, ...wishes })
}

async function deleteAccount({ last }: Place): Promise<Reply> {
  const credentials = { username: last.name, password: testPassword }
  const signedIn = await hub.request(undefined, 'POST', '/api/login', credentials, { origin: hub.url })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  before = await stateOf(hub.db)
  const body = { confirm: last.name }
  return hub.request(undefined, 'DELETE', '/api/settings/account', body, { cookie, origin: hub.url })
}

let before: unknown

const voluntary: [string, (place: Place) => Promise<Reply>][] = [
  ['leave', (place) => at(place, place.last, 'POST', '/leave')],
  ['demote oneself', (place) => at(place, place.last, 'PUT', `/members/${place.last.name}/role`, { role: 'write' })],
  [
    'be given another role by PUT',
    (place) => at(place, place.weak, 'PUT', `/members/${place.last.name}/role`, { role: 'read' }),
  ],
  [
    'be given another role by PATCH',
    (place) => at(place, place.weak, 'PATCH', `/members/${place.last.name}`, { role: 'no_access' }),
  ],
  ['be given an end', (place) => at(place, place.weak, 'PATCH', `/members/${place.last.name}`, { expiresAt: later() })],
  ['be removed', (place) => at(place, place.weak, 'DELETE', `/members/${place.last.name}`)],
  [
    'be offboarded',
    (place) =>
      at(place, place.weak, 'POST', `/members/${place.last.name}/offboard`, {
        mode: 'apply',
        leaveAsIs: true,
        reason: 'They go.',
      }),
  ],
  [
    'be demoted in bulk',
    (place) => bulk(place, place.weak, { rows: [{ op: 'set', username: place.last.name, role: 'read' }] }),
  ],
  ['be removed in bulk', (place) => bulk(place, place.weak, { rows: [{ op: 'remove', username: place.last.name }] })],
  ['be changed by CSV', (place) => bulk(place, place.weak, { csv: `op,username,role\nset,${place.last.name},read\n` })],
  ['be kept out by requiring 2FA', (place) => at(place, place.last, 'PATCH', '/settings', { require2fa: true })],
  [
    'be kept out by requiring it later',
    (place) => at(place, place.last, 'PATCH', '/settings', { require2fa: true, require2faFrom: later() }),
  ],
  ['delete their account', deleteAccount],
]

describe('the last admin who counts', () => {
  for (const [what, act] of voluntary)
    it(`cannot ${what}; hears who could take over, and nothing changes`, async () => {
      const place = await makePlace()
      before = await stateOf(hub.db)
      const reply = await act(place)
      assert.deepEqual(
        [reply.status, reply.headers.get('x-error-code')],
        [403, 'LastAdmin'],
        JSON.stringify(reply.body),
      )
      const candidates = reply.body.candidates.map(({ role }: { role: string }) => role)
      assert.deepEqual(candidates, ['write', 'read'])
      assert.deepEqual(await stateOf(hub.db), before)
    })

  it('is not kept by an end that comes to an admin who did not count anyway', async () => {
    const place = await makePlace()
    hub.moveClock(2e9)
    await endExpiredMemberships(hub.db)
    hub.moveClock(0)
    assert.deepEqual(await adminHealth(place), { admins: [place.last.name], adminless: false })
    assert.equal((await hub.events(place.id)).at(-1)?.type, 'org.membership_expired')
  })
})

async function adminHealth({ id }: Place): Promise<{ admins: string[]; adminless: boolean }> {
  const { rows } = await sql<{ admins: string[]; adminless: boolean }>`
    select (select array_agg(u.name order by u.name) from memberships m join users u on u.id = m.user_id
      where m.org_id = o.id and m.role = 'admin' and m.expires_at is null and u.state = 'active') admins, o.adminless_since is not null adminless
    from organizations o where o.id = ${id}`.execute(hub.db)
  return { admins: rows[0]?.admins ?? [], adminless: rows[0]?.adminless ?? false }
}

describe('an operator’s suspension of the last admin who counts', () => {
  const suspend = ({ last }: Place) => hub.console('PATCH', `/api/operator/people/${last.name}`, { suspended: true })

  it('makes the first usable successor admin, without a probation', async () => {
    const place = await makePlace()
    const successors = ['rae', 'wil'].map((who) => place.last.name.replace('last', who))
    await at(place, place.last, 'PUT', '/successors', { successors })
    assert.equal((await suspend(place)).status, 200)
    assert.deepEqual(await adminHealth(place), { admins: [successors[0]], adminless: false })
    const heir = await hub.person(successors[0] as string)
    const { rows } = await sql`select probation_until from memberships
      where org_id = ${place.id} and user_id = ${heir.id}`.execute(hub.db)
    assert.deepEqual(rows, [{ probation_until: null }])
  })

  it('leaves the organization marked where there is none; nothing else does', async () => {
    const place = await makePlace()
    assert.equal((await suspend(place)).status, 200)
    assert.deepEqual(await adminHealth(place), { admins: [], adminless: true })
    const { last, weak } = place
    for (const act of [
      () => at(place, weak, 'DELETE', `/members/${last.name}`),
      () => at(place, weak, 'PUT', `/members/${weak.name}/role`, { role: 'read' }),
    ])
      assert.equal((await act()).status, 200, 'where no one counted before, nothing is lost')
    assert.deepEqual(await adminHealth(place), { admins: [], adminless: true })
  })
})

describe('an organization that comes back after its admins have gone', () => {
  const comeBack = async (place: Place) => {
    await sql`update organizations set deleted_at = ${new Date()} where id = ${place.id}`.execute(hub.db)
    await hub.console('PATCH', `/api/operator/people/${place.last.name}`, { suspended: true })
    assert.equal((await hub.request(opal, 'POST', `/api/organizations/${place.org}/restore`)).status, 200)
  }

  it('gets its first usable successor, or is marked', async () => {
    const [followed, left] = [await makePlace(), await makePlace()]
    const heir = followed.last.name.replace('last', 'rae')
    await at(followed, followed.last, 'PUT', '/successors', { successors: [heir] })
    await comeBack(followed)
    await comeBack(left)
    assert.deepEqual(await adminHealth(followed), { admins: [heir], adminless: false })
    assert.deepEqual(await adminHealth(left), { admins: [], adminless: true })
    assert.equal((await hub.events(followed.id)).at(-1)?.type, 'org.restore')
  })
})
