import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import { mailTo } from '../users/mail-address.ts'
import { offersOf, type PersonKey, reachingTokens } from './belongings-store.ts'

/**
 * Locks what a person offered and was offered, before the people: so does whoever comes in by one of these, and of many
 * who click a link while its maker is offboarded none waits for the other way round.
 */
export async function lockOffers(tx: Tx, key: PersonKey, at: Date): Promise<void> {
  await sql`select from invite_links l where ${offersOf.links(key, at)} order by l.id for update`.execute(tx)
  await sql`select from invitations i where (${offersOf.sent(key, at)}) or (${offersOf.received(key, at)}) order by i.id for update`.execute(
    tx,
  )
  await sql`select from join_requests where org_id = ${key.orgId} and user_id = ${key.userId} and state = 'pending' for update`.execute(
    tx,
  )
}

/**
 * Locks accounts, and then the membership of the person, in the order that everybody locks in. No door can let the
 * person in, nor can anybody give them anything, until the transaction ends; of two offboardings one waits for the other.
 */
export async function lockPeople(tx: Tx, { orgId, userId }: PersonKey, callerId: string): Promise<void> {
  await sql`select from users where id = any(${[userId, callerId]}::text[]) order by id for update`.execute(tx)
  await sql`select from memberships where org_id = ${orgId} and user_id = ${userId} for update`.execute(tx)
}

export interface SuccessorRow {
  id: string
  name: string
  email: string | null
}

/** Finds a member by user name, and holds their membership until the transaction ends. */
export async function holdSuccessor(
  tx: Tx,
  orgId: string,
  lowerName: string,
  at: Date,
): Promise<SuccessorRow | undefined> {
  const { rows } = await sql<SuccessorRow>`
    select u.id, u.name, ${mailTo()} email
    from names n join users u on u.id = n.user_id and u.state = 'active'
    join memberships m on m.org_id = ${orgId} and m.user_id = u.id and (m.expires_at is null or m.expires_at > ${at})
    where n.lower_name = ${lowerName} for key share of m`.execute(tx)
  return rows[0]
}

/** Ends the trust of the organization in every token of the person that reaches it. */
export async function revokeTokens(tx: Tx, key: PersonKey, at: Date): Promise<void> {
  await sql`insert into token_revocations (org_id, token_id, at)
    select ${key.orgId}, t.id, ${at}::timestamptz from access_tokens t where ${reachingTokens(key, at)}
    on conflict (org_id, token_id) do nothing`.execute(tx)
}

/** Takes back what was offered to the person, and their own requests. */
export async function endOffersTo(tx: Tx, key: PersonKey, at: Date): Promise<void> {
  await sql`update invitations i set state = 'revoked', ended_at = ${at} where ${offersOf.received(key, at)}`.execute(
    tx,
  )
  await sql`update join_requests set state = 'withdrawn', decided_at = ${at}
    where org_id = ${key.orgId} and user_id = ${key.userId} and state = 'pending'`.execute(tx)
}

/** Takes back the invitations and links that the person made. */
export async function revokeOffersOf(tx: Tx, key: PersonKey, at: Date): Promise<void> {
  await sql`update invitations i set state = 'revoked', ended_at = ${at} where ${offersOf.sent(key, at)}`.execute(tx)
  await sql`update invite_links l set revoked_at = ${at} where ${offersOf.links(key, at)}`.execute(tx)
}

/** Lets somebody else answer for the invitations and links that the person made. */
export async function reassignOffersOf(tx: Tx, key: PersonKey, to: string, at: Date): Promise<void> {
  await sql`update invitations i set invited_by = ${to} where ${offersOf.sent(key, at)}`.execute(tx)
  await sql`update invite_links l set created_by = ${to} where ${offersOf.links(key, at)}`.execute(tx)
}

/**
 * Deletes grants and file locks of the person on repositories of the organization, those past their end too. A push that
 * a grant allows holds its repository: it comes before or after, never in between.
 */
export async function deleteGrants(tx: Tx, { orgId, userId }: PersonKey): Promise<void> {
  await sql`select from repositories r where r.org_id = ${orgId}
    and r.id in (select rc.repo_id from repo_collaborators rc where rc.user_id = ${userId})
    order by r.id for no key update of r`.execute(tx)
  await sql`delete from repo_collaborators rc using repositories r
    where r.id = rc.repo_id and r.org_id = ${orgId} and rc.user_id = ${userId}`.execute(tx)
  await sql`delete from lfs_locks k using repositories r
    where r.id = k.repo_id and r.org_id = ${orgId} and k.user_id = ${userId}`.execute(tx)
}

/** Deletes the membership, and with it group roles and a place among the successors. */
export async function deleteMembership(tx: Tx, { orgId, userId }: PersonKey): Promise<void> {
  await sql`delete from memberships where org_id = ${orgId} and user_id = ${userId}`.execute(tx)
}

/** Makes a member admin of groups. */
export async function makeGroupAdmin(
  tx: Tx,
  { orgId, userId }: PersonKey,
  groupIds: readonly string[],
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
    select id, ${orgId}, ${userId}, 'manual', 'admin', ${by}, ${at}::timestamptz from unnest(${groupIds}::text[]) g(id) order by id
    on conflict (group_id, user_id, source) do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at`.execute(
    tx,
  )
}
