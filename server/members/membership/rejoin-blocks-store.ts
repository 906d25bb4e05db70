import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/**
 * Holds accounts until the transaction ends, as new memberships of them do anyway: an offboarding that goes on at this
 * moment is waited for, and seen by what is asked next. Answers those whose accounts another organization owns.
 */
export async function lockPeople(tx: Tx, orgId: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string; isElsewhere: boolean }>`
    select name, coalesce(managed_by <> ${orgId}, false) "isElsewhere" from users
    where id = any(${arrayOf(userIds)}) order by id for key share`.execute(tx)
  return rows.filter(({ isElsewhere }) => isElsewhere).map(({ name }) => name)
}

/** Until when someone is kept out of an organization; undefined when they are not. */
export async function findRejoinBlock(db: Db, orgId: string, userId: string, at: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ until: Date }>`
    select until from rejoin_blocks where org_id = ${orgId} and user_id = ${userId} and until > ${at}`.execute(db)
  return rows[0]?.until
}

/** Which of these people the identity provider of an organization has deactivated. */
export async function findDeactivated(db: Db, orgId: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select user_id id from scim_users
    where org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) and not active`.execute(db)
  return rows.map(({ id }) => id)
}

/** Which of these people are kept out of an organization, and until when. */
export async function findRejoinBlocks(
  db: Db,
  orgId: string,
  userIds: readonly string[],
  at: Date,
): Promise<Map<string, Date>> {
  const { rows } = await sql<{ userId: string; until: Date }>`
    select user_id "userId", until from rejoin_blocks
    where org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) and until > ${at}`.execute(db)
  return new Map(rows.map(({ userId, until }) => [userId, until]))
}
