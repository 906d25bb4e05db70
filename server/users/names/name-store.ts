import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { NameHolder } from './names.ts'

/** Makes a name the current one of its holder; false when it is the current name of another one, or kept for it. */
export async function claimName(tx: Tx, name: string, { userId, orgId }: Partial<NameHolder>): Promise<boolean> {
  const { rows } = await sql`
    insert into names (lower_name, name, user_id, org_id, current)
    values (lower(${name}::text), ${name}, ${userId ?? null}, ${orgId ?? null}, true)
    on conflict (lower_name) do update
      set name = excluded.name, user_id = excluded.user_id, org_id = excluded.org_id, current = true, kept_until = null
      where names.kept_until <= ${now()} or not names.current
        and (names.user_id = excluded.user_id or names.org_id = excluded.org_id)
    returning lower_name`.execute(tx)
  return rows.length === 1
}

/** Turns the current name of a holder into an old one, kept for it until a moment. */
export async function releaseCurrentName(
  tx: Tx,
  { userId, orgId }: Partial<NameHolder>,
  keptUntil: Date,
): Promise<void> {
  const release = sql`update names set current = false, kept_until = ${keptUntil}`
  if (userId !== undefined) await sql`${release} where user_id = ${userId} and current`.execute(tx)
  else await sql`${release} where org_id = ${orgId} and current`.execute(tx)
}

/** Keeps the names of an organization that is deleted for good until a moment, for no one. */
export async function keepNamesOfPurged(tx: Tx, orgId: string, keptUntil: Date): Promise<void> {
  await sql`update names set org_id = null, current = false, kept_until = coalesce(kept_until, ${keptUntil}::timestamptz)
    where org_id = ${orgId}`.execute(tx)
}

/** Deletes old names that are no longer kept. */
export async function deleteExpiredNames(db: Db): Promise<void> {
  await sql`delete from names where kept_until <= ${now()}`.execute(db)
}
