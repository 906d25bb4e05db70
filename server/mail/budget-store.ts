import type { Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'
import type { MailKind } from './limits.ts'

/** What is to be counted, each since a moment of its own. */
export interface CountWish {
  /** Mails that one account caused, of a kind or (null) of all; those of bulk changes are left out. */
  byOne: { actorId: string | null; kinds: readonly { kind: MailKind | null; since: Date }[] }
  ofOrganization: { orgId: string | null; since: Date }
  /** With a subject: those that have it alone. */
  toOne: readonly { recipient: string; kind: MailKind; subject: string; since: Date }[]
}

export interface Counts {
  byOne: Map<MailKind | null, number>
  ofOrganization: number
  /** By `kind address subject`. */
  toOne: Map<string, number>
}

/** Lets one request of an account at a time count its mails, until the transaction ends. */
export async function lockSender(tx: Tx, actorId: string): Promise<void> {
  await sql`select from (select pg_advisory_xact_lock(hashtextextended(${`mails of ${actorId}`}::text, 0))) locked`.execute(
    tx,
  )
}

interface CountRow {
  of: 'one' | 'organization' | 'address'
  key: string
  count: number
}

/** Counts the mails that were written. */
export async function countMailsSent(tx: Tx, wish: CountWish): Promise<Counts> {
  const { byOne, ofOrganization, toOne } = wish
  const column = (key: 'recipient' | 'kind' | 'subject') => arrayOf(toOne.map((pair) => pair[key]))
  const { rows } = await sql<CountRow>`
    select 'one' as of, a.kind as key, (select count(*) from mails m where m.actor_id = ${byOne.actorId}::text
        and m.created_at > a.since and m.job is null and a.kind in ('', m.kind))::int as count
      from unnest(${arrayOf(byOne.kinds.map(({ kind }) => kind ?? ''))}, ${times(byOne.kinds)}::timestamptz[]) a(kind, since)
    union all
    select 'organization', '', (select count(*) from mails
        where org_id = ${ofOrganization.orgId}::text and created_at > ${ofOrganization.since}::timestamptz)::int
    union all
    select 'address', a.kind || ' ' || a.recipient || ' ' || a.subject, (select count(*) from mails
        where lower(recipient) = a.recipient and kind = a.kind and created_at > a.since
          and (a.subject = '' or subject = a.subject))::int
      from unnest(${column('recipient')}, ${column('kind')}, ${column('subject')}, ${times(toOne)}::timestamptz[])
        a(recipient, kind, subject, since)`.execute(tx)
  const among = (of: CountRow['of']) => rows.filter((row) => row.of === of)
  return {
    byOne: new Map(among('one').map(({ key, count }) => [(key || null) as MailKind | null, count])),
    ofOrganization: among('organization')[0]?.count ?? 0,
    toOne: new Map(among('address').map(({ key, count }) => [key, count])),
  }
}

function times(rows: readonly { since: Date }[]) {
  return arrayOf(rows.map(({ since }) => since.toISOString()))
}
