import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { type Person, startTestHub } from '../hub.ts'

const hub = await startTestHub()
const org = 'Lab'
const made = await hub.organization(org, { ada: 'admin', wil: 'write', rae: 'read' })
const orgId = made.id
const people: Record<string, Person> = { ...made.people, sam: await hub.person('sam') }

function call(who: string | undefined, method: string, path: string, body?: unknown) {
  return hub.request(who === undefined ? undefined : people[who], method, `/api/organizations/${org}${path}`, body)
}
const list = (who: string | undefined) => call(who, 'GET', '/members')
const names = (body: { user: string }[]) => body.map(({ user }) => user)

describe('removing and leaving', () => {
  it('takes membership, group roles and seat at once, and names what remains', async () => {
    const made = await hub.organization('Out', { ann: 'admin', con: 'contributor' })
    const [ann, con] = [made.people.ann, made.people.con] as [Person, Person]
    const at = (who: Person, method: string, path: string, body?: unknown) =>
      hub.request(who, method, `/api/organizations/Out${path}`, body)
    await at(ann, 'POST', '/resource-groups', { name: 'nlp', users: [{ user: 'con', role: 'write' }] })
    await hub.request(con, 'POST', '/api/repos/create', {
      name: 'bert',
      organization: 'Out',
      type: 'model',
      private: true,
    })
    const tried = await at(ann, 'DELETE', '/members/con?dryRun=1')
    assert.equal(tried.body.dryRun, true)
    assert.equal((await at(con, 'GET', '/members-summary')).status, 200, 'a dry run removes no one')
    const { status, body } = await at(ann, 'DELETE', '/members/CON')
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual({ ...body, dryRun: true }, tried.body)
    assert.deepEqual(
      [
        body.removed.role,
        body.removed.seatFreed,
        body.removed.groups.map(({ name, role }: Record<string, string>) => `${name} ${role}`),
      ],
      ['contributor', true, ['nlp write']],
    )
    assert.deepEqual(body.removed.counts, {
      membership: 1,
      groupRoles: 1,
      successorPlace: 0,
      fileLocks: 0,
      serviceAccounts: 0,
      ssoIdentities: 0,
      ssoSessions: 0,
    })
    const nothing = {
      invitationsReceived: 0,
      invitationsSent: 0,
      inviteLinks: 0,
      joinRequests: 0,
      collaboratorGrants: 0,
      provisioned: 0,
      gatedAccess: 0,
      gatedRequests: 0,
    }
    assert.deepEqual(body.remains, {
      repositories: [{ type: 'model', name: 'Out/bert' }],
      repositoryCount: 1,
      personalTokens: 1,
      grants: [],
      counts: { ...nothing, tokens: 1 },
    })
    assert.equal((await at(con, 'GET', '/members-summary')).status, 403)
    assert.equal(
      (
        await hub.db
          .selectFrom('group_roles')
          .select('role')
          .where('org_id', '=', made.id)
          .where('user_id', '=', con.id)
          .execute()
      ).length,
      0,
    )
    const event = (await hub.events(made.id)).at(-1)
    assert.deepEqual([event?.type, event?.message], ['org.remove_user', 'ann removed con'])
    assert.equal((await at(ann, 'DELETE', '/members/con')).status, 404)
  })

  const refused: [string, string | undefined, string, number][] = [
    ['no one signed in', undefined, 'rae', 401],
    ['a stranger', 'sam', 'rae', 403],
    ['a write member', 'wil', 'rae', 403],
    ['someone who is not a member', 'ada', 'sam', 404],
    ['someone without an account', 'ada', 'nobody-here', 404],
  ]
  for (const [what, who, whom, status] of refused) {
    it(`refuses to remove: ${what}`, async () => {
      const events = (await hub.events(orgId)).length
      assert.equal((await call(who, 'DELETE', `/members/${whom}`)).status, status)
      assert.equal((await hub.events(orgId)).length, events)
      assert.equal((await list('ada')).body.length, 3)
    })
  }

  it('lets any member leave, also one who is kept out for lack of 2FA', async () => {
    const { id, people: them } = await hub.organization('Door', { ann: 'admin', lea: 'no_access', leo: 'write' })
    await hub.db.updateTable('organizations').set({ require_2fa: true }).where('id', '=', id).execute()
    assert.equal((await hub.request(them.leo, 'GET', '/api/organizations/Door/members-summary')).status, 403)
    for (const name of ['lea', 'leo']) {
      const reply = await hub.request(them[name], 'POST', '/api/organizations/Door/leave')
      assert.equal(reply.status, 200, JSON.stringify(reply.body))
      assert.deepEqual(
        [(await hub.events(id)).at(-1)?.type, (await hub.events(id)).at(-1)?.author.user],
        ['org.leave', name],
      )
    }
    assert.equal((await hub.request(them.lea, 'POST', '/api/organizations/Door/leave')).status, 403)
    assert.equal((await hub.request(people.sam, 'POST', '/api/organizations/Door/leave')).status, 403)
    assert.equal((await hub.request(undefined, 'POST', '/api/organizations/Door/leave')).status, 401)
  })

  it('happens once, however often it is asked at the same moment', async () => {
    const { id, people: them } = await hub.organization('Once', { ann: 'admin', art: 'admin', bo: 'read' })
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        hub.request(index % 2 ? them.ann : them.art, 'DELETE', '/api/organizations/Once/members/bo'),
      ),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404])
    assert.equal((await hub.events(id)).filter(({ type }) => type === 'org.remove_user').length, 1)
  })
})

