import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { outOfTouch } from '../../git/process/move-lock.ts'
import { whileStill } from '../../git/refs/references.ts'
import { HubError } from '../../kernel/errors.ts'
import { openTurns } from '../../shares/turns.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { enterLfsObjects } from '../lfs/lfs-store.ts'
import type { RepoStores } from '../registry/places.ts'
import { refuseAboveLimit, storageOwnerOf } from '../storage/limit.ts'
import type { NewFile } from './xet-files.ts'
import { insertFiles, insertPlaces, listPlaces, lockStaged, type Place, unstageXorbs } from './xet-store.ts'

const xorbsAtOnce = 1000

/**
 * Enters files whose bytes are in the store, all of them or none, after the decision was asked for once more. Their
 * chunks are in them from now on. Answers the files of the stage that are not needed any more.
 */
export async function enterFiles(
  db: Db,
  permit: Permit<'repo.write'>,
  { git, lfs }: RepoStores,
  files: readonly NewFile[],
): Promise<string[]> {
  const repoId = permit.repo.id
  const places = await placesIn(files)
  // In the repository's turn nothing removes bytes; it may have happened a moment ago
  const unused = await whileStill(git, repoId, async ({ still }) => {
    for (const { oid, size } of files) if ((await lfs.sizeOf(repoId, oid)) !== size) throw busy()
    return transaction(db, async (tx) => {
      const fresh = await recheck(tx, permit)
      if (!still()) throw outOfTouch()
      const added = await enterLfsObjects(tx, repoId, files, permit.actor.id)
      await insertFiles(tx, repoId, files)
      if (added > 0) await refuseAboveLimit(tx, storageOwnerOf(fresh))
      return placeChunks(tx, repoId, places)
    })
  })
  if (unused === undefined) throw busy()
  return unused
}

function busy(): HubError {
  return new HubError('Unavailable', 'The repository is busy. Try again shortly.')
}

// By xorb: for each chunk that begins a term, the longest one.
async function placesIn(files: readonly NewFile[]): Promise<Map<string, Map<number, Place>>> {
  const places = new Map<string, Map<number, Place>>()
  const turn = openTurns()
  for (const { oid, terms } of files) {
    let position = 0
    for (const { xorb, first, end, bytes } of terms()) {
      await turn()
      const known = places.get(xorb) ?? new Map<number, Place>()
      places.set(xorb, known)
      if (end > (known.get(first)?.end ?? 0)) known.set(first, { first, end, oid, position })
      position += bytes
    }
  }
  return places
}

async function placeChunks(tx: Tx, repoId: string, wanted: Map<string, Map<number, Place>>): Promise<string[]> {
  const unused: string[] = []
  const hashes = [...wanted.keys()]
  for (let at = 0; at < hashes.length; at += xorbsAtOnce) {
    const staged = await lockStaged(tx, repoId, hashes.slice(at, at + xorbsAtOnce))
    const added = staged.flatMap(({ hash: xorb }) =>
      [...(wanted.get(xorb)?.values() ?? [])].map((place) => ({ ...place, xorb })),
    )
    await insertPlaces(tx, repoId, added)
    const names = staged.map(({ hash }) => hash)
    const places = Map.groupBy(await listPlaces(tx, repoId, names), ({ xorb }) => xorb)
    const whole = staged.filter(({ hash, count }) => coversAll(places.get(hash) ?? [], count))
    await unstageXorbs(
      tx,
      repoId,
      whole.map(({ hash }) => hash),
    )
    unused.push(...whole.map((row) => row.staged))
  }
  return unused
}

/** Whether ranges, in their order, leave out none of so many chunks. */
function coversAll(places: readonly Place[], count: number): boolean {
  let covered = 0
  for (const { first, end } of places) {
    if (first > covered) return false
    covered = Math.max(covered, end)
  }
  return covered >= count
}
