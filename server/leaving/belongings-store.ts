import type { leaving } from '../../api/index.ts'
import { solelyWritten } from '../access/writable.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Whose belongings, and where. */
export interface PersonKey {
  orgId: string
  userId: string
}

type Has = leaving.Belongings

export interface BelongingsRow extends Omit<Has, 'membership' | 'tokens'> {
  membership: { role: string; source: string; joinedAt: string } | null
  tokens: (Omit<Has['tokens'][number], 'lastUsedAt'> & { lastUsedAt: string | null })[]
}

const live = (alias: string, at: Date) =>
  sql`(${sql.raw(alias)}.expires_at is null or ${sql.raw(alias)}.expires_at > ${at})`

/** The pending invitations `i` that a person received: by name, or to an address of theirs that admins may see. */
const received = ({ orgId, userId }: PersonKey, at: Date) => sql`i.org_id = ${orgId} and i.state = 'pending'
  and i.expires_at > ${at} and (i.user_id = ${userId} or (
    exists (select from memberships m where m.org_id = ${orgId} and m.user_id = ${userId} and ${live('m', at)})
    and exists (select from emails e join organization_domains d on d.org_id = ${orgId} and d.state <> 'unverified'
        and d.domain = lower(split_part(e.address, '@', 2))
      where e.user_id = ${userId} and e.verified_at is not null and lower(e.address) = lower(i.address))))`

/** The pending invitations `i` that a person answers for. */
const sent = ({ orgId, userId }: PersonKey, at: Date) =>
  sql`i.org_id = ${orgId} and i.invited_by = ${userId} and i.state = 'pending' and i.expires_at > ${at}`

/** The invite links `l` of a person that still let people in. */
const links = ({ orgId, userId }: PersonKey, at: Date) => sql`l.org_id = ${orgId} and l.created_by = ${userId}
  and l.revoked_at is null and l.expires_at > ${at} and (l.max_uses is null or l.uses < l.max_uses)`

/** Which invitations and links: the same conditions for what is shown and for what is ended. */
export const offersOf = { received, sent, links }

/** The tokens `t` of a person that reach the organization: it trusts them still, and there is something to reach. */
export const reachingTokens = ({ orgId, userId }: PersonKey, at: Date) => sql`t.user_id = ${userId}
  and not exists (select from token_revocations v where v.org_id = ${orgId} and v.token_id = t.id)
  and (exists (select from memberships m where m.org_id = ${orgId} and m.user_id = ${userId} and ${live('m', at)})
    or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
      where r.org_id = ${orgId} and rc.user_id = ${userId} and ${live('rc', at)}))`