describe('the operator’s door', () => {
  it('admits once, records, tells, and lets the newcomer join groups by themselves', async () => {
    const { id, people: them } = await hub.organization('Open', { ann: 'admin' })
    for (const scope of ['all', 'read_plus']) {
      await hub.request(them.ann, 'POST', '/api/organizations/Open/resource-groups', {
        name: scope,
        autoJoin: { enabled: true, role: 'write', scope },
      })
    }
    const add = (username: string, role: string, name = 'Open') =>
      hub.console('POST', `/api/operator/organizations/${name}/members`, { username, role })
    await hub.person('newt')
    const reply = await add('NEWT', 'no_access')
    assert.deepEqual([reply.status, reply.body], [201, { user: 'newt', organization: 'Open', role: 'no_access' }])
    const record = (await hub.request(them.ann, 'GET', '/api/organizations/Open/members/newt')).body
    assert.deepEqual(
      record.groups.map(
        ({ name, sources }: { name: string; sources: { source: string }[] }) => `${name} ${sources[0]?.source}`,
      ),
      ['all auto_join'],
    )
    assert.equal((await hub.events(id)).at(-1)?.type, 'org.add_user')
    assert.equal(
      (await hub.mails()).filter(
        ({ recipient, subject }) => recipient === 'newt@example.org' && subject === 'You are now a member of Open',
      ).length,
      1,
    )
    assert.equal((await add('newt', 'read')).status, 409)
    assert.equal((await add('nobody-here', 'read')).status, 400)
    assert.equal((await add('newt', 'king')).status, 400)
    assert.equal((await add('newt', 'read', 'Nowhere')).status, 404)
    assert.equal(
      (
        await hub.request(them.ann, 'POST', '/api/operator/organizations/Open/members', {
          username: 'sam',
          role: 'read',
        })
      ).status,
      403,
    )
  })
})

describe('a membership that ends by itself', () => {
  it('counts no more from then on, is cleared away with an event, and may begin again', async () => {
    const { id, people: them } = await hub.organization('Brief', { ann: 'admin', tim: 'write', tom: 'read' })
    const end = (name: string) =>
      hub.request(them.ann, 'PATCH', `/api/organizations/Brief/members/${name}`, {
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      })
    for (const name of ['tim', 'tom']) assert.equal((await end(name)).status, 200)
    hub.moveClock(120_000)
    assert.equal((await hub.request(them.tim, 'GET', '/api/organizations/Brief/members-summary')).status, 403)
    const { body } = await hub.request(them.ann, 'GET', '/api/organizations/Brief/members-summary')
    assert.deepEqual([body.total, body.byRole.write], [1, 0])
    assert.deepEqual(names((await hub.request(them.ann, 'GET', '/api/organizations/Brief/members')).body), ['ann'])
    assert.equal(
      (await hub.console('POST', '/api/operator/organizations/Brief/members', { username: 'tom', role: 'contributor' }))
        .status,
      201,
      'before it is cleared away',
    )
    await endExpiredMemberships(hub.db)
    const left = await hub.db.selectFrom('memberships').select(['user_id', 'role']).where('org_id', '=', id).execute()
    assert.deepEqual(left.map(({ role }) => role).sort(), ['admin', 'contributor'])
    const events = (await hub.events(id)).filter(({ type }) => type === 'org.membership_expired')
    assert.deepEqual(
      events.map(({ message }) => message),
      ['system removed tim, whose membership had expired'],
    )
    hub.moveClock(0)
  })
})
