import type * as api from '../../api/index.ts'
import type { InputOf, RepoType, ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { seesGroupOfRepo } from '../access/requirements.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { type LockedRepo, lockRepo, lockReposByName, setGroupOfRepos } from './repositories-store.ts'
import { countGroupUsers, findGroup, findGroupByReference } from './store.ts'

type Groups = typeof api.groups

/** Shows the group of a repository: null for one in none, and for readers who are not in it. */
export async function getRepoGroup(
  db: Db,
  permit: Permit<'repo.viewGroup'>,
  _input: InputOf<Groups['getRepoGroup']>,
): Promise<ResultOf<Groups['getRepoGroup']>> {
  const { groupId } = permit.repo
  if (groupId === null || !seesGroupOfRepo(permit.facts)) return null
  const group = await findGroup(db, groupId)
  return group === undefined ? null : { id: group.id, name: group.name, numUsers: await countGroupUsers(db, groupId) }
}

/** Puts a repository into a group or takes it out. Moving it from another group is asked for with `move`. */
export async function setRepoGroup(
  db: Db,
  permit: Permit<'repo.setGroup'>,
  input: InputOf<Groups['setRepoGroup']>,
): Promise<ResultOf<Groups['setRepoGroup']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const repo = await lockRepo(tx, permit.repo.id)
    if (repo === undefined) throw new HubError('RepoNotFound', 'Repository not found')
    const group = input.resourceGroupId === null ? null : await groupOf(tx, permit, input.resourceGroupId)
    const { type, private: isPrivate } = repo
    const name = `${permit.repo.namespace}/${repo.name}`
    const addedBy = permit.actor.name
    const isThere = (group?.id ?? null) === repo.group_id
    if (isThere) return { name, type, private: isPrivate, addedBy: repo.group_added_by ?? addedBy }
    if (group !== null && input.move !== true) refuseElsewhere(repo, name, 'Send `"move": true` to move it')
    await stillThere(setGroupOfRepos(tx, [repo.id], group && { id: group.id, addedBy }))
    await recordGroupChange(tx, permit, { repo, name, group })
    return { name, type, private: isPrivate, addedBy }
  })
}

interface GroupChange {
  repo: LockedRepo
  name: string
  group: { id: string; name: string } | null
}

async function recordGroupChange(tx: Tx, author: Author, { repo, name, group }: GroupChange): Promise<void> {
  const before = repo.group_id === null ? null : { id: repo.group_id, name: repo.group_name }
  const where = group ? `added the ${repo.type} ${name} to` : `removed the ${repo.type} ${name} from`
  const message = `${where} the resource group ${group ? group.name : repo.group_name}`
  const data = {
    repo: { id: repo.id, type: repo.type, name },
    before: { resourceGroup: before },
    after: { resourceGroup: group },
  }
  await record(tx, author, { type: 'repo.update_resource_group', message, data })
}

async function groupOf(
  tx: Tx,
  permit: Permit<'repo.setGroup'>,
  reference: string,
): Promise<{ id: string; name: string }> {
  const asked = isId(reference) ? { id: reference.toLowerCase() } : { name: reference }
  const group = await findGroupByReference(tx, permit.org?.id ?? '', asked)
  if (group === undefined)
    throw new HubError('Forbidden', 'resourceGroupId: No resource group with this ID or name in this organization.')
  return group
}

function refuseElsewhere(repo: LockedRepo, fullName: string, advice: string): void {
  if (repo.group_id === null) return
  throw new HubError(
    'Conflict',
    `The ${repo.type} ${fullName} is already in the resource group ${repo.group_name}. ${advice}.`,
  )
}

interface WantedRepo {
  type: RepoType
  name: string
}

/** Puts repositories of the organization into a new group, in the transaction of the caller: all of them, or none. */
export async function addRepos(
  tx: Tx,
  by: Facts,
  group: { id: string; orgId: string },
  wanted: readonly WantedRepo[],
): Promise<WantedRepo[]> {
  if (wanted.length === 0) return []
  const orgName = by.org?.name ?? ''
  const asked = wanted.map(({ type, name }, index) => ({ type, lowerName: nameWithin(orgName, name, index) }))
  const repos = await lockReposByName(tx, group.orgId, asked)
  for (const [index, { type, lowerName }] of asked.entries()) {
    const repo = repos.find((found) => found.type === type && found.asked_name === lowerName)
    if (repo === undefined)
      throw badField(`repos[${index}]`, `the organization has no ${type} named “${wanted[index]?.name}”`)
    refuseElsewhere(repo, `${orgName}/${repo.name}`, 'Remove it from that group first')
  }
  await stillThere(
    setGroupOfRepos(
      tx,
      repos.map(({ id }) => id),
      { id: group.id, addedBy: by.actor?.name ?? 'system' },
    ),
  )
  return repos.map(({ type, name }) => ({ type, name: `${orgName}/${name}` }))
}

function nameWithin(orgName: string, name: string, index: number): string {
  const [first = '', second] = name.split('/', 2)
  if (second === undefined) return lowerName(first)
  if (lowerName(first) === lowerName(orgName)) return lowerName(second)
  throw new HubError('Forbidden', `repos[${index}]: ${name} does not belong to the organization.`)
}

async function stillThere(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (refusedBy(error)) throw new HubError('Forbidden', 'This resource group has just been deleted.')
    throw error
  }
}
