import type { storage } from '../../../api/index.ts'
import type { Db, Tx } from '../../store/database.ts'
import { containing, sql } from '../../store/sql.ts'
import { lowerName } from '../../users/names/names.ts'

/** Whose storage a repository uses: a person's or an organization's. */
export interface Owner {
  kind: 'user' | 'org'
  id: string
}

const unlimited = -1
const tables = { user: sql.table('users'), org: sql.table('organizations') }
const columns = { user: sql.ref('r.user_id'), org: sql.ref('r.org_id') }

// The one text that says which limit holds for an owner `o` of the instance `i`
const limitOf = (kind: Owner['kind']) => sql`case when o.storage_limit = ${sql.lit(unlimited)} then null
  when o.storage_limit is not null then o.storage_limit
  when o.open_sign_up then i.sign_up_storage else ${kind === 'user' ? sql`i.user_storage` : sql`i.org_storage`} end`

/** The storage limit of an owner, in bytes; undefined for none. */
export async function findLimit(db: Db, { kind, id }: Owner): Promise<number | undefined> {
  const { rows } = await sql<{ bytes: number | null }>`select (${limitOf(kind)})::float8 as bytes
    from ${tables[kind]} o cross join instance i where o.id = ${id}`.execute(db)
  return rows[0]?.bytes ?? undefined
}

/** Has all who add to what an owner stores wait for each other until their transactions end. */
export async function lockStorage(tx: Tx, { id }: Owner): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`storage ${id}`}, 0))`.execute(tx)
}

/** The bytes that the repositories of an owner use. */
export async function findUsed(db: Db, { kind, id }: Owner): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select coalesce(sum(r.git_bytes + r.lfs_bytes), 0)::float8 as bytes
    from repositories r where ${columns[kind]} = ${id}`.execute(db)
  return rows[0]?.bytes ?? 0
}

/** The bytes that have arrived for the repositories of an owner, in uploads that are not complete. */
export async function findPending(db: Db, { kind, id }: Owner): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select coalesce(sum(u.bytes), 0)::float8 as bytes from repositories r
    cross join lateral (select sum(sent_bytes) as bytes from lfs_uploads where repo_id = r.id
      union all select sum(staged_bytes) from xet_xorbs where repo_id = r.id and staged is not null) u
    where ${columns[kind]} = ${id}`.execute(db)
  return rows[0]?.bytes ?? 0
}

/** The bytes that one repository uses. */
export async function findRepoBytes(db: Db, repoId: string): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select (git_bytes + lfs_bytes)::float8 as bytes
    from repositories where id = ${repoId}`.execute(db)
  return rows[0]?.bytes ?? 0
}

/** Counts bytes that git is about to get, until the repository is measured again. */
export async function addGitBytes(tx: Tx, repoId: string, bytes: number): Promise<void> {
  await sql`update repositories set git_bytes = git_bytes + ${bytes}::bigint where id = ${repoId}`.execute(tx)
}

export interface OwnerRow {
  id: string
  type: 'user' | 'org'
  name: string
  used: number
  limit: number | null
  own_limit: number | null
}

const ownersOf = (kind: Owner['kind']) => sql`select o.id, ${sql.lit(kind)}::text as type, o.name,
  (${limitOf(kind)})::float8 as "limit", o.storage_limit::float8 as own_limit from ${tables[kind]} o cross join instance i
  where ${kind === 'user' ? sql`o.state <> 'deleted' and o.state <> 'service'` : sql`o.deleted_at is null`}`

/** Lists owners by what they use, largest first: those whose names hold a text, or all that use something or have a limit of their own. */
export async function listStorageOwners(
  db: Db,
  { search, most }: { search: string | undefined; most: number },
): Promise<OwnerRow[]> {
  const chosen =
    search === undefined
      ? sql`u.bytes is not null or o.own_limit is not null`
      : sql`lower(o.name) like ${containing(search)}`
  const { rows } = await sql<OwnerRow>`select o.*, coalesce(u.bytes, 0)::float8 as used
    from (${ownersOf('user')} union all ${ownersOf('org')}) o
    left join (select coalesce(org_id, user_id) as id, sum(git_bytes + lfs_bytes) as bytes
      from repositories group by 1) u on u.id = o.id
    where ${chosen} order by used desc, lower(o.name) limit ${most}`.execute(db)
  return rows
}

/** Finds the person or organization that has a name. */
export async function findStorageOwner(db: Db, name: string): Promise<(Owner & { name: string }) | undefined> {
  const { rows } = await sql<Owner & { name: string }>`select coalesce(user_id, org_id) as id, name,
      case when user_id is null then 'org' else 'user' end as kind
    from names where lower_name = ${lowerName(name)} and current`.execute(db)
  return rows[0]
}

/** Reads what is set for an owner, who is not deleted; locked until the transaction ends. */
export async function lockOwnLimit(tx: Tx, { kind, id }: Owner): Promise<storage.StorageLimit | undefined> {
  const isThere = kind === 'user' ? sql`state <> 'deleted'` : sql`deleted_at is null`
  const { rows } = await sql<{ bytes: number | null }>`select storage_limit::float8 as bytes from ${tables[kind]}
    where id = ${id} and ${isThere} for no key update`.execute(tx)
  return rows[0] && settingOf(rows[0].bytes)
}

/** Sets the limit of an owner. */
export async function setOwnLimit(tx: Tx, { kind, id }: Owner, limit: storage.StorageLimit): Promise<void> {
  const bytes = limit === 'default' ? null : limit === 'unlimited' ? unlimited : limit
  await sql`update ${tables[kind]} set storage_limit = ${bytes} where id = ${id}`.execute(tx)
}

/** What a site admin has set, as the column has it. */
export function settingOf(bytes: number | null): storage.StorageLimit {
  if (bytes === null) return 'default'
  return bytes === unlimited ? 'unlimited' : bytes
}
