import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { connect, userOf } from '../scim.ts'

// Deprovisioning of the last admin where the organization owns the accounts: access ends at once and always, the first
// successor takes over, and without one the organization is without active admins.

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', sue: 'write' })
const adaToken = acme.people.ada as Person
const { provider, at, addDomain, enforce, plan, apply, enter } = await startManagedLab(hub, acme.id)
await addDomain('example.org')
await enforce()
await done(apply(true, (await plan(true)).planHash))
const idp = await connect(hub, { admin: adaToken, org: 'acme', base: 'scim' })
const group = await done(hub.request(adaToken, 'POST', at('/resource-groups'), { name: 'speech' }))

type Enter = Awaited<ReturnType<typeof enter>>['as']
interface Last {
  name: string
  id: string
  as: Enter
}

let serial = 0
const own = ['ada', 'amy']

/** A managed account that is the only active admin. */
async function lastAdmin(successors: string[] = []): Promise<Last> {
  // One admin in ten minutes is as many as the breaker lets an identity provider remove
  hub.moveClock(serial * 11 * 60_000)
  const name = `last-${serial++}`
  const email = `${name}@example.org`
  const id = await idp.provision(email)
  provider.claims[name] = { email, email_verified: true, roles: ['boss'] }
  const { reply, as } = await enter(name)
  assert.equal(reply.body.role, 'admin', JSON.stringify(reply.body))
  await done(as('PUT', at('/successors'), { successors }))
  for (const admin of own) await done(hub.console('PATCH', `/api/operator/people/${admin}`, { suspended: true }))
  assert.deepEqual(await standing(), { admins: [name], isAdminless: false })
  return { name, id, as }
}

// Those who can act as admins, and how the organization is marked
async function standing(): Promise<{ admins: string[]; isAdminless: boolean }> {
  const admins = await hub.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.org_id', '=', acme.id)
    .where('m.role', '=', 'admin')
    .where('u.state', '=', 'active')
    .select('u.name')
    .execute()
  const org = await hub.db
    .selectFrom('organizations')
    .select('adminless_since')
    .where('id', '=', acme.id)
    .executeTakeFirstOrThrow()
  return { admins: admins.map(({ name }) => name), isAdminless: org.adminless_since !== null }
}

async function back(): Promise<void> {
  for (const admin of own) await done(hub.console('PATCH', `/api/operator/people/${admin}`, { suspended: false }))
  await hub.db
    .updateTable('memberships')
    .set({ role: 'write' })
    .where('role', '=', 'admin')
    .where('user_id', 'not in', [adaToken.id, acme.people.amy?.id ?? ''])
    .execute()
}

const removals: [string, (last: Last) => Promise<Reply>][] = [
  ['PATCH', ({ id }) => idp.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })],
  ['PUT', ({ id, name }) => idp.ask('PUT', `/Users/${id}`, userOf(`${name}@example.org`, { active: false }))],
  ['DELETE', ({ id }) => idp.ask('DELETE', `/Users/${id}`)],
]

