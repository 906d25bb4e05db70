import type { OrgRole } from '../../../api/index.ts'
import {
  hasTwoFactor,
  liveMembership,
  liveOrganizationAccess,
  meetsTwoFactor,
  roleHasAccess,
} from '../../access/grants.ts'
import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { rowOf, sql } from '../../store/sql.ts'
import { lowerName } from '../../users/names/names.ts'

export interface OrganizationRow {
  id: string
  org_id: string
  organization: string
  fullname: string
  hides_members: boolean
  role: OrgRole | null
  members: number
  granted_by: string | null
  granted_at: Date
  expires_at: Date | null
}

// Those whom the decision lets through, as far as it does not depend on the token or network that they come with.
const membersWithAccess = (at: Date) => sql`memberships m join ${rowOf('users', 'm.user_id')} u on u.state = 'active'
  where m.org_id = g.org_id and ${liveMembership('m', at)} and ${roleHasAccess('m', 'g')}
    and ${meetsTwoFactor('o', hasTwoFactor('u'), at)}`

function found(repoId: string, at: Date) {
  return sql`from gate_organizations g join ${rowOf('organizations', 'g.org_id')} o on o.deleted_at is null
    left join ${rowOf('users', 'g.granted_by_id')} b on true
    where g.repo_id = ${repoId} and ${liveOrganizationAccess('g', at)}`
}

function columns(at: Date) {
  return sql`g.id, g.org_id, o.name as organization, o.fullname, o.hide_members as hides_members, g.role,
    (select count(*)::int from ${membersWithAccess(at)}) as members, b.name as granted_by, g.granted_at, g.expires_at`
}

/** Lists the organizations that have access to a repository, by name. */
export async function listOrganizationRows(db: Db, repoId: string): Promise<OrganizationRow[]> {
  const at = now()
  const { rows } =
    await sql<OrganizationRow>`select ${columns(at)} ${found(repoId, at)} order by lower(o.name)`.execute(db)
  return rows
}

/** Finds the access of one organization to a repository. */
export async function findOrganizationRow(db: Db, repoId: string, orgId: string): Promise<OrganizationRow | undefined> {
  const at = now()
  const { rows } =
    await sql<OrganizationRow>`select ${columns(at)} ${found(repoId, at)} and g.org_id = ${orgId}`.execute(db)
  return rows[0]
}

/** Finds an organization that is not deleted by its present name. */
export async function findOrganizationNamed(db: Db, name: string): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{
    id: string
    name: string
  }>`select o.id, o.name from names n join organizations o on o.id = n.org_id
    where n.lower_name = ${lowerName(name)} and n.current and o.deleted_at is null`.execute(db)
  return rows[0]
}

export interface Person {
  id: string
  name: string
  fullname: string
}

/** Lists the people who have access by a grant to their organization, by ID. */
export async function listMembersWithAccess(
  db: Db,
  { grantId, after, most }: { grantId: string; after: string; most: number },
): Promise<Person[]> {
  const at = now()
  const { rows } = await sql<Person>`select u.id, u.name, u.fullname
    from gate_organizations g join organizations o on o.id = g.org_id
    cross join lateral (select m.user_id from ${membersWithAccess(at)} and m.user_id > ${after} order by m.user_id limit ${most}) l
    join ${rowOf('users', 'l.user_id')} u on true
    where g.id = ${grantId} order by u.id limit ${most}`.execute(db)
  return rows
}

export interface WrittenAccess {
  id: string
  orgId: string
  role: OrgRole | null
  expiresAt: Date | null
  grantedById: string
}

/** Writes the access of an organization, in place of what it had. */
export async function putOrganizationAccess(tx: Tx, repoId: string, access: WrittenAccess): Promise<void> {
  const { id, orgId, role, expiresAt, grantedById } = access
  await sql`insert into gate_organizations (id, repo_id, org_id, role, expires_at, granted_by_id, granted_at)
    values (${id}, ${repoId}, ${orgId}, ${role}, ${expiresAt}, ${grantedById}, ${now()})
    on conflict (repo_id, org_id) do update set role = excluded.role, expires_at = excluded.expires_at,
      granted_by_id = excluded.granted_by_id, granted_at = excluded.granted_at`.execute(tx)
}

/** Deletes the access of an organization; false where it has none. */
export async function deleteOrganizationAccess(tx: Tx, repoId: string, orgId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from gate_organizations
    where repo_id = ${repoId} and org_id = ${orgId}`.execute(tx)
  return numAffectedRows === 1n
}

/** Counts the organizations that have access to a repository. */
export async function countOrganizationAccess(db: Db, repoId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from gate_organizations
    where repo_id = ${repoId}`.execute(db)
  return rows[0]?.count ?? 0
}
