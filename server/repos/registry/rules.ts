import type * as api from '../../../api/index.ts'
import type { InputOf, RepoType, ResultOf } from '../../../api/index.ts'
import { authorize } from '../../access/authorize.ts'
import type { Facts } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { managesNamespace } from '../../access/requirements.ts'
import { record } from '../../audit/record.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { refusedBy } from '../../store/conflict.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { refreshMetadata } from '../cards/metadata.ts'
import { allowanceOf } from '../storage/limit.ts'
import { authorOf } from './author.ts'
import { addressPrefix, checkRepoName, splitRepoId } from './names.ts'
import { beginRepository, firstFiles, keptOnDisk, type RepoMaking, type RepoStores, removeFromDisk } from './places.ts'
import { deleteRepoRows, insertRepo, lockRepoRow, type NewRepo, type Owner, takeRepoName } from './store.ts'
import { type Visibility, wantedPrivate } from './visibility.ts'

type Repos = typeof api.repos
type CreateInput = InputOf<Repos['createRepo']>

/** Creates a repository for the caller or in an organization, perhaps in one of its resource groups. */
export async function createRepo(
  db: Db,
  permit: Permit<'repo.create'>,
  input: CreateInput,
  services: RepoMaking,
): Promise<ResultOf<Repos['createRepo']>> {
  const { namespace, name } = splitRepoId('name', input.name)
  checkRepoName('name', name)
  if (namespace && input.organization && namespace.toLowerCase() !== input.organization.toLowerCase()) {
    throw badField('organization', 'must match the namespace in `name`')
  }
  const owner = ownerOf(permit)
  await requireGroups(db, permit, input)
  const group = permit.facts.group && { id: permit.facts.group.id, addedBy: permit.actor.name }
  const repo = {
    id: newId(),
    type: input.type,
    owner,
    name,
    private: isPrivate(permit, input),
    creatorId: permit.actor.id,
    group,
  }
  const fullName = `${owner.name}/${name}`
  const url = `${services.links.publicUrl}/${addressPrefix[repo.type]}${fullName}`
  const first = firstFiles(input)
  const enter = async (tx: Tx) => {
    const { facts } = await recheck(tx, permit)
    // Even an empty one takes some
    ;(await allowanceOf(tx, owner)).ask(1)
    await enterRepo(tx, facts, repo, url)
  }
  // Refused before there is a folder
  await transaction(db, enter, { dryRun: true })
  await keptOnDisk(db, services, repo.id, async () => {
    await beginRepository(services.git, repo.id, { author: authorOf(permit, services.links), files: first })
    await transaction(db, async (tx) => {
      await enter(tx)
      const resourceGroup = permit.facts.group && { id: permit.facts.group.id, name: permit.facts.group.name }
      const data = {
        repo: { id: repo.id, type: repo.type, name: fullName },
        private: repo.private,
        ...(resourceGroup && { resourceGroup }),
      }
      await record(tx, permit, {
        type: 'repo.create',
        message: `created the ${repo.type} ${fullName}`,
        data,
        ...scopeOf(owner),
      })
    })
  })
  await refreshMetadata(db, services.git, repo.id)
  return { url, name: fullName, id: repo.id }
}

/** Whose namespace a permit is about. */
export function ownerOf(permit: Permit<'repo.create'>): Owner {
  const { org, namespaceUser } = permit.facts
  if (org) return { kind: 'org', id: org.id, name: org.name }
  return { kind: 'user', id: namespaceUser?.id ?? permit.actor.id, name: namespaceUser?.name ?? permit.actor.name }
}

/** Where what happens to a repository is written: with its organization, or with the installation for a person's own. */
export function scopeOf(owner: Owner): { scope: string } {
  return { scope: owner.kind === 'org' ? owner.id : 'instance' }
}

/** Refuses a resource group that the caller may not see, or that stands in no organization. */
export async function requireGroups(
  db: Db,
  permit: Permit<'repo.create'>,
  input: Pick<CreateInput, 'resourceGroupId'>,
): Promise<void> {
  if (input.resourceGroupId === undefined || input.resourceGroupId === null) return
  if (permit.org === undefined) throw badField('resourceGroupId', 'can be set only for repositories of organizations')
  await authorize(db, permit, 'group.view', { org: permit.org.name, group: input.resourceGroupId })
}

/** Inserts a repository under its name; throws `409` with the address of the one that has the name. */
export async function enterRepo(tx: Tx, facts: Facts, repo: NewRepo, url: string): Promise<void> {
  const { id, type, owner, name } = repo
  await inTime(insertRepo(tx, repo))
  const taker = { userId: repo.creatorId, managesNamespace: managesNamespace(facts) }
  if (await takeRepoName(tx, { id, type, ownerId: owner.id, name }, taker)) return
  throw new HubError('Conflict', nameInUse(type, owner, name), { body: { url } })
}

/** The sentence for a name that is in use, or kept: which of the two is not told. */
export function nameInUse(type: RepoType, owner: Owner, name: string): string {
  // Clients know the sentence by its first words
  const inUse = `A ${type} repository called ${owner.name}/${name} already exists`
  if (owner.kind === 'user') return inUse
  return `${inUse}, or did in the last 90 days. Choose another name, or ask an admin of ${owner.name} to take it.`
}

// What was looked up for the decision can be gone by now.
async function inTime(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (refusedBy(error))
      throw new HubError('Forbidden', 'The owner or resource group of this repository has just been deleted.')
    throw error
  }
}

/** Whether a new repository is private: as asked, or as its organization begins them. */
export function isPrivate(permit: Permit<'repo.create'>, input: Visibility): boolean {
  const wanted = wantedPrivate(input)
  const rule = permit.org?.repoVisibility ?? 'public'
  if (rule === 'private_only' && wanted === false) {
    throw new HubError(
      'Forbidden',
      'private: New repositories of this organization are private. An admin can make the repository public afterwards.',
    )
  }
  return wanted ?? rule !== 'public'
}

/** Deletes a repository; its names stay kept for 90 days. */
export async function deleteRepo(
  db: Db,
  permit: Permit<'repo.delete'>,
  _input: InputOf<Repos['deleteRepo']>,
  stores: RepoStores,
): Promise<ResultOf<Repos['deleteRepo']>> {
  const done = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockRepoRow(tx, permit.repo.id)
    if (row === undefined || (await deleteRepoRows(tx, [row.id], permit.actor.id)) === 0) throw repoIsGone()
    const { type, namespace } = permit.repo
    const fullName = `${namespace}/${row.name}`
    const data = { repo: { id: row.id, type, name: fullName }, private: row.private }
    await record(tx, permit, {
      type: 'repo.delete',
      message: `deleted the ${type} ${fullName}`,
      data,
      scope: row.org_id ?? 'instance',
    })
    return { success: true }
  })
  await removeFromDisk(stores, permit.repo.id)
  return done
}

/** The refusal when the repository was deleted while the request was on its way. */
export function repoIsGone(): HubError {
  return new HubError('RepoNotFound', 'Repository not found')
}
