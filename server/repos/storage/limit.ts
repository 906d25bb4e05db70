import { sized } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { DiskReserve } from '../../shares/disk.ts'
import type { Db, Tx } from '../../store/database.ts'
import { addGitBytes, findLimit, findPending, findUsed, lockStorage, type Owner } from './storage-store.ts'

/** Whose storage limit counts, and the name to say it with. */
export interface StorageOwner extends Owner {
  name: string
}

/** The owner of the repository that a permit is about. */
export function storageOwnerOf({ repo, org }: Permit<'repo.write'>): StorageOwner {
  return { kind: org ? 'org' : 'user', id: repo.ownerId, name: repo.namespace }
}

/**
 * Throws `507` when what an owner stores is above the limit. Call it after what was added is written, in the same
 * transaction: of two that add at once, the second waits and sees what the first added.
 */
export async function refuseAboveLimit(tx: Tx, owner: StorageOwner): Promise<void> {
  const limit = await findLimit(tx, owner)
  if (limit === undefined) return
  await lockStorage(tx, owner)
  if ((await findUsed(tx, owner)) > limit) throw aboveLimit(owner.name, limit)
}

/** Counts what git is about to get, and refuses when that and what LFS got is too much. What adds nothing is never refused. */
export async function addWithinLimit(
  tx: Tx,
  owner: StorageOwner,
  repoId: string,
  { gitBytes, lfsBytes }: { gitBytes: number; lfsBytes: number },
): Promise<void> {
  if (gitBytes > 0) await addGitBytes(tx, repoId, gitBytes)
  if (gitBytes + lfsBytes > 0) await refuseAboveLimit(tx, owner)
}

/** How much an owner can still add, uploads in progress counted. */
export interface Allowance {
  /** Undefined: there is no limit. */
  left: number | undefined
  /** Throws `507` where so many bytes are too many. */
  ask(bytes: number): void
}

/** Looks, before anything is sent, how much fits. What others add meanwhile is refused at the end. */
export async function allowanceOf(db: Db, owner: StorageOwner): Promise<Allowance> {
  const limit = await findLimit(db, owner)
  if (limit === undefined) return { left: undefined, ask: () => undefined }
  const left = Math.max(0, limit - (await findUsed(db, owner)) - (await findPending(db, owner)))
  return {
    left,
    ask(bytes) {
      if (bytes > left) throw aboveLimit(owner.name, limit)
    },
  }
}

/** Throws `507` when so many bytes more are above the limit of an owner; what arrived for them already is not counted. */
export async function refuseBeyondLimit(db: Db, owner: StorageOwner, bytes: number): Promise<void> {
  if (bytes === 0) return
  const limit = await findLimit(db, owner)
  if (limit !== undefined && (await findUsed(db, owner)) + bytes > limit) throw aboveLimit(owner.name, limit)
}

/** The disk reserve for one request: it is also refused what does not fit within the storage limit. */
export function withinAllowance(reserve: DiskReserve, { ask }: Allowance): DiskReserve {
  let bytes = 0
  return {
    ...reserve,
    async ask(folder, more) {
      bytes += more
      ask(bytes)
      await reserve.ask(folder, more)
    },
  }
}

function aboveLimit(name: string, limit: number): HubError {
  return new HubError(
    'StorageLimit',
    `This exceeds the storage limit of ${name}, ${sized(limit)}. Nothing was saved. Delete files or repositories, or ask a site admin to raise the limit.`,
  )
}
