import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import type { Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { managesNamespace } from '../access/requirements.ts'
import { record } from '../audit/record.ts'
import { copyRepository } from '../git/upkeep/maintenance.ts'
import { createRepository, repositorySize } from '../git/upkeep/repository.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { LfsStore } from '../lfs/bytes/bytes.ts'
import { refuseDuringProbation } from '../members/membership/probation.ts'
import { type Db, transaction } from '../store/database.ts'
import { refreshMetadata } from './cards/metadata.ts'
import { insertLfsObjects } from './commits/commit-store.ts'
import { type LfsObjectRow, listLfsObjects } from './lfs/lfs-store.ts'
import { addressPrefix, checkRepoName, splitRepoId } from './registry/names.ts'
import { keptOnDisk, type RepoMaking, type RepoStores } from './registry/places.ts'
import { enterRepo, isPrivate, ownerOf, requireGroups, scopeOf } from './registry/rules.ts'
import { type NewRepo, touchPushed } from './registry/store.ts'
import { addWithinLimit, allowanceOf } from './storage/limit.ts'
import { findRepoBytes } from './storage/storage-store.ts'

type Duplicating = Permit<'repo.duplicate'>
type Input = InputOf<typeof api.commits.duplicateRepo>

const objectsAtOnce = 1000

/** Copies a repository to a new name: history, branches, tags and LFS files. The two share nothing afterwards. */
export async function duplicateRepo(
  db: Db,
  permit: Duplicating,
  input: Input,
  services: RepoMaking,
): Promise<ResultOf<typeof api.commits.duplicateRepo>> {
  const creating = await creatorOf(db, permit, input)
  const repo = await newRepoOf(db, permit, creating, input)
  const fullName = `${repo.owner.name}/${repo.name}`
  const url = `${services.links.publicUrl}/${addressPrefix[repo.type]}${fullName}`
  // Heard before the work begins, which may take long
  await transaction(db, (tx) => enterRepo(tx, creating.facts, repo, url), { dryRun: true })
  const bytes = await findRepoBytes(db, permit.repo.id)
  ;(await allowanceOf(db, repo.owner)).ask(bytes)
  const objects = await objectsOf(db, permit.repo.id)
  await keptOnDisk(db, services, repo.id, async () => {
    await copyContent(services, { from: permit.repo.id, to: repo.id }, objects)
    const gitBytes = await repositorySize(services.git, repo.id)
    await transaction(db, async (tx) => {
      // It may have taken hours
      const { facts } = await recheck(tx, creating)
      refusePublishing((await recheck(tx, permit)).facts, permit, repo)
      await enterRepo(tx, facts, repo, url)
      const rows = objects.map(({ oid, size, file_name, git_oid }) => ({ oid, size, path: file_name, gitOid: git_oid }))
      const lfsBytes = await insertLfsObjects(tx, repo.id, rows, permit.actor.id)
      await addWithinLimit(tx, repo.owner, repo.id, { gitBytes, lfsBytes })
      await touchPushed(tx, repo.id)
      await record(tx, creating, eventOf(permit, repo, fullName))
    })
  })
  // Until the row was there the sweep could take bytes for those of no one
  await copyObjects(services.lfs, { from: permit.repo.id, to: repo.id }, objects)
  await refreshMetadata(db, services.git, repo.id)
  return { url, id: repo.id }
}

async function creatorOf(db: Db, permit: Duplicating, input: Input): Promise<Permit<'repo.create'>> {
  const { namespace, name } = splitRepoId('repository', input.repository)
  checkRepoName('repository', name)
  if (namespace === undefined) throw badField('repository', 'must be `namespace/name`')
  return authorize(db, permit, 'repo.create', { namespace, group: input.resourceGroupId ?? undefined })
}

async function newRepoOf(db: Db, permit: Duplicating, creating: Permit<'repo.create'>, input: Input): Promise<NewRepo> {
  await requireGroups(db, creating, input)
  const group = creating.facts.group && { id: creating.facts.group.id, addedBy: permit.actor.name }
  const isSaid = input.visibility !== undefined || typeof input.private === 'boolean'
  // What was hidden does not come to light by being copied, unless someone says so
  const wanted = isSaid || !isHeldBack(permit) ? input : { private: true }
  const isHidden = isPrivate(creating, wanted)
  if (permit.repo.private && !isHidden)
    await refuseDuringProbation(db, permit.facts, 'make a public copy of a private repository')
  const repo = {
    id: newId(),
    type: permit.repo.type,
    owner: ownerOf(creating),
    name: splitRepoId('repository', input.repository).name,
    private: isHidden,
    creatorId: permit.actor.id,
    group,
  }
  refusePublishing(permit.facts, permit, repo)
  return repo
}

// What not everyone gets: private, or behind a gate
function isHeldBack({ repo }: Duplicating): boolean {
  return repo.private || repo.gate !== undefined
}

// It would take the content out of the organization, whose rules say who makes it public
function refusePublishing(facts: Facts, permit: Duplicating, copy: NewRepo): void {
  if (!isHeldBack(permit) || copy.private || copy.owner.id === permit.repo.ownerId || decidesAbout(facts)) return
  throw new HubError(
    'Forbidden',
    'visibility: only the owner, or admins of the organization, can publish a copy of a private or gated repository elsewhere. Make the copy private.',
  )
}

// Where no organization stands behind it, the owner alone
function decidesAbout(facts: Facts): boolean {
  return managesNamespace(facts) && (facts.org !== undefined || facts.repo?.ownerId === facts.actor?.id)
}

async function objectsOf(db: Db, repoId: string): Promise<LfsObjectRow[]> {
  const objects: LfsObjectRow[] = []
  for (;;) {
    const last = objects.at(-1)
    const after = last && { uploadedAt: last.uploaded_at.toISOString(), oid: last.oid }
    const page = await listLfsObjects(db, repoId, { after, most: objectsAtOnce })
    objects.push(...page)
    if (page.length < objectsAtOnce) return objects.filter(({ referenced_at }) => referenced_at !== null)
  }
}

/** From which repository to which, by their ids. */
interface Copying {
  from: string
  to: string
}

async function copyContent(
  { git, lfs }: RepoStores,
  { from, to }: Copying,
  objects: readonly LfsObjectRow[],
): Promise<void> {
  await createRepository(git, to)
  await copyRepository(git, from, to)
  await copyObjects(lfs, { from, to }, objects)
}

async function copyObjects(lfs: LfsStore, { from, to }: Copying, objects: readonly LfsObjectRow[]): Promise<void> {
  for (const { oid, size } of objects) {
    if ((await lfs.sizeOf(to, oid)) === size) continue
    const bytes = await lfs.open(from, oid)
    if (bytes === undefined)
      throw new HubError('Conflict', `The LFS object ${oid} of the repository has just been deleted.`)
    await lfs.put(to, { oid, size }, bytes)
  }
}

function eventOf(permit: Duplicating, repo: NewRepo, fullName: string) {
  const { type, namespace, name, id } = permit.repo
  const from = `${namespace}/${name}`
  const data = { repo: { id: repo.id, type, name: fullName }, from: { id, type, name: from }, private: repo.private }
  return {
    type: 'repo.duplication',
    message: `copied the ${type} ${from} to ${fullName}`,
    data,
    ...scopeOf(repo.owner),
  }
}
