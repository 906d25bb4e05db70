import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { NameHolder } from './names.ts'

/** Makes a name the current one of its holder; false when it is the current name of someone else. */
export async function claimName(tx: Tx, name: string, { userId, orgId }: Partial<NameHolder>): Promise<boolean> {
  const { rows } = await sql`
    insert into names (lower_name, name, user_id, org_id, current)
    values (lower(${name}::text), ${name}, ${userId ?? null}, ${orgId ?? null}, true)
    on conflict (lower_name) do update
      set name = excluded.name, user_id = excluded.user_id, org_id = excluded.org_id, current = true
      where not names.current
    returning lower_name`.execute(tx)
  return rows.length === 1
}

/** Turns the current name of a holder into an old one. */
export async function releaseCurrentName(tx: Tx, { userId, orgId }: Partial<NameHolder>): Promise<void> {
  if (userId !== undefined)
    await sql`update names set current = false where user_id = ${userId} and current`.execute(tx)
  else await sql`update names set current = false where org_id = ${orgId} and current`.execute(tx)
}

/** Who stands behind a name in lower case, old names included; deleted people and organizations are no one. */
export async function findNamed(db: Db, lowerName: string): Promise<{ name: string; fullname: string } | undefined> {
  const { rows } = await sql<{ name: string; fullname: string }>`
    select coalesce(u.name, o.name) as name, coalesce(u.fullname, o.fullname) as fullname
    from names n
    left join users u on u.id = n.user_id and u.state <> 'deleted'
    left join organizations o on o.id = n.org_id and o.deleted_at is null
    where n.lower_name = ${lowerName} and coalesce(u.id, o.id) is not null`.execute(db)
  return rows[0]
}
