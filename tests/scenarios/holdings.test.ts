import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secondsFromNow } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { holdingsByKind, listHoldings } from '../../server/leaving/holdings/holdings.ts'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { endExpiredGrants } from '../../server/repos/collaborators/collaborators-expiry.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, type Reply, startTestHub, testPassword } from '../hub.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin' })
const ada = made.people.ada as Person
for (const name of ['shared', 'gated', 'asked'])
  await done(hub.request(ada, 'POST', '/api/repos/create', { name, organization: 'Lab', private: true }))

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

const lab = (who: Person, method: string, path: string, body?: unknown) =>
  done(hub.request(who, method, `/api/organizations/Lab${path}`, body))

let serial = 0
async function newMember(role = 'write'): Promise<Person> {
  const person = await hub.person(`mia${serial++}`)
  await done(hub.console('POST', '/api/operator/organizations/Lab/members', { username: person.name, role }))
  return person
}

/** Columns that name a person and are no holding, each with the reason. */
const excused: Record<string, string> = {
  'account_links.user_id': 'belongs to the account and ends with it',
  'avatars.user_id': 'belongs to the account and ends with it',
  'emails.user_id': 'belongs to the account and ends with it',
  'names.user_id': 'belongs to the account, and stays taken after it',
  'recovery_codes.user_id': 'belongs to the account and ends with it',
  'sessions.user_id': 'belongs to the account and ends with it',
  'repositories.user_id': 'a repository of their own namespace is nothing of an organization',
  'repository_names.owner_id': 'the owner, as the repository itself names it',
  'repository_names.released_by_id':
    'a record of who gave the name up: taking it again needs the right to create there',
  'repositories.creator_id': 'authorship: gives rights only while the membership does',
  'organizations.created_by': 'a record of who created it; gives no rights',
  'resource_groups.created_by': 'a record of who created it; gives no rights',
  'organization_domains.added_by': 'a record of who added it; the domain is the organization’s',
  'idempotency_keys.claim': 'names an attempt at a request, not a person',
  'imports.created_by': 'a record of who made the change; gives no rights',
  'invitation_batches.created_by': 'a record of who sent it; the invitations in it are holdings',
  'invitations.accepted_by': 'a record of who came in by it',
  'invitations.scim_user_id': 'names what is provisioned, not a person; gives no rights',
  'member_notices.user_id': 'an email to write about a change that is made; gives no rights',
  'group_notices.user_id': 'what such an email lists',
  'membership_end_notices.user_id': 'a record of a reminder; ends with the membership',
  'membership_ends.user_id': 'a record of when the membership ended; gives no rights',
  'offboardings.user_id': 'the offboarding report, which outlives everything',
  'rejoin_blocks.user_id': 'the rejoin block, which offboarding sets',
  'sso_configs.changed_by': 'a record of who changed it; gives no rights',
  'sso_pending.user_id': 'a sign-in that has begun, judged again when it completes, and void after ten minutes',
  'sso_tests.user_id': 'a record of a test; ends with the membership',
  'sso_break_glass_admins.user_id': 'counts only while they are an admin; ends with the membership',
  'sso_break_glass_codes.used_by': 'a record of who used it',
  'gate_requests.handled_by_id': 'a record of who decided; gives no rights',
  'gate_organizations.granted_by_id': 'a record of who granted it; gives no rights',
  'gate_downloads.user_id': 'a record of who downloaded what; gives no rights',
  'recovery_requests.person_id':
    'a recovery request is judged at each step, and ends when its requester is not a member',
  'recovery_requests.opened_by_id': 'a record of who opened it',
  'recovery_confirmations.confirmed_by_id': 'a confirmation counts only while the member may give it',
}

