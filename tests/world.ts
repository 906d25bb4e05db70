import type { OrgRole } from '../api/index.ts'
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, newToken, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Content, Template } from './content.ts'

/** The kinds of caller that every operation is tried by. */
export const callerKinds = [
  'anonymous',
  'stranger',
  'no_access',
  'read',
  'contributor',
  'write',
  'admin',
  'group_read',
  'group_admin',
  'former',
  'blocked',
  'unverified',
  'other_admin',
  'collaborator_read',
  'collaborator_write',
  'operator',
  'read_token',
  'write_token',
] as const
export type CallerKind = (typeof callerKinds)[number]

/** What each kind of caller is, for the head of the snapshot. */
export const kindMeaning: Record<CallerKind, string> = {
  anonymous: 'no one signed in',
  stranger: 'an account that is no member',
  no_access: 'member with no_access, in no group',
  read: 'member with read',
  contributor: 'member with contributor',
  write: 'member with write',
  admin: 'member with admin',
  group_read: 'member with no_access, read in the group',
  group_admin: 'member with no_access, admin in the group',
  former: 'was admin, removed',
  blocked: 'admin without 2FA where the organization requires it',
  unverified: 'admin without a verified email address',
  other_admin: 'admin of another organization',
  collaborator_read: 'no member, with a read grant on the repository',
  collaborator_write: 'no member, with a write grant on the repository',
  operator: 'operator of the installation, no member',
  read_token: 'the admin, with a read token',
  write_token: 'the admin, with a write token',
}

const membership: Partial<Record<CallerKind, OrgRole>> = {
  no_access: 'no_access',
  read: 'read',
  contributor: 'contributor',
  write: 'write',
  admin: 'admin',
  group_read: 'no_access',
  group_admin: 'no_access',
  blocked: 'admin',
  unverified: 'admin',
  read_token: 'admin',
  write_token: 'admin',
}

/** A person as the world made them. */
export interface Made {
  id: string
  name: string
  emailId: string
}

/** One organization with people, a group and repositories, made again for one call. */
export interface World {
  org: { id: string; name: string }
  other: { id: string; name: string }
  group: { id: string; name: string }
  repo: { name: string; id: string }
  groupedRepo: { name: string; id: string }
  /** Admins beside the caller, so that the last-admin rule is not what answers. */
  admins: Made[]
  /** A member with `read`, in the group too. */
  target: Made
  /** A member with `read`, in no group. */
  bystander: Made
  outsider: Made
  caller: Made
  /** Headers that make a request the caller's. */
  headers: Record<string, string>
  sessionId: string
  passwordHash: string
  /** Gives the repository its files: asked for by what needs them, since it takes a while. */
  content(): Promise<Content>
}

let serial = 0

/** Makes a world in which the caller is of one kind. */
export async function makeWorld(
  db: Db,
  kind: CallerKind,
  { passwordHash, template }: { passwordHash: string; template: Template },
): Promise<World> {
  const mark = (serial++).toString(36).padStart(4, '0')
  const org = await makeOrg(db, `org-${mark}`)
  const other = await makeOrg(db, `other-${mark}`)
  const [first, second, target, bystander, outsider, caller] = await Promise.all(
    ['first', 'second', 'target', 'bystander', 'outsider', 'caller'].map((role) =>
      makePerson(db, `${role}-${mark}`, passwordHash),
    ),
  )
  if (!first || !second || !target || !bystander || !outsider || !caller) throw new Error('six people were made')
  await join(db, org.id, first, 'admin')
  await join(db, org.id, second, 'admin')
  await join(db, other.id, outsider, 'admin')
  await join(db, org.id, target, 'read')
  await join(db, org.id, bystander, 'read')
  const group = await makeGroup(db, org.id, `Group ${mark}`)
  await giveGroupRole(db, { orgId: org.id, groupId: group.id, userId: target.id, role: 'read' })
  const repo = await makeRepo(db, org, first, null, `plain-${mark}`)
  const groupedRepo = await makeRepo(db, org, first, group.id, `grouped-${mark}`)
  const world = { org, other, group, repo, groupedRepo, admins: [first, second], target, bystander, outsider, caller }
  await place(db, world, kind)
  const content = () => template.copyTo(repo.id)
  return { ...world, ...(await credentials(db, kind, caller)), passwordHash, content }
}

type Placed = Pick<World, 'org' | 'other' | 'group' | 'repo' | 'caller' | 'admins'>

