import assert from 'node:assert/strict'
import type { OrgRole } from '../api/index.ts'
import { type Person, type Reply, startTestHub } from './hub.ts'

const org = 'Lab'

/** An id that nothing has. */
export const unknownId = 'ffffffffffffffffffffffff'

/** A hub with the organization Lab: members of every role, three groups (wil is admin of nlp), and a rival's group. */
export async function startLab() {
  const hub = await startTestHub()
  const made = await hub.organization(org, {
    ada: 'admin',
    bea: 'admin',
    wil: 'write',
    wes: 'write',
    con: 'contributor',
    rae: 'read',
    rob: 'read',
    noa: 'no_access',
  })
  const other = await hub.organization('Other', { otto: 'admin' })
  const people: Record<string, Person> = {
    ...made.people,
    sam: await hub.person('sam'),
    otto: other.people.otto as Person,
  }
  const orgId = made.id

  async function createGroup(where: string, who: string, body: object): Promise<string> {
    const reply = await hub.request(people[who], 'POST', `/api/organizations/${where}/resource-groups`, body)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    return reply.body.id
  }

  function call(who: string | undefined, method: string, path: string, body?: unknown): Promise<Reply> {
    return hub.request(who === undefined ? undefined : people[who], method, `/api/organizations/${org}${path}`, body)
  }

  async function ok(who: string, method: string, path: string, body?: unknown) {
    const reply = await call(who, method, path, body)
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }

  /** What an organization's members and their groups are, to see that a refusal changed nothing. */
  async function state() {
    const members = await hub.db
      .selectFrom('memberships')
      .select(['user_id', 'role', 'expires_at'])
      .where('org_id', '=', orgId)
      .orderBy('user_id')
      .execute()
    const rows = await hub.db
      .selectFrom('group_roles')
      .select(['group_id', 'user_id', 'role', 'source'])
      .where('org_id', '=', orgId)
      .orderBy('group_id')
      .orderBy('user_id')
      .orderBy('source')
      .execute()
    return JSON.stringify({ members, rows, events: (await hub.events(orgId)).length })
  }

  async function set(whom: string, role: OrgRole, resourceGroups: object[] = []) {
    await ok('ada', 'PUT', `/members/${whom}/role`, { role, resourceGroups })
  }

  async function groupsOf(whom: string): Promise<Record<string, string>> {
    const record = await ok('ada', 'GET', `/members/${whom}`)
    return Object.fromEntries(record.groups.map((group: { name: string; role: string }) => [group.name, group.role]))
  }

  const groups: Record<string, string> = {}
  for (const name of ['nlp', 'vision', 'speech']) groups[name] = await createGroup(org, 'ada', { name })
  await ok('ada', 'POST', `/resource-groups/${groups.nlp}/users`, { users: [{ user: 'wil', role: 'admin' }] })
  const foreignGroup = await createGroup('Other', 'otto', { name: 'elsewhere' })
  return { hub, org, orgId, people, groups, foreignGroup, createGroup, call, ok, state, set, groupsOf }
}
