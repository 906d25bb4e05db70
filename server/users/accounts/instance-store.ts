import type { Plan } from '../../../api/index.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

export interface InstanceRow {
  name: string
  sign_up: 'open' | 'invited' | 'sso'
  organization_creation: 'everyone' | 'operators'
  default_plan: Plan
  currency: string
  seat_price_team: number
  seat_price_enterprise: number
  seat_price_plus: number
  user_storage: number | null
  sign_up_storage: number | null
  org_storage: number | null
}

const columns = sql`name, sign_up, organization_creation, default_plan, currency,
  seat_price_team, seat_price_enterprise, seat_price_plus, user_storage::float8 as user_storage,
  sign_up_storage::float8 as sign_up_storage, org_storage::float8 as org_storage`

/** Reads the settings of this installation. */
export async function findInstance(db: Db): Promise<InstanceRow> {
  const { rows } = await sql<InstanceRow>`select ${columns} from instance`.execute(db)
  return only(rows)
}

/** Reads the settings of this installation, which stay as they are until the transaction ends. */
export async function lockInstance(tx: Tx): Promise<InstanceRow> {
  const { rows } = await sql<InstanceRow>`select ${columns} from instance for update`.execute(tx)
  return only(rows)
}

/** Writes the settings of this installation. */
export async function setInstance(tx: Tx, row: InstanceRow): Promise<void> {
  await sql`
    update instance set name = ${row.name}, sign_up = ${row.sign_up}, organization_creation = ${row.organization_creation},
      default_plan = ${row.default_plan}, currency = ${row.currency}, seat_price_team = ${row.seat_price_team},
      seat_price_enterprise = ${row.seat_price_enterprise}, seat_price_plus = ${row.seat_price_plus},
      user_storage = ${row.user_storage}, sign_up_storage = ${row.sign_up_storage}, org_storage = ${row.org_storage}`.execute(
    tx,
  )
}

/** Keeps the sealed set-up code unless there is one already; answers the one that is kept. */
export async function keepSetupCode(db: Db, sealed: Buffer): Promise<Buffer> {
  const { rows } = await sql<{ code: Buffer }>`
    update instance set setup_code = coalesce(setup_code, ${sealed}) returning setup_code as code`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the instance row is missing')
  return row.code
}

/** Reads the sealed set-up code; null where no process has made one. */
export async function findSetupCode(db: Db): Promise<Buffer | null> {
  const { rows } = await sql<{ code: Buffer | null }>`select setup_code as code from instance`.execute(db)
  return rows[0]?.code ?? null
}

function only(rows: InstanceRow[]): InstanceRow {
  const [row] = rows
  if (row === undefined) throw new Error('the instance row is missing')
  return row
}
