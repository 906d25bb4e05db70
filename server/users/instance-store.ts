import type { Plan } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface InstanceRow {
  name: string
  sign_up: 'open' | 'invited' | 'sso'
  organization_creation: 'everyone' | 'operators'
  default_plan: Plan
}

/** Reads the settings of this installation. */
export async function findInstance(db: Db): Promise<InstanceRow> {
  const { rows } =
    await sql<InstanceRow>`select name, sign_up, organization_creation, default_plan from instance`.execute(db)
  return only(rows)
}

/** Reads the settings of this installation, which stay as they are until the transaction ends. */
export async function lockInstance(tx: Tx): Promise<InstanceRow> {
  const { rows } =
    await sql<InstanceRow>`select name, sign_up, organization_creation, default_plan from instance for update`.execute(
      tx,
    )
  return only(rows)
}

/** Writes the settings of this installation. */
export async function setInstance(
  tx: Tx,
  { name, sign_up, organization_creation, default_plan }: InstanceRow,
): Promise<void> {
  await sql`
    update instance set name = ${name}, sign_up = ${sign_up}, organization_creation = ${organization_creation},
      default_plan = ${default_plan}`.execute(tx)
}

function only(rows: InstanceRow[]): InstanceRow {
  const [row] = rows
  if (row === undefined) throw new Error('the instance row is missing')
  return row
}
