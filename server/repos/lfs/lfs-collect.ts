import { createHash } from 'node:crypto'
import { objectInfos, pointerText } from '../../git/objects/objects.ts'
import type { MoveLock } from '../../git/process/move-lock.ts'
import { whileStill } from '../../git/refs/references.ts'
import { repositoryExists } from '../../git/upkeep/repository.ts'
import { daySeconds, hourSeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import type { LfsObject } from '../../lfs/bytes/bytes.ts'
import { type Db, transaction } from '../../store/database.ts'
import type { RepoStores } from '../registry/places.ts'
import { findRepoIds, lockRepoRow } from '../registry/store.ts'
import {
  deleteLfsObjects,
  deleteStaleUploads,
  findUnreferenced,
  type LfsObjectRow,
  listUnreferenced,
  markReferenced,
  missingLfsObjects,
} from './lfs-store.ts'

const atOnce = 500

/** Removes what was uploaded and never came into a commit within a day, and uploads that no one went on with. */
export async function collectLfs(db: Db, stores: RepoStores): Promise<number> {
  const before = secondsFromNow(-daySeconds)
  for (const { repo_id, store_id } of await deleteStaleUploads(db, before)) {
    await stores.lfs.abortParts(repo_id, store_id).catch(untilNextTime)
  }
  await stores.lfs.sweepUploads(before)
  let removed = 0
  for (;;) {
    const rows = await listUnreferenced(db, before, atOnce)
    for (const [repoId, objects] of Map.groupBy(rows, ({ repo_id }) => repo_id)) {
      removed += await dropUnreferenced(db, stores, repoId, objects)
    }
    if (rows.length < atOnce) return removed
  }
}

// A pointer that came into the repository in a way that no one noted counts all the same: git is asked once more.
async function dropUnreferenced(db: Db, stores: RepoStores, repoId: string, objects: LfsObjectRow[]): Promise<number> {
  const pointed = await pointedTo(stores, repoId, objects)
  const begun = now()
  const dropped = await transaction(db, async (tx) => {
    if ((await lockRepoRow(tx, repoId)) === undefined) return []
    await markReferenced(
      tx,
      repoId,
      pointed.map((oid) => [oid, null] as const),
    )
    const oids = objects.map(({ oid }) => oid)
    return deleteLfsObjects(tx, repoId, await findUnreferenced(tx, repoId, oids, secondsFromNow(-daySeconds)))
  })
  await removeBytes(db, { stores, repoId }, dropped, begun)
  return dropped.length
}

async function pointedTo(stores: RepoStores, repoId: string, objects: LfsObject[]): Promise<string[]> {
  if (!(await repositoryExists(stores.git, repoId))) return []
  const found = await objectInfos(stores.git, repoId, objects.map(pointerId))
  return objects.filter((_, index) => found[index] !== undefined).map(({ oid }) => oid)
}

// The id that git gives to the usual pointer to an object.
function pointerId(object: LfsObject): string {
  const pointer = pointerText(object)
  return createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex')
}

/**
 * Removes the bytes of those of these objects that the repository does not have, each in the repository's turn: an
 * upload of the same enters before, or sees that they are gone.
 * Bytes that came at or after `since` are left: they may be on their way into the database.
 */
export async function removeBytes(
  db: Db,
  { stores, repoId }: { stores: RepoStores; repoId: string },
  oids: readonly string[],
  since: Date,
): Promise<number> {
  if (oids.length === 0) return 0
  let removed = 0
  for (const oid of await missingLfsObjects(db, repoId, oids)) {
    const remove = async ({ still }: MoveLock) => {
      const [ownerless] = await missingLfsObjects(db, repoId, [oid])
      if (ownerless === undefined || !still()) return false
      await stores.lfs.remove(repoId, oid, since)
      return true
    }
    if (await whileStill(stores.git, repoId, remove).catch(untilNextTime)) removed++
  }
  return removed
}

/** Compares the bytes that are there with what the database knows, and removes those that belong to nothing. */
export async function sweepLfsBytes(db: Db, stores: RepoStores): Promise<number> {
  let removed = 0
  for await (const repoIds of inBatches(stores.lfs.repositories())) {
    const known = await findRepoIds(db, repoIds)
    for (const repoId of repoIds) {
      if (known.has(repoId)) removed += await sweepRepository(db, stores, repoId)
      else await stores.lfs.removeRepository(repoId).catch(untilNextTime)
    }
  }
  return removed
}

// What arrived in the last hour may be on its way into the database.
async function sweepRepository(db: Db, stores: RepoStores, repoId: string): Promise<number> {
  const before = secondsFromNow(-hourSeconds)
  let removed = 0
  for await (const objects of inBatches(stores.lfs.list(repoId))) {
    const old = objects.filter(({ modifiedAt }) => modifiedAt < before).map(({ oid }) => oid)
    const ownerless = await missingLfsObjects(db, repoId, old)
    removed += await removeBytes(db, { stores, repoId }, ownerless, before)
  }
  return removed
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < atOnce) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function untilNextTime(error: unknown): void {
  log.warn({ err: error }, 'bytes stay until the next sweep')
}