/** Every column of a table that refers to a person: by a foreign key, or by its type alone. */
async function columnsOfPeople(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname || '.' || a.attname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and a.attname <> 'id' and (
      exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey)
        and (k.confrelid = 'users'::regclass or (k.confrelid = 'memberships'::regclass and a.attname <> 'org_id')))
      or (a.atttypid = 'hub_id'::regtype
        and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey)))
      or a.attname like '%user_id')
    order by 1`.execute(hub.db)
  return rows.map(({ name }) => name)
}

async function undeclared(): Promise<string[]> {
  const held = Object.values(holdingsByKind).flatMap(({ columns }) => columns as readonly string[])
  return (await columnsOfPeople()).filter((name) => !held.includes(name) && !(name in excused))
}

describe('the list of holdings', () => {
  it('has every column that refers to a person, or the column is excused', async () => {
    assert.deepEqual(await undeclared(), [])
  })

  it('names no column that does not exist, and excuses none', async () => {
    const columns = await columnsOfPeople()
    const named = [...Object.values(holdingsByKind).flatMap(({ columns }) => columns as readonly string[])]
    assert.deepEqual(
      [...named, ...Object.keys(excused)].filter((name) => !columns.includes(name)),
      [],
    )
  })

  it('misses a table that is added without a holding', async () => {
    await sql`create table ssh_keys (id hub_id primary key, owner hub_id references users)`.execute(hub.db)
    await sql`create table webhooks (id hub_id primary key, made_for hub_id not null)`.execute(hub.db)
    await sql`create table approvals (org_id hub_id, member hub_id, foreign key (org_id, member) references memberships)`.execute(
      hub.db,
    )
    assert.deepEqual(await undeclared(), ['approvals.member', 'ssh_keys.owner', 'webhooks.made_for'])
    await sql`drop table ssh_keys, webhooks, approvals`.execute(hub.db)
  })
})

/** Gives a member one of each kind of thing that there is. */
async function laden(): Promise<Person> {
  const person = await newMember('admin')
  const group = await lab(ada, 'POST', '/resource-groups', { name: `group of ${person.name}` })
  await lab(ada, 'POST', `/resource-groups/${group.id}/users`, { users: [{ user: person.name, role: 'read' }] })
  await lab(person, 'POST', '/invitations', { email: `for-${person.name}@example.net`, role: 'read' })
  await lab(person, 'POST', '/invite-links', { role: 'read' })
  await done(hub.request(ada, 'PUT', `/api/models/Lab/shared/collaborators/${person.name}`, { role: 'write' }))
  await lab(ada, 'PUT', '/successors', { successors: [person.name] })
  await lab(person, 'POST', '/service-accounts', { name: `bot of ${person.name}` })
  await lockFile(person)
  const [org, user, at, later] = [made.id, person.id, secondsFromNow(0), secondsFromNow(3600)]
  await sql`insert into sso_identities (org_id, user_id, issuer, subject, linked_at, last_used_at)
    values (${org}, ${user}, 'https://idp.example', ${user}, ${at}, ${at})`.execute(hub.db)
  await sql`insert into sso_sessions (id, org_id, user_id, created_at, expires_at)
    values (${newId()}, ${org}, ${user}, ${at}, ${later})`.execute(hub.db)
  const [name, id] = [`${person.name}@example.org`, newId()]
  await sql`insert into scim_users (id, org_id, user_id, user_name, email, created_at, updated_at)
    values (${id}, ${org}, ${user}, ${name}, ${name}, ${at}, ${at})`.execute(hub.db)
  // No one invites a member, nor does one ask: both are here as a door may have left them
  await sql`insert into join_requests (id, org_id, user_id, created_at) values (${newId()}, ${org}, ${user}, ${at})`.execute(
    hub.db,
  )
  await sql`insert into invitations (id, org_id, user_id, role, lifetime_days, hash, invited_by, created_at, sent_at, expires_at)
    values (${newId()}, ${org}, ${user}, 'read', 7, ${Buffer.from(user)}, ${ada.id}, ${at}, ${at}, ${later})`.execute(
    hub.db,
  )
  for (const [repo, state] of Object.entries({ gated: 'accepted', asked: 'pending' }))
    await sql`insert into gate_requests (id, repo_id, user_id, state, created_at, asked)
      select ${newId()}, id, ${user}, ${state}::gate_state, ${at}, true from repositories where name = ${repo}`.execute(
      hub.db,
    )
  return person
}

async function kindsHeld({ id }: Person): Promise<string[]> {
  const has = await listHoldings(hub.db, { orgId: made.id, userId: id })
  return Object.entries(has)
    .filter(([, held]) => (Array.isArray(held) ? held.length > 0 : held !== null))
    .map(([kind]) => kind)
    .sort()
}

const kinds = Object.keys(holdingsByKind).sort()

function kindsLeftBy(way: 'removal' | 'account deletion'): string[] {
  return kinds.filter((kind) => !holdingsByKind[kind as keyof typeof holdingsByKind].endsWith.includes(way))
}

/** Every way in which a membership ends while the account lives on. */
const endsOfMembership: Record<string, (person: Person) => Promise<unknown>> = {
  leaving: (person) => lab(person, 'POST', '/leave'),
  removal: ({ name }) => lab(ada, 'DELETE', `/members/${name}`),
  'removal of many': ({ name }) => bulk({ op: 'remove', username: name }),
  'expiry of the membership': async (person) => {
    await expire('memberships', person)
    await endExpiredMemberships(hub.db)
  },
  offboarding: ({ name }) =>
    lab(ada, 'POST', `/members/${name}/offboard`, { mode: 'apply', leaveAsIs: true, reason: 'Left.' }),
}

/** Every way out, of members. */
const waysOut: Record<string, (person: Person) => Promise<unknown>> = {
  ...endsOfMembership,
  suspension: ({ name }) => done(hub.console('PATCH', `/api/operator/people/${name}`, { suspended: true })),
  'deletion of the account': deleteAccount,
}

describe('each kind of thing', () => {
  it('ends with the removal where it says so, and is named as what remains elsewhere', async () => {
    const person = await laden()
    assert.deepEqual(await kindsHeld(person), kinds)
    const { removed, remains } = await lab(ada, 'DELETE', `/members/${person.name}`)
    assert.deepEqual(await kindsHeld(person), kindsLeftBy('removal'))
    assert.deepEqual(Object.keys(remains.counts).sort(), kindsLeftBy('removal'))
    assert.deepEqual(
      Object.keys(removed.counts).sort(),
      kinds.filter((kind) => !kindsLeftBy('removal').includes(kind)),
    )
    for (const [kind, count] of Object.entries({ ...removed.counts, ...remains.counts })) assert.equal(count, 1, kind)
  })

  for (const [way, leave] of Object.entries(endsOfMembership))
    it(`that ends with a removal ends with ${way}`, async () => {
      const person = await laden()
      await leave(person)
      const left = await kindsHeld(person)
      assert.deepEqual(
        left.filter((kind) => !kindsLeftBy('removal').includes(kind)),
        [],
      )
    })

  it('ends with the account', async () => {
    const person = await laden()
    await deleteAccount(person)
    assert.deepEqual([await kindsHeld(person), kindsLeftBy('account deletion')], [[], []])
    const states = await sql<{ state: string }>`select state from invitations
      where invited_by = ${person.id} or user_id = ${person.id} order by 1`.execute(hub.db)
    assert.deepEqual(
      states.rows.map(({ state }) => state),
      ['revoked', 'revoked'],
    )
  })

  it('lets no one in, and deadlocks no one, while the account that offers it is deleted', async () => {
    for (let round = 0; round < 4; round++) {
      const person = await newMember('admin')
      const { token } = await lab(person, 'POST', '/invite-links', { role: 'read' })
      const crowd = await Promise.all([0, 1, 2].map((index) => hub.person(`racer${round}${index}`)))
      const click = (who: Person) => hub.request(who, 'POST', '/api/join/accept', { token })
      const [, ...replies] = await Promise.all([deleteAccount(person), ...crowd.map(click)])
      for (const { status, body } of replies) assert.ok(status < 500, JSON.stringify(body))
      assert.equal((await click(await hub.person(`late${round}`))).status, 404)
    }
  })

  it('ends with offboarding, whose report counts it', async () => {
    const person = await laden()
    const body = { mode: 'apply', leaveAsIs: true, reason: 'Left.' }
    const { report } = await lab(ada, 'POST', `/members/${person.name}/offboard`, body)
    assert.deepEqual(await kindsHeld(person), [])
    assert.deepEqual(report.counts, Object.fromEntries(kinds.map((kind) => [kind, 1])))
  })
})

async function deleteAccount(person: Person): Promise<void> {
  const credentials = { username: person.name, password: testPassword }
  const signedIn = await hub.request(undefined, 'POST', '/api/login', credentials, { origin: hub.url })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const body = { confirm: person.name }
  await done(hub.request(undefined, 'DELETE', '/api/settings/account', body, { cookie, origin: hub.url }))
}

async function lockFile(person: Person, repo = 'Lab/shared'): Promise<void> {
  const path = `/${repo}.git/info/lfs/locks`
  const headers = { 'content-type': 'application/vnd.git-lfs+json' }
  await done(hub.request(person, 'POST', path, { path: `${person.name}.bin` }, headers))
}

async function locksOf({ id }: Person): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int from lfs_locks where user_id = ${id}`.execute(
    hub.db,
  )
  return rows[0]?.count ?? 0
}

