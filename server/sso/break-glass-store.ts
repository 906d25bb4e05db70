import { adminRow, usableAdmin } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, bytesOf, membershipOf, sql } from '../store/sql.ts'

/** The break-glass admins of an organization; `counts`: they are admins whom the organization can count on. */
export async function findBreakGlassAdmins(
  db: Db,
  orgId: string,
): Promise<{ userId: string; name: string; counts: boolean }[]> {
  const { rows } = await sql<{ userId: string; name: string; counts: boolean }>`
    select u.id "userId", u.name, ${usableAdmin({ m: 'm', o: 'o', u: 'u' })} counts
    from sso_break_glass_admins b join memberships m on m.org_id = b.org_id and m.user_id = b.user_id
    join organizations o on o.id = b.org_id join users u on u.id = b.user_id
    where b.org_id = ${orgId} order by u.name collate "C"`.execute(db)
  return rows
}

/** Sets the break-glass admins: of these names those that are members; answers their names. */
export async function setBreakGlassAdmins(
  tx: Tx,
  orgId: string,
  names: readonly string[],
  at: Date,
): Promise<string[]> {
  await sql`delete from sso_break_glass_admins where org_id = ${orgId}`.execute(tx)
  const { rows } = await sql<{ name: string }>`
    with added as (insert into sso_break_glass_admins (org_id, user_id, added_at)
      select m.org_id, m.user_id, ${at} from names n
      join ${membershipOf(sql`${orgId}`, sql.raw('n.user_id'))} m on true
      where n.lower_name = any(${arrayOf(names.map((name) => name.toLowerCase()))}) and n.current and ${adminRow('m')}
      returning user_id)
    select u.name from added join users u on u.id = added.user_id order by u.name collate "C"`.execute(tx)
  return rows.map(({ name }) => name)
}

/** How many one-time codes are unused. */
export async function countCodes(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int n from sso_break_glass_codes
    where org_id = ${orgId} and used_at is null`.execute(db)
  return rows[0]?.n ?? 0
}

/** Puts new one-time codes in place of all before. */
export async function replaceCodes(tx: Tx, orgId: string, hashes: readonly Buffer[]): Promise<void> {
  await sql`delete from sso_break_glass_codes where org_id = ${orgId}`.execute(tx)
  await sql`insert into sso_break_glass_codes (org_id, hash) select ${orgId}, hash from unnest(${bytesOf(hashes)}) hash`.execute(
    tx,
  )
}

/** Spends a one-time code; false if there is none. */
export async function spendCode(
  tx: Tx,
  { orgId, hash, userId, at }: { orgId: string; hash: Buffer; userId: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`update sso_break_glass_codes set used_by = ${userId}, used_at = ${at}
    where org_id = ${orgId} and hash = ${hash} and used_at is null returning org_id`.execute(tx)
  return rows.length === 1
}