describe('the last admin, removed by the identity provider', () => {
  after(() => hub.moveClock(0))
  afterEach(back)

  for (const [method, remove] of removals) {
    test(`by ${method}: is out at once, and the first successor who can becomes admin`, async () => {
      const last = await lastAdmin(['amy', 'sue'])
      await proveAdmission('sue')
      const reply = await remove(last)
      assert.ok(reply.status < 300, `${reply.status} ${JSON.stringify(reply.body)}`)
      assert.deepEqual(await standing(), { admins: ['sue'], isAdminless: false })
      assert.equal((await last.as('GET', '/api/settings/account')).status, 401)
      const types = (await hub.events(acme.id)).slice(-2).map(({ type }) => type)
      const how = method === 'DELETE' ? 'scim.user.delete' : 'scim.user.deactivate'
      assert.deepEqual(types, ['org.successor_promoted', how])
      const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'sue@example.org')
      assert.match(mail?.subject ?? '', /admin of acme/)
    })

    test(`by ${method}: without a successor, the organization is without active admins`, async () => {
      const last = await lastAdmin()
      const reply = await remove(last)
      assert.ok(reply.status < 300, `${reply.status} ${JSON.stringify(reply.body)}`)
      assert.deepEqual(await standing(), { admins: [], isAdminless: true })
      assert.equal((await last.as('GET', '/api/settings/account')).status, 401)
      const event = (await hub.events(acme.id)).at(-2)
      assert.equal(event?.type, 'org.adminless')
      assert.match(event?.message ?? '', new RegExp(`by deprovisioning ${last.name}`))
    })
  }

  test('comes back as admin when the identity provider activates them again', async () => {
    const last = await lastAdmin()
    await done(idp.patch(`/Users/${last.id}`, { op: 'replace', value: { active: false } }))
    assert.equal((await standing()).isAdminless, true)
    await done(idp.patch(`/Users/${last.id}`, { op: 'replace', value: { active: true } }))
    assert.equal((await enter(last.name)).reply.body.role, 'admin')
    assert.deepEqual(await standing(), { admins: [last.name], isAdminless: false })
  })

  test('is held back as the second admin in ten minutes, and stays admin', async () => {
    const first = await lastAdmin()
    await back()
    provider.claims.next = { email: 'next@example.org', email_verified: true, roles: ['boss'] }
    const next = { id: await idp.provision('next@example.org') }
    await enter('next')
    assert.ok((await idp.ask('DELETE', `/Users/${next.id}`)).status < 300)
    await hub.db
      .updateTable('memberships')
      .set({ role: 'admin' })
      .where('user_id', '=', await idOf(first.name))
      .execute()
    for (const admin of own) await done(hub.console('PATCH', `/api/operator/people/${admin}`, { suspended: true }))
    const held = await idp.ask('DELETE', `/Users/${first.id}`)
    assert.deepEqual([held.status, held.headers.has('retry-after')], [503, true], JSON.stringify(held.body))
    assert.deepEqual(await standing(), { admins: [first.name], isAdminless: false })
  })

  test('stays admin when the SCIM group that they are in is unlinked, emptied, or deleted', async () => {
    const last = await lastAdmin()
    const member = { value: last.id }
    const scimGroup = await done(idp.ask('POST', '/Groups', { displayName: `g-${last.name}`, members: [member] }))
    const link = (links: object[]) => last.as('PUT', at(`/settings/scim/groups/${scimGroup.id}/links`), { links })
    const rows = async () => {
      const query = hub.db
        .selectFrom('group_roles')
        .select('role')
        .where('user_id', '=', await idOf(last.name))
      return (await query.execute()).map(({ role }) => role)
    }
    const linked = () => link([{ resourceGroup: 'speech', role: 'admin' }])
    const lost: [string, () => PromiseLike<Reply>][] = [
      ['unlinked', () => link([])],
      ['emptied', () => idp.patch(`/Groups/${scimGroup.id}`, { op: 'Remove', path: 'members', value: [member] })],
      ['deleted', () => idp.ask('DELETE', `/Groups/${scimGroup.id}`)],
    ]
    for (const [what, lose] of lost) {
      await done(idp.patch(`/Groups/${scimGroup.id}`, { op: 'Add', path: 'members', value: [member] }))
      await done(linked())
      assert.deepEqual(await rows(), ['admin'], what)
      await done(lose() as Promise<Reply>)
      assert.deepEqual(await rows(), [], what)
      assert.deepEqual(await standing(), { admins: [last.name], isAdminless: false }, what)
      assert.equal((await last.as('GET', at(`/resource-groups/${group.id}`))).status, 200, what)
    }
  })
})

async function idOf(name: string): Promise<string> {
  return (await hub.db.selectFrom('users').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id
}

// While SSO is enforced, only those can be admins who have signed in with it
async function proveAdmission(name: string): Promise<void> {
  provider.claims[name] = { email: `${name}@example.org`, email_verified: true, roles: ['staff'] }
  const { reply } = await enter(name)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
}
