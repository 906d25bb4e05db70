import type { collaborators, RepoType } from '../../../api/index.ts'
import { expiredCollaborator, liveCollaborator, liveMembership } from '../../access/grants.ts'
import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { containing, foldedPattern, rowOf, sql } from '../../store/sql.ts'

type Role = collaborators.CollaboratorRole

export interface GrantRow {
  user_id: string
  user: string
  fullname: string
  role: Role
  expires_at: Date | null
  added_at: Date
  added_by: string | null
  is_member: boolean
}

export interface OrgGrantRow extends GrantRow {
  repo_id: string
  type: RepoType
  repo: string
  private: boolean
}

/** A grant: on which repository, and whose. */
export interface GrantKey {
  repoId: string
  userId: string
}

// Grants past their end count no more, though their rows may still be there; nor do those of accounts that are gone.
function grantColumns(at: Date) {
  return sql`rc.user_id, u.name as "user", u.fullname, rc.role, rc.expires_at, rc.added_at, rc.added_by,
    ${isMember(at)} as is_member`
}

// The limit keeps it one look by key for each row; an `exists` may be answered by reading every membership first.
function isMember(at: Date) {
  return sql<boolean>`coalesce((select true from memberships m where m.org_id = r.org_id and m.user_id = rc.user_id
    and ${liveMembership('m', at)} limit 1), false)`
}

const grants = sql`repo_collaborators rc join ${rowOf('repositories', 'rc.repo_id')} r on true`
const grantsByRepo = sql`repositories r join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on true`

function grantJoins(at: Date, rows = grants) {
  return sql`from ${rows} join ${rowOf('users', 'rc.user_id')} u
    on u.state <> 'deleted' and ${liveCollaborator('rc', at)}`
}

/** Lists the grants on one repository by user name, after the one a cursor says. */
export async function listGrantRows(
  db: Db,
  repoId: string,
  { after, most }: { after: string | undefined; most: number },
): Promise<GrantRow[]> {
  const at = now()
  const { rows } = await sql<GrantRow>`select ${grantColumns(at)} ${grantJoins(at)}
    where rc.repo_id = ${repoId} and lower(u.name) > ${after ?? ''} order by lower(u.name) limit ${most}`.execute(db)
  return rows
}

/** Finds the grant of one person that counts now. */
export async function findGrant(db: Db, { repoId, userId }: GrantKey): Promise<GrantRow | undefined> {
  const at = now()
  const { rows } = await sql<GrantRow>`select ${grantColumns(at)} ${grantJoins(at)}
    where rc.repo_id = ${repoId} and rc.user_id = ${userId}`.execute(db)
  return rows[0]
}

export interface OrgGrantQuery {
  orgId: string
  search: string | undefined
  onlyExternal: boolean
  after: string[] | undefined
  most: number
}

/** Lists the grants on all repositories of an organization, by user name, then repository. */
export async function listOrgGrantRows(db: Db, query: OrgGrantQuery): Promise<OrgGrantRow[]> {
  const at = now()
  const { orgId, search, onlyExternal, after } = query
  const found = search === undefined || search === '' ? sql`` : sql`and (${holds(search)})`
  const external = onlyExternal ? sql`and not ${isMember(at)}` : sql``
  const next = after === undefined ? sql`` : sql`and (lower(u.name), r.id) > (${after[0]}::text, ${after[1]}::text)`
  const { rows } = await sql<OrgGrantRow>`select ${grantColumns(at)}, r.id as repo_id, r.type, r.name as repo, r.private
    ${grantJoins(at, grantsByRepo)} where r.org_id = ${orgId} ${found} ${external} ${next}
    order by lower(u.name), r.id limit ${query.most}`.execute(db)
  return rows
}

function holds(search: string) {
  // Repositories are shown with their owner
  const name = search.slice(search.lastIndexOf('/') + 1)
  return sql`u.search like ${foldedPattern(search)} or lower(r.name) like ${containing(name)}`
}

/** Writes a grant, new or in place of what there was. */
export async function putGrant(
  tx: Tx,
  { repoId, userId }: GrantKey,
  grant: { role: Role; expiresAt: Date | null; addedBy: string },
): Promise<void> {
  const { role, expiresAt, addedBy } = grant
  await sql`insert into repo_collaborators (repo_id, user_id, role, expires_at, added_by, added_at)
    values (${repoId}, ${userId}, ${role}, ${expiresAt}, ${addedBy}, ${now()})
    on conflict (repo_id, user_id) do update set role = excluded.role, expires_at = excluded.expires_at`.execute(tx)
}

/** Deletes a grant. */
export async function deleteGrant(tx: Tx, { repoId, userId }: GrantKey): Promise<void> {
  await sql`delete from repo_collaborators where repo_id = ${repoId} and user_id = ${userId}`.execute(tx)
}

/** Deletes the grants on a repository of people whom the organization it comes to keeps out. */
export async function deleteGrantsUnderRejoinBlock(tx: Tx, repoId: string, orgId: string, at: Date): Promise<void> {
  await sql`delete from repo_collaborators rc using rejoin_blocks t
    where rc.repo_id = ${repoId} and t.org_id = ${orgId} and t.user_id = rc.user_id and t.until > ${at}`.execute(tx)
}

/** Grants that are past their end, the oldest first. */
export async function findExpiredGrants(db: Db, at: Date, most: number): Promise<GrantKey[]> {
  const { rows } = await sql<GrantKey>`select repo_id as "repoId", user_id as "userId" from repo_collaborators
    where ${expiredCollaborator('repo_collaborators', at)} order by expires_at limit ${most}`.execute(db)
  return rows
}

export interface EndedGrant {
  user: string
  role: Role
  expiresAt: Date
  type: RepoType
  repo: string
  orgId: string | null
}

/** Deletes a grant if it is past its end still. */
export async function endExpiredGrant(tx: Tx, { repoId, userId }: GrantKey, at: Date): Promise<EndedGrant | undefined> {
  const { rows } = await sql<EndedGrant>`delete from repo_collaborators rc
    using users u, repositories r left join organizations o on o.id = r.org_id left join users ru on ru.id = r.user_id
    where rc.repo_id = ${repoId} and rc.user_id = ${userId} and ${expiredCollaborator('rc', at)} and u.id = rc.user_id and r.id = rc.repo_id
    returning u.name as "user", rc.role, rc.expires_at as "expiresAt", r.type, r.org_id as "orgId",
      coalesce(o.name, ru.name) || '/' || r.name as repo`.execute(tx)
  return rows[0]
}
