import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'
import type { NameHolder } from '../names/names.ts'

interface Pictured {
  name: string
  fullname: string
  image: Buffer | null
  hash: Buffer | null
}

/** Who stands behind a name in lower case, kept old names included, with their picture; deleted people and organizations are no one. */
export async function findPictured(db: Db, lowerName: string): Promise<Pictured | undefined> {
  const { rows } = await sql<Pictured>`
    select coalesce(u.name, o.name) as name, coalesce(u.fullname, o.fullname) as fullname,
      a.image, a.hash
    from names n
    left join users u on u.id = n.user_id and u.state <> 'deleted'
    left join organizations o on o.id = n.org_id and o.deleted_at is null
    left join lateral (
      (select image, hash from avatars where user_id = u.id limit 1) union all
      (select image, hash from avatars where org_id = o.id limit 1)) a on true
    where n.lower_name = ${lowerName} and (n.current or n.kept_until > ${now()}) and coalesce(u.id, o.id) is not null`.execute(
    db,
  )
  return rows[0]
}

/** Which of these names in lower case, kept old names included, have an uploaded picture, and its hash; deleted people and organizations have none. */
export async function listPictured(db: Db, lowerNames: string[]): Promise<{ name: string; hash: Buffer }[]> {
  const { rows } = await sql<{ name: string; hash: Buffer }>`
    select n.lower_name as name, a.hash
    from names n
    left join users u on u.id = n.user_id and u.state <> 'deleted'
    left join organizations o on o.id = n.org_id and o.deleted_at is null
    join lateral (
      (select hash from avatars where user_id = u.id limit 1) union all
      (select hash from avatars where org_id = o.id limit 1)) a on true
    where n.lower_name = any(${arrayOf(lowerNames)}) and (n.current or n.kept_until > ${now()})`.execute(db)
  return rows
}

/** Deletes the picture of an account or an organization; answers its hash, or null where there was none. */
export async function deleteAvatar(tx: Tx, { userId, orgId }: NameHolder): Promise<Buffer | null> {
  const { rows } =
    userId === undefined
      ? await sql<{ hash: Buffer }>`delete from avatars where org_id = ${orgId} returning hash`.execute(tx)
      : await sql<{ hash: Buffer }>`delete from avatars where user_id = ${userId} returning hash`.execute(tx)
  return rows[0]?.hash ?? null
}

/** Inserts the picture of an account or an organization that has none. */
export async function insertAvatar(
  tx: Tx,
  { userId, orgId }: NameHolder,
  { image, hash }: { image: Buffer; hash: Buffer },
): Promise<void> {
  await sql`insert into avatars (user_id, org_id, image, hash, changed_at)
    values (${userId ?? null}, ${orgId ?? null}, ${image}, ${hash}, ${now()})`.execute(tx)
}
