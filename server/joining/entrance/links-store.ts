import type { joining, OrgRole, SsoMode } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { PersonRow } from './invitations-store.ts'
import { openLink } from './live-store.ts'
import type { OfferedOrg } from './offers-store.ts'

export interface LinkRow {
  id: string
  org_id: string
  label: string
  role: joining.LinkRole
  last4: string
  email_domain: string | null
  max_uses: number | null
  uses: number
  lifetime_days: number
  created_by: string | null
  creator: PersonRow | null
  creator_role: OrgRole | null
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
}

const columns = (
  at: Date,
) => sql`l.id, l.org_id, l.label, l.role, l.last4, l.email_domain, l.max_uses, l.uses, l.lifetime_days, l.created_by,
  (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = l.created_by) creator,
  (select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = l.org_id and m.user_id = l.created_by and ${liveMembership('m', at)}) creator_role,
  l.created_at, l.expires_at, l.revoked_at`

/** Lists invite links of an organization, the newest first. */
export async function listLinkRows(
  db: Db,
  { orgId, before, limit, at }: { orgId: string; before: string | undefined; limit: number; at: Date },
): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns(at)} from invite_links l
    where l.org_id = ${orgId} and (${before ?? null}::text is null or l.id < ${before ?? null})
    order by l.id desc limit ${limit}`.execute(db)
  return rows
}

/** Reads one invite link of an organization, locked until the transaction ends. */
export async function lockLink(tx: Tx, orgId: string, id: string, at: Date): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`select ${columns(at)} from invite_links l
    where l.org_id = ${orgId} and l.id = ${id} for update of l`.execute(tx)
  return rows[0]
}

export interface NewLink {
  id: string
  orgId: string
  label: string
  role: joining.LinkRole
  hash: Buffer
  last4: string
  emailDomain: string | null
  maxUses: number | null
  days: number
  createdBy: string
  at: Date
  expiresAt: Date
}

/** Inserts an invite link. */
export async function insertLink(tx: Tx, link: NewLink): Promise<void> {
  await sql`insert into invite_links (id, org_id, label, role, hash, last4, email_domain, max_uses, lifetime_days, created_by, created_at, expires_at)
    values (${link.id}, ${link.orgId}, ${link.label}, ${link.role}, ${link.hash}, ${link.last4}, ${link.emailDomain}, ${link.maxUses},
      ${link.days}, ${link.createdBy}, ${link.at}, ${link.expiresAt})`.execute(tx)
}

/** Gives an invite link a new secret, and counts its uses and days again. */
export async function renewLink(
  tx: Tx,
  id: string,
  { hash, last4, createdBy, expiresAt }: { hash: Buffer; last4: string; createdBy: string; expiresAt: Date },
): Promise<void> {
  await sql`update invite_links set hash = ${hash}, last4 = ${last4}, created_by = ${createdBy}, expires_at = ${expiresAt}, uses = 0
    where id = ${id}`.execute(tx)
}

/** Ends an invite link. */
export async function endLink(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`update invite_links set revoked_at = ${at} where id = ${id}`.execute(tx)
}

/** An invite link, seen with the eyes of one account. */
export interface SeenLink extends LinkRow {
  sso_mode: SsoMode
  org: OfferedOrg
  /** The account has a verified address in the domain that the link asks for, or it asks for none. */
  has_domain: boolean
  is_member: boolean
}

const open = (at: Date) => sql`${openLink('l', at)}
  and o.deleted_at is null`

const openColumns = (viewerId: string | null, at: Date) => sql`${columns(at)},
  json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org, o.sso_mode,
  l.email_domain is null or exists (select from emails e where e.user_id = ${viewerId} and e.verified_at is not null
    and lower(split_part(e.address, '@', 2)) = l.email_domain) has_domain,
  exists (select from memberships m where m.org_id = l.org_id and m.user_id = ${viewerId}
    and ${liveMembership('m', at)}) is_member`

/** Finds an invite link that still lets people in. */
export async function findOpenLink(
  db: Db,
  hash: Buffer,
  viewerId: string | null,
  at: Date,
): Promise<SeenLink | undefined> {
  const { rows } = await sql<SeenLink>`select ${openColumns(viewerId, at)}
    from invite_links l join organizations o on o.id = l.org_id where l.hash = ${hash} and ${open(at)}`.execute(db)
  return rows[0]
}

/** Finds an invite link, whether or not it still lets people in; those of deleted organizations are left out. */
export async function findLink(db: Db, hash: Buffer, viewerId: string | null, at: Date): Promise<SeenLink | undefined> {
  const { rows } = await sql<SeenLink>`select ${openColumns(viewerId, at)}
    from invite_links l join organizations o on o.id = l.org_id where l.hash = ${hash} and o.deleted_at is null`.execute(
    db,
  )
  return rows[0]
}

/**
 * Counts one use of a link, if it still lets people in, and answers the link as it is after that. The row stays locked:
 * of many at once each sees what the ones before it left.
 */
export async function takeUse(tx: Tx, hash: Buffer, viewerId: string, at: Date): Promise<SeenLink | undefined> {
  const { rows } = await sql<SeenLink>`
    update invite_links l set uses = l.uses + 1 from organizations o
    where o.id = l.org_id and l.hash = ${hash} and ${open(at)}
    returning ${openColumns(viewerId, at)}`.execute(tx)
  return rows[0]
}