async function expire(table: 'memberships' | 'repo_collaborators', { id }: Person): Promise<void> {
  await sql`update ${sql.table(table)} set expires_at = ${secondsFromNow(-1)} where user_id = ${id}`.execute(hub.db)
}

async function bulk(row: object): Promise<void> {
  const asked = { rows: [row] }
  const { planHash } = await lab(ada, 'POST', '/members/bulk', { mode: 'plan', ...asked })
  await lab(ada, 'POST', '/members/bulk', { mode: 'apply', planHash, ...asked })
}

describe('a file lock', () => {
  for (const [way, leave] of Object.entries(waysOut))
    it(`ends with ${way}`, async () => {
      const [person, other] = [await newMember(), await newMember()]
      for (const who of [person, other]) await lockFile(who)
      await leave(person)
      assert.deepEqual([await locksOf(person), await locksOf(other)], [0, 1])
    })

  it('is named by the removal that ends it', async () => {
    const person = await newMember()
    await lockFile(person)
    const { removed } = await lab(ada, 'DELETE', `/members/${person.name}?dryRun=true`)
    assert.equal(removed.counts.fileLocks, 1)
    assert.equal(await locksOf(person), 1, 'a dry run unlocks nothing')
  })

  it('of another organization stays', async () => {
    const person = await newMember()
    await hub.organization(`Own-${person.name}`, { [person.name]: 'admin' })
    const body = { name: 'mine', organization: `Own-${person.name}` }
    await done(hub.request(person, 'POST', '/api/repos/create', body))
    await lockFile(person, `Own-${person.name}/mine`)
    await lockFile(person)
    await lab(person, 'POST', '/leave')
    assert.equal(await locksOf(person), 1)
  })

  for (const [way, end] of Object.entries<(person: Person, path: string) => Promise<unknown>>({
    'when it is revoked': (_, path) => done(hub.request(ada, 'DELETE', path)),
    'when it expires': async (person) => {
      await expire('repo_collaborators', person)
      await endExpiredGrants(hub.db)
    },
  }))
    it(`of an outside collaborator ends with the access, ${way}; a member keeps it`, async () => {
      const [outsider, member] = [await hub.person(`out${serial++}`), await newMember()]
      for (const person of [outsider, member]) {
        const path = `/api/models/Lab/shared/collaborators/${person.name}`
        await done(hub.request(ada, 'PUT', path, { role: 'write' }))
        await lockFile(person)
        await end(person, path)
      }
      assert.deepEqual([await locksOf(outsider), await locksOf(member)], [0, 1])
    })
})
