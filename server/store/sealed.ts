import type { KeyRing } from '../keys/instance-key.ts'
import { type Db, type Tx, transaction } from './database.ts'
import { bytesOf, sql } from './sql.ts'

/** Every column whose values are sealed with the key of the instance. */
export const sealedColumns = [
  ['users', 'totp_secret'],
  ['idempotency_keys', 'reply'],
  ['instance', 'setup_code'],
  ['instance', 'kept_keys'],
  ['organization_tokens', 'sealed'],
  ['sso_configs', 'client_secret'],
  ['sso_configs', 'saml_keys'],
  ['sso_pending', 'code_verifier'],
  ['sso_pending', 'identity'],
  ['sso_tests', 'report'],
] as const

const atOnce = 200

/** Has the key sign with what the database keeps for it; the first start keeps what follows from the key itself. */
export async function openKeptKeys(db: Db, key: KeyRing): Promise<void> {
  const { rows } = await sql<{ kept_keys: Buffer }>`
    update instance set kept_keys = coalesce(kept_keys, ${key.seal(key.keptKeys())}) returning kept_keys`.execute(db)
  if (rows[0]) key.signWithKept(key.open(rows[0].kept_keys))
}

/** Seals again with the present key what the key before sealed; answers how many values there were. */
export async function resealAll(db: Db, key: KeyRing): Promise<number> {
  let count = 0
  for (const column of sealedColumns)
    for (let done = atOnce; done === atOnce; count += done)
      done = await transaction(db, (tx) => resealSome(tx, key, column))
  return count
}

// By their place on disk: the rows are locked, so it does not change before they are written.
async function resealSome(tx: Tx, key: KeyRing, [table, column]: (typeof sealedColumns)[number]): Promise<number> {
  const header = key.formerHeader
  if (header === undefined) return 0
  const [at, of] = [sql.table(table), sql.ref(column)]
  const { rows } = await sql<{ place: string; sealed: Buffer }>`select ctid::text place, ${of} sealed from ${at}
    where substring(${of} from 1 for ${header.length}::int) = ${header} limit ${atOnce} for update`.execute(tx)
  if (rows.length === 0) return 0
  const places = rows.map(({ place }) => place)
  const sealed = rows.map((row) => key.seal(key.open(row.sealed)))
  await sql`update ${at} set ${of} = q.sealed from unnest(${places}::tid[], ${bytesOf(sealed)}) q(place, sealed)
    where ${at}.ctid = q.place`.execute(tx)
  return rows.length
}
