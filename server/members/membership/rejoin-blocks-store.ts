import { type Db, inOneTrip, type Tx } from '../../store/database.ts'
import { fewOf, sql } from '../../store/sql.ts'

/** What keeps people out of an organization. */
export interface Kept {
  /** The names of accounts that another organization owns. */
  elsewhere: string[]
  /** Until when they have a rejoin block, by account. */
  blocks: Map<string, Date>
  /** Whether its identity provider has deactivated one of them. */
  isDeactivated: boolean
}

/**
 * Holds accounts until the transaction ends, as new memberships of them do anyway, and reads what keeps them out: an
 * offboarding that goes on at this moment is waited for, and seen. All of it takes one round trip.
 */
export async function holdAndFindKept(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<Kept> {
  const ids = fewOf(userIds)
  const held = sql`select name, coalesce(managed_by <> ${orgId}, false) "isElsewhere" from users
    where id = any(${ids}) order by id for key share`
  const deactivated = sql`select from scim_users where org_id = ${orgId} and user_id = any(${ids}) and not active limit 1`
  const queries = [held.compile(tx), blocksOf(orgId, userIds, at).compile(tx), deactivated.compile(tx)]
  const [accounts = [], blocks = [], found = []] = await inOneTrip(tx, queries)
  const isElsewhere = (accounts as { name: string; isElsewhere: boolean }[]).filter((account) => account.isElsewhere)
  return {
    elsewhere: isElsewhere.map(({ name }) => name),
    blocks: byAccount(blocks as BlockRow[]),
    isDeactivated: found.length > 0,
  }
}

interface BlockRow {
  userId: string
  until: Date
}

const blocksOf = (orgId: string, userIds: readonly string[], at: Date) => sql<BlockRow>`
  select user_id "userId", until from rejoin_blocks
  where org_id = ${orgId} and user_id = any(${fewOf(userIds)}) and until > ${at}`

function byAccount(rows: readonly BlockRow[]): Map<string, Date> {
  return new Map(rows.map(({ userId, until }) => [userId, until]))
}

/** Until when someone is kept out of an organization; undefined when they are not. */
export async function findRejoinBlock(db: Db, orgId: string, userId: string, at: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ until: Date }>`
    select until from rejoin_blocks where org_id = ${orgId} and user_id = ${userId} and until > ${at}`.execute(db)
  return rows[0]?.until
}

/** Which of these people are kept out of an organization, and until when. */
export async function findRejoinBlocks(
  db: Db,
  orgId: string,
  userIds: readonly string[],
  at: Date,
): Promise<Map<string, Date>> {
  return byAccount((await blocksOf(orgId, userIds, at).execute(db)).rows)
}
