import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { isPlainPath } from '../../git/objects/trees.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, encodeCursor } from '../../kernel/page.ts'
import { type Db, transaction } from '../../store/database.ts'
import { deleteLockRow, insertLock, type LockRow, listLockRows } from './lfs-locks-store.ts'

type Lfs = typeof api.lfs
type Writing = Permit<'repo.write'>

/** Lists the locks on files. */
export async function listLocks(
  db: Db,
  permit: Permit<'repo.read'>,
  input: InputOf<Lfs['listLocks']>,
): Promise<ResultOf<Lfs['listLocks']>> {
  const { path, id } = input
  const { rows, next } = await lockPage(db, permit.repo.id, { path, id, cursor: input.cursor, limit: input.limit })
  return { locks: rows.map(lockReply), ...next }
}

/** Tells the caller's own locks from those of others. */
export async function verifyLocks(
  db: Db,
  permit: Writing,
  input: InputOf<Lfs['verifyLocks']>,
): Promise<ResultOf<Lfs['verifyLocks']>> {
  const { rows, next } = await lockPage(db, permit.repo.id, { cursor: input.cursor, limit: input.limit })
  const isOwn = (row: LockRow) => row.user_id === permit.actor.id
  return {
    ours: rows.filter(isOwn).map(lockReply),
    theirs: rows.filter((row) => !isOwn(row)).map(lockReply),
    ...next,
  }
}

interface PageAsked {
  path?: string | undefined
  id?: string | undefined
  cursor: string | undefined
  limit: number
}

async function lockPage(db: Db, repoId: string, { path, id, cursor, limit }: PageAsked) {
  // git-lfs sends an empty cursor for none
  const after = cursor ? decodeCursor(cursor, 1)[0] : undefined
  const rows = await listLockRows(db, repoId, { path, id, after, most: limit + 1 })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last ? { next_cursor: encodeCursor([last.id]) } : {} }
}

function lockReply(row: LockRow) {
  return { id: row.id, path: row.path, locked_at: row.locked_at.toISOString(), owner: { name: row.owner } }
}

/** Locks a file for the caller; `409` with the lock when it is locked already, by whomever. */
export async function createLock(
  db: Db,
  permit: Writing,
  { path }: InputOf<Lfs['createLock']>,
): Promise<ResultOf<Lfs['createLock']>> {
  if (!isPlainPath(path)) throw new HubError('Unprocessable', 'path: Not a valid path.')
  const { repo } = permit
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const made = await insertLock(tx, { id: newId(), repoId: repo.id, path, userId: permit.actor.id })
    const [row] = await listLockRows(tx, repo.id, { path, most: 1 })
    if (row === undefined) throw noSuchLock()
    const lock = lockReply(row)
    if (!made) throw new HubError('Conflict', `${row.owner} has already locked this file.`, { body: { lock } })
    await record(tx, permit, lockEvent(permit, row, 'lock'))
    return { lock }
  })
}

/** Unlocks a file; someone else's lock only with `force`. */
export async function deleteLock(
  db: Db,
  permit: Writing,
  { id, force }: InputOf<Lfs['deleteLock']>,
): Promise<ResultOf<Lfs['deleteLock']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const [row] = await listLockRows(tx, permit.repo.id, { id, most: 1 })
    if (row === undefined) throw noSuchLock()
    if (row.user_id !== permit.actor.id && !force)
      throw new HubError('Forbidden', `${row.owner} has locked this file. To unlock it anyway, use --force.`)
    if (!(await deleteLockRow(tx, row.id))) throw noSuchLock()
    await record(tx, permit, lockEvent(permit, row, 'unlock'))
    return { lock: lockReply(row) }
  })
}

function noSuchLock(): HubError {
  return new HubError('NotFound', 'No such lock. The file may have just been unlocked.')
}

function lockEvent(permit: Writing, row: LockRow, what: 'lock' | 'unlock') {
  const { id, type, namespace, name } = permit.repo
  return {
    type: `repo.${what}_file`,
    message: `${what}ed ${row.path.slice(0, 200)} in the ${type} ${namespace}/${name}`,
    data: { repo: { id, type, name: `${namespace}/${name}` }, path: row.path, owner: row.owner },
    scope: permit.org?.id ?? 'instance',
  }
}