async function place(db: Db, { org, other, group, repo, caller, admins }: Placed, kind: CallerKind): Promise<void> {
  const grant = { collaborator_read: 'read', collaborator_write: 'write' } as const
  if (kind === 'collaborator_read' || kind === 'collaborator_write') {
    const row = { repo_id: repo.id, user_id: caller.id, role: grant[kind], added_at: now() }
    await db.insertInto('repo_collaborators').values(row).execute()
  }
  const role = membership[kind]
  if (role) await join(db, org.id, caller, role)
  if (kind === 'other_admin') await join(db, other.id, caller, 'admin')
  if (kind === 'operator')
    await db.updateTable('users').set({ is_operator: true }).where('id', '=', caller.id).execute()
  if (kind === 'group_read')
    await giveGroupRole(db, { orgId: org.id, groupId: group.id, userId: caller.id, role: 'read' })
  if (kind === 'group_admin')
    await giveGroupRole(db, { orgId: org.id, groupId: group.id, userId: caller.id, role: 'admin' })
  if (kind === 'unverified')
    await db.updateTable('emails').set({ verified_at: null }).where('user_id', '=', caller.id).execute()
  if (kind !== 'blocked') return
  await db.updateTable('organizations').set({ require_2fa: true }).where('id', '=', org.id).execute()
  const ids = admins.map((admin) => admin.id)
  await db.updateTable('users').set({ totp_enabled_at: now() }).where('id', 'in', ids).execute()
}

async function credentials(
  db: Db,
  kind: CallerKind,
  caller: Made,
): Promise<{ headers: Record<string, string>; sessionId: string }> {
  if (kind === 'anonymous') return { headers: {}, sessionId: newId() }
  if (kind === 'read_token' || kind === 'write_token') {
    const token = await makeToken(db, caller, kind === 'read_token' ? 'read' : 'write')
    return { headers: { authorization: `Bearer ${token}` }, sessionId: newId() }
  }
  const secret = randomText(40)
  const id = newId()
  const times = { created_at: now(), last_seen_at: now(), rotated_at: now(), confirmed_at: now() }
  const expires_at = secondsFromNow(3600)
  await db
    .insertInto('sessions')
    .values({ id, user_id: caller.id, hash: digest(secret), ...times, expires_at })
    .execute()
  return { headers: { cookie: `guildhall_session=${secret}`, 'sec-fetch-site': 'same-origin' }, sessionId: id }
}

/** Stores a token of a person and answers it; nothing is recorded or mailed. */
export async function makeToken(
  db: Db,
  person: { id: string },
  role: 'read' | 'write',
  name = 'world',
): Promise<string> {
  const token = newToken('user')
  const row = {
    id: newId(),
    user_id: person.id,
    hash: digest(token),
    name,
    role,
    last4: token.slice(-4),
    created_at: now(),
  }
  await db.insertInto('access_tokens').values(row).execute()
  return token
}

async function makeOrg(db: Db, name: string) {
  const id = newId()
  await db.insertInto('organizations').values({ id, name, fullname: name, plan: 'plus', created_at: now() }).execute()
  await db.insertInto('names').values({ lower_name: name, name, org_id: id, current: true }).execute()
  return { id, name }
}

/** Stores an account with a verified address. */
export async function makePerson(db: Db, name: string, passwordHash: string): Promise<Made> {
  const id = newId()
  const emailId = newId()
  await db
    .insertInto('users')
    .values({ id, name, fullname: name, password_hash: passwordHash, created_at: now() })
    .execute()
  await db.insertInto('names').values({ lower_name: name, name, user_id: id, current: true }).execute()
  const email = {
    id: emailId,
    user_id: id,
    address: `${name}@example.org`,
    verified_at: now(),
    is_primary: true,
    created_at: now(),
  }
  await db.insertInto('emails').values(email).execute()
  return { id, name, emailId }
}

/** Makes a person a member. */
export async function join(db: Db, orgId: string, person: Made, role: OrgRole): Promise<void> {
  const row = {
    id: newId(),
    org_id: orgId,
    user_id: person.id,
    role,
    source: 'manual' as const,
    joined_at: now(),
    search: '',
  }
  await db.insertInto('memberships').values(row).execute()
}

async function makeGroup(db: Db, orgId: string, name: string) {
  const id = newId()
  await db.insertInto('resource_groups').values({ id, org_id: orgId, name, created_at: now() }).execute()
  return { id, name }
}

async function giveGroupRole(
  db: Db,
  row: { orgId: string; groupId: string; userId: string; role: 'read' | 'admin' },
): Promise<void> {
  const values = {
    group_id: row.groupId,
    org_id: row.orgId,
    user_id: row.userId,
    source: 'manual' as const,
    role: row.role,
    added_at: now(),
  }
  await db.insertInto('group_roles').values(values).execute()
}

async function makeRepo(
  db: Db,
  org: { id: string; name: string },
  creator: Made,
  groupId: string | null,
  name: string,
) {
  const id = newId()
  const times = { created_at: now(), updated_at: now() }
  await db
    .insertInto('repositories')
    .values({
      id,
      type: 'model',
      org_id: org.id,
      name,
      private: true,
      creator_id: creator.id,
      group_id: groupId,
      ...times,
    })
    .execute()
  await db
    .insertInto('repository_names')
    .values({ owner_id: org.id, type: 'model', lower_name: name, repo_id: id, current: true })
    .execute()
  return { id, name }
}