/** Reads what somebody has of an organization. */
export async function readBelongings(db: Db, key: PersonKey, at: Date): Promise<BelongingsRow> {
  const { orgId, userId } = key
  const { rows } = await sql<BelongingsRow>`select
    (select json_build_object('role', m.role, 'source', m.source, 'joinedAt', m.joined_at) from memberships m
      where m.org_id = ${orgId} and m.user_id = ${userId} and ${live('m', at)}) membership,
    (select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'role', r.role) order by lower(g.name)), '[]')
      from (select group_id, max(role) as role from group_roles where org_id = ${orgId} and user_id = ${userId} group by group_id) r
      join resource_groups g on g.id = r.group_id) "groupRoles",
    (select coalesce(json_agg(json_build_object('repository', o.name || '/' || r.name, 'type', r.type, 'role', rc.role)
        order by r.type, lower(r.name)), '[]')
      from repo_collaborators rc join repositories r on r.id = rc.repo_id join organizations o on o.id = r.org_id
      where r.org_id = ${orgId} and rc.user_id = ${userId} and ${live('rc', at)}) "collaboratorGrants",
    (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'last4', t.last4, 'role', t.role,
        'lastUsedAt', t.last_used_at) order by t.id), '[]')
      from access_tokens t where ${reachingTokens(key, at)}) tokens,
    (select coalesce(json_agg(json_build_object('id', i.id, 'to', coalesce(i.address, u.name)) order by i.id), '[]')
      from invitations i left join users u on u.id = i.user_id where ${received(key, at)}) "invitationsReceived",
    (select coalesce(json_agg(json_build_object('id', i.id, 'to', coalesce(i.address, u.name)) order by i.id), '[]')
      from invitations i left join users u on u.id = i.user_id where ${sent(key, at)}) "invitationsSent",
    (select coalesce(json_agg(json_build_object('id', l.id, 'label', l.label) order by l.id), '[]')
      from invite_links l where ${links(key, at)}) "inviteLinks",
    (select coalesce(json_agg(json_build_object('id', j.id) order by j.id), '[]') from join_requests j
      where j.org_id = ${orgId} and j.user_id = ${userId} and j.state = 'pending') "joinRequests",
    (select count(*)::int from successors s join successors b on b.org_id = s.org_id and b.position <= s.position
      where s.org_id = ${orgId} and s.user_id = ${userId} having count(*) > 0) "successorPlace",
    (select coalesce(json_agg(json_build_object('id', k.id, 'repository', o.name || '/' || r.name, 'path', k.path) order by k.id), '[]')
      from lfs_locks k join repositories r on r.id = k.repo_id join organizations o on o.id = r.org_id
      where r.org_id = ${orgId} and k.user_id = ${userId}) "fileLocks"`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('a select without a table answers one row')
  return row
}

/** Groups, filled by hand, in which the person is admin and no other person is. */
export async function readSoleGroups(
  db: Db,
  { orgId, userId }: PersonKey,
  at: Date,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select g.id, g.name from resource_groups g
    where g.org_id = ${orgId} and g.managed_by = 'manual'
      and exists (select from group_roles r where r.group_id = g.id and r.user_id = ${userId} and r.role = 'admin')
      and not exists (select from group_roles r join memberships m on m.org_id = r.org_id and m.user_id = r.user_id and ${live('m', at)}
        join users u on u.id = r.user_id and u.state = 'active'
        where r.group_id = g.id and r.user_id <> ${userId} and r.role = 'admin')
    order by lower(g.name)`.execute(db)
  return rows
}

/** Repositories that only the person may write to, admins aside: how many, and the first of them by name. */
export async function readSoleRepositories(
  db: Db,
  key: PersonKey,
  { at, most }: { at: Date; most: number },
): Promise<{ count: number; named: { repository: string; type: string }[] }> {
  const { rows } = await sql<{ count: number; named: { repository: string; type: string }[] }>`
    ${solelyWritten(key, at)}
    select (select count(*)::int from sole) count, (select coalesce(json_agg(json_build_object(
        'repository', o.name || '/' || s.name, 'type', s.type) order by s.type, lower(s.name)), '[]')
      from (select * from sole order by type, lower(name) limit ${most}) s
      join organizations o on o.id = ${key.orgId}) named`.execute(db)
  return rows[0] ?? { count: 0, named: [] }
}

/** Gives a successor a grant to write on each repository that only the person may write to. */
export async function grantSoleRepositories(
  tx: Tx,
  key: PersonKey,
  { successorId, by, at }: { successorId: string; by: string; at: Date },
): Promise<void> {
  await sql`${solelyWritten(key, at)}
    insert into repo_collaborators (repo_id, user_id, role, added_by, added_at)
    select id, ${successorId}, 'write', ${by}, ${at}::timestamptz from sole order by id
    on conflict (repo_id, user_id) do update set role = excluded.role, expires_at = null`.execute(tx)
}

/** How many repositories of the organization the person made. */
export async function countMade(db: Db, { orgId, userId }: PersonKey): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int count from repositories where org_id = ${orgId} and creator_id = ${userId}`.execute(db)
  return rows[0]?.count ?? 0
}
