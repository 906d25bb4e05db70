import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import type { Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { managesNamespace } from '../access/requirements.ts'
import { record } from '../audit/record.ts'
import { whileStill } from '../git/refs/references.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { LfsObject } from '../lfs/bytes/bytes.ts'
import { refuseDuringProbation } from '../members/membership/probation.ts'
import { type Db, transaction } from '../store/database.ts'
import { removeBytes } from './lfs/lfs-collect.ts'
import { enterLfsObjects, findLfsObjects } from './lfs/lfs-store.ts'
import type { RepoStores } from './registry/places.ts'
import { allowanceOf, refuseAboveLimit, storageOwnerOf } from './storage/limit.ts'

type Duplicating = Permit<'repo.duplicate'>
type Writing = Permit<'repo.write'>

/**
 * Copies LFS files to another repository, for a commit that follows there. The two share nothing afterwards. Takes the
 * right to read here and to write there. Answers which files could not be copied.
 */
export async function duplicateLfsFiles(
  db: Db,
  permit: Duplicating,
  { target, files }: InputOf<typeof api.lfs.duplicateLfsFiles>,
  stores: RepoStores,
): Promise<ResultOf<typeof api.lfs.duplicateLfsFiles>> {
  const writing = await targetOf(db, permit, target)
  const oids = [...new Set(files.map(({ sha256 }) => sha256))]
  const there = new Set((await findLfsObjects(db, writing.repo.id, oids)).map(({ oid }) => oid))
  const found = await findLfsObjects(db, permit.repo.id, oids)
  const wanted = found.filter(({ oid }) => !there.has(oid))
  ;(await allowanceOf(db, storageOwnerOf(writing))).ask(wanted.reduce((sum, { size }) => sum + size, 0))
  const copied = await copyObjects(stores, { from: permit.repo.id, to: writing.repo.id }, wanted)
  if (copied.length > 0) await enterCopies(db, { permit, writing }, copied, stores)
  const done = new Set([...there, ...copied.map(({ oid }) => oid)])
  const failed = oids.filter((oid) => !done.has(oid))
  return { failed: failed.map((sha256) => ({ sha256, error: 'This LFS file does not exist in the repository.' })) }
}

async function targetOf(
  db: Db,
  permit: Duplicating,
  { type, name }: InputOf<typeof api.lfs.duplicateLfsFiles>['target'],
): Promise<Writing> {
  const [namespace = '', repo = '', ...rest] = name.split('/')
  if (repo === '' || rest.length > 0) throw new HubError('BadRequest', 'target.name: Must be `namespace/name`.')
  const writing = await authorize(db, permit, 'repo.write', { repo: { type, namespace, name: repo } })
  if (permit.repo.private && !writing.repo.private)
    await refuseDuringProbation(db, permit.facts, 'copy files of a private repository to a public one')
  refusePublishing(permit.facts, permit, writing)
  return writing
}

// As with a copy of the whole repository, its content would leave the organization
function refusePublishing(facts: Facts, { repo }: Duplicating, { repo: target }: Writing): void {
  if (!repo.private || target.private || target.ownerId === repo.ownerId || managesNamespace(facts)) return
  throw new HubError(
    'Forbidden',
    'Only admins of the organization can copy files of its private repository to a public repository elsewhere.',
  )
}

// Those that are gone meanwhile are left out.
async function copyObjects(
  { lfs }: RepoStores,
  { from, to }: { from: string; to: string },
  objects: readonly LfsObject[],
): Promise<LfsObject[]> {
  const copied: LfsObject[] = []
  for (const { oid, size } of objects) {
    const bytes = await lfs.open(from, oid)
    if (bytes === undefined) continue
    await lfs.put(to, { oid, size }, bytes)
    copied.push({ oid, size })
  }
  return copied
}

async function enterCopies(
  db: Db,
  { permit, writing }: { permit: Duplicating; writing: Writing },
  objects: readonly LfsObject[],
  stores: RepoStores,
): Promise<void> {
  const { repo } = writing
  const enter = async () => {
    for (const { oid, size } of objects) if ((await stores.lfs.sizeOf(repo.id, oid)) !== size) return false
    await transaction(db, async (tx) => {
      // In the order of their IDs: of two that copy in opposite directions, one waits for the other
      const early = permit.repo.id < writing.repo.id ? await recheck(tx, permit) : undefined
      const fresh = await recheck(tx, writing)
      const reading = early ?? (await recheck(tx, permit))
      refusePublishing(reading.facts, reading, fresh)
      const added = await enterLfsObjects(tx, repo.id, objects, writing.actor.id)
      if (added > 0) await refuseAboveLimit(tx, storageOwnerOf(fresh))
      await record(tx, permit, eventOf(permit, fresh, objects))
    })
    return true
  }
  try {
    if (await whileStill(stores.git, repo.id, enter)) return
    throw new HubError('Unavailable', 'The repository is busy. Try again shortly.')
  } catch (error) {
    const oids = objects.map(({ oid }) => oid)
    await removeBytes(db, { stores, repoId: repo.id }, oids, now())
    throw error
  }
}

function eventOf({ repo: source }: Duplicating, { repo, org }: Writing, objects: readonly LfsObject[]) {
  const [from, to] = [source, repo].map(({ namespace, name }) => `${namespace}/${name}`)
  const files = objects.length === 1 ? 'an LFS file' : `${objects.length} LFS files`
  return {
    type: 'repo.duplication' as const,
    message: `copied ${files} from the ${source.type} ${from} to ${to}`,
    data: {
      repo: { id: repo.id, type: repo.type, name: to },
      from: { id: source.id, type: source.type, name: from },
      count: objects.length,
    },
    scope: org?.id ?? 'instance',
  }
}
