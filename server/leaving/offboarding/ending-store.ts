import type { Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import { mailTo } from '../../users/addresses/mail-address.ts'

export interface SuccessorRow {
  id: string
  name: string
  email: string | null
}

/** Finds an active account by user name. */
export async function findSuccessor(tx: Tx, lowerName: string): Promise<SuccessorRow | undefined> {
  const { rows } = await sql<SuccessorRow>`
    select u.id, u.name, ${mailTo()} email
    from names n join users u on u.id = n.user_id and u.state = 'active' where n.lower_name = ${lowerName}`.execute(tx)
  return rows[0]
}
