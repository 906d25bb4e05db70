import type { Db } from '../../store/database.ts'
import { fewOf, sql } from '../../store/sql.ts'

/** The address that mail to the account `u` goes to: its primary one, or another that is verified; null without one. */
export const mailToAccount = sql<string | null>`(select e.address from emails e
  where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1)`

/** The addresses that mail to these accounts goes to, by id; those without one, or not active, are left out. */
export async function findMailAddresses(db: Db, userIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; address: string | null }>`
    select u.id, ${mailToAccount} address from users u where u.id = any(${fewOf(userIds)}) and u.state = 'active'`.execute(
    db,
  )
  return new Map(rows.flatMap(({ id, address }) => (address === null ? [] : [[id, address]])))
}
