import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { CompiledQuery, Db, Tx } from '../../store/database.ts'
import { arrayOf, fewOf, sql } from '../../store/sql.ts'
import type { HeldKey } from './membership-lock.ts'
import type { MemberKey } from './store.ts'

type PersonRow = [
  userId: string,
  name: string,
  role: OrgRole,
  source: MemberSource,
  expiresAt: string | null,
  isExternal: boolean,
]

/** Members, expired ones too, their group roles, and what the caller may do, as read in one statement. */
export interface HeldRow {
  people: PersonRow[]
  roles: [userId: string, groupId: string, source: GroupRoleSource, role: GroupRole][]
  groups: { id: string; name: string; managedBy: 'manual' | 'scim'; callerRole: GroupRole | null }[]
  memberManagement: 'write' | 'admin'
  callerRole: OrgRole | null
}

// From `target`, the memberships that the change is about.
const heldColumns = ({ orgId, callerId }: HeldKey, at: Date) => sql`
  coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
    from target t join users u on u.id = t.user_id), '[]') people,
  coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
  coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
      'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = ${callerId})) order by lower(g.name))
    from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
  o.member_management "memberManagement",
  (select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = o.id and m.user_id = ${callerId} and ${liveMembership('m', at)}) "callerRole"
  from organizations o where o.id = ${orgId}`

const targetColumns = sql`m.user_id, m.role, m.source, m.expires_at, m.is_external`
const rolesOf = ({ orgId, userIds }: HeldKey) => sql`roles as materialized (
  select r.user_id, r.group_id, r.source, r.role from group_roles r
  where r.org_id = ${orgId} and r.user_id = any(${fewOf(userIds)}))`

/** The statement that reads members, their group roles and the caller's right. */
export function queryOfHeld(db: Db, key: HeldKey, at: Date): CompiledQuery<HeldRow> {
  return sql<HeldRow>`
    with target as materialized (
      select ${targetColumns} from memberships m where m.org_id = ${key.orgId} and m.user_id = any(${fewOf(key.userIds)})
    ), ${rolesOf(key)}
    select ${heldColumns(key, at)}`.compile(db)
}

/** The statement that answers a row where a person is a member whose membership has not expired. */
export function queryOfMember(db: Db, { orgId, userId }: MemberKey, at: Date): CompiledQuery {
  return sql`select from memberships m where m.org_id = ${orgId} and m.user_id = ${userId} and ${liveMembership('m', at)}`.compile(
    db,
  )
}

/** Reads members, their group roles and the caller's right. */
export async function readHeld(db: Db, key: HeldKey, at: Date): Promise<HeldRow> {
  return theHeld((await db.executeQuery(queryOfHeld(db, key, at))).rows)
}

/** The one row that the statement answers. */
export function theHeld([row]: readonly HeldRow[]): HeldRow {
  if (row === undefined) throw new Error('the organization is gone')
  return row
}

/**
 * The same with the one membership locked in the same statement; undefined where someone else holds it, or just did, so
 * that what was read beside it may be old.
 */
export async function readAndHoldOne(tx: Tx, key: HeldKey, at: Date): Promise<HeldRow | undefined> {
  const { rows } = await sql<HeldRow & { current: boolean }>`
    with target as materialized (
      select ${targetColumns}, m.xmin::text version from memberships m
      where m.org_id = ${key.orgId} and m.user_id = any(${fewOf(key.userIds)}) for no key update skip locked
    ), ${rolesOf(key)}
    select (select min(xmin::text) from memberships where org_id = ${key.orgId} and user_id = any(${fewOf(key.userIds)}))
        is not distinct from (select version from target) "current",
      ${heldColumns(key, at)}`.execute(tx)
  const [row] = rows
  return row?.current ? row : undefined
}

/** Locks memberships until the transaction ends, in one order for everybody who locks many. */
export async function lockMemberships(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  await sql`select from memberships where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})
    order by user_id for no key update`.execute(tx)
}
