import type { gated, RepoType } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { Owner } from './registry/store.ts'

export interface OwnerlessRow {
  id: string
  type: RepoType
  namespace: string
  name: string
  private: boolean
  gate: gated.GateMode | null
  bytes: number
  updated_at: Date
}

/** Lists the repositories whose owner deleted their account, after an id. */
export async function listOwnerlessRows(db: Db, after: string, most: number): Promise<OwnerlessRow[]> {
  const { rows } = await sql<OwnerlessRow>`select r.id, r.type, u.name as namespace, r.name, r.private, r.gate,
      (r.git_bytes + r.lfs_bytes)::float8 as bytes, r.updated_at
    from users u cross join lateral (select * from repositories where user_id = u.id) r
    where u.state = 'deleted' and r.id > ${after} order by r.id limit ${most}`.execute(db)
  return rows
}

/** Locks a repository whose owner deleted their account. */
export async function lockOwnerless(tx: Tx, id: string): Promise<OwnerlessRow | undefined> {
  const { rows } = await sql<OwnerlessRow>`select r.id, r.type, u.name as namespace, r.name, r.private, r.gate,
      (r.git_bytes + r.lfs_bytes)::float8 as bytes, r.updated_at
    from repositories r join users u on u.id = r.user_id
    where r.id = ${id} and u.state = 'deleted' for no key update of r`.execute(tx)
  return rows[0]
}

/** Holds who is to get a repository, and tells whether all of its repositories are private; undefined when they are gone. */
export async function holdTaker(tx: Tx, { kind, id }: Owner): Promise<{ privateOnly: boolean } | undefined> {
  const { rows } =
    kind === 'user'
      ? await sql<{ privateOnly: boolean }>`select false as "privateOnly" from users
          where id = ${id} and state = 'active' for share`.execute(tx)
      : await sql<{ privateOnly: boolean }>`select repo_visibility = 'private_only' as "privateOnly" from organizations
          where id = ${id} and deleted_at is null for share`.execute(tx)
  return rows[0]
}
