import { liveMembership } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** Makes bulk invitations into one organization wait for each other, until the transaction ends. */
export async function lockBulkInvitations(tx: Tx, orgId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`bulk invitations ${orgId}`}, 0))`.execute(tx)
}

/** An account that a row names. */
export interface NamedInvitee {
  /** The name it was found by, in small letters; an old one, maybe. */
  asked: string
  id: string
  name: string
  isMember: boolean
}

/**
 * Finds active accounts by name, old ones included, and holds them until the transaction ends, as their invitations do
 * anyway: an offboarding that goes on at this moment is waited for.
 */
export async function lockInvitees(
  tx: Tx,
  orgId: string,
  lowerNames: readonly string[],
  at: Date,
): Promise<NamedInvitee[]> {
  const { rows } = await sql<NamedInvitee>`
    select n.lower_name asked, u.id, u.name, exists (select from memberships m where m.org_id = ${orgId}
      and m.user_id = u.id and ${liveMembership('m', at)}) "isMember"
    from names n join users u on u.id = n.user_id and u.state = 'active'
    where n.lower_name = any(${arrayOf(lowerNames)}) order by u.id for key share of u`.execute(tx)
  return rows
}

/**
 * Those of the addresses that members have verified in a domain that the organization has verified. Its admins see
 * these addresses anyway; of others nothing is told.
 */
export async function findMembersInDomains(
  db: Db,
  orgId: string,
  lowerAddresses: readonly string[],
  at: Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ address: string }>`
    select lower(e.address) address from emails e
    join organization_domains d on d.org_id = ${orgId} and d.state <> 'unverified'
      and d.domain = lower(split_part(e.address, '@', 2))
    join memberships m on m.org_id = ${orgId} and m.user_id = e.user_id and ${liveMembership('m', at)}
    where lower(e.address) = any(${arrayOf(lowerAddresses)}) and e.verified_at is not null`.execute(db)
  return new Set(rows.map(({ address }) => address))
}

/** Writes a batch of invitations, before its mails. */
export async function insertBatch(
  tx: Tx,
  { id, orgId, createdBy, total, at }: { id: string; orgId: string; createdBy: string; total: number; at: Date },
): Promise<void> {
  await sql`insert into invitation_batches (id, org_id, created_by, created_at, total)
    values (${id}, ${orgId}, ${createdBy}, ${at}, ${total})`.execute(tx)
}

/** Writes down how many mails of a batch were queued. */
export async function setBatchTotal(tx: Tx, id: string, total: number): Promise<void> {
  await sql`update invitation_batches set total = ${total} where id = ${id}`.execute(tx)
}

/** A batch of invitations, and how far its mails are. */
export interface BatchRow {
  id: string
  createdAt: Date
  createdBy: string | null
  total: number
  waiting: number
  sent: number
  kept: number
  failed: number
}

/** Reads one batch of an organization. */
export async function findBatch(db: Db, orgId: string, id: string): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`
    select b.id, b.created_at "createdAt", u.name "createdBy", b.total, m.waiting, m.sent, m.kept, m.failed
    from invitation_batches b left join users u on u.id = b.created_by and u.state <> 'deleted',
      lateral (select count(*) filter (where state = 'queued')::int waiting,
        count(*) filter (where state = 'sent')::int sent, count(*) filter (where state = 'kept')::int kept,
        count(*) filter (where state = 'failed')::int failed from mails where batch_id = b.id) m
    where b.org_id = ${orgId} and b.id = ${id}`.execute(db)
  return rows[0]
}
