import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import type { Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { managesNamespace } from '../access/requirements.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { refuseDuringProbation } from '../members/membership/probation.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { deleteGrant, deleteGrantsUnderRejoinBlock } from './collaborators/collaborators-store.ts'
import { deleteRequestsAfterMove } from './gates/moving-store.ts'
import { checkRepoName, splitRepoId } from './registry/names.ts'
import { nameInUse, ownerOf, repoIsGone, scopeOf } from './registry/rules.ts'
import { lockRepoRow, moveRepoRow, type NameTaker, type Owner, retireRepoName, takeRepoName } from './registry/store.ts'
import { refuseAboveLimit } from './storage/limit.ts'

type Move = typeof api.repos.moveRepo
type LockedRepo = NonNullable<Awaited<ReturnType<typeof lockRepoRow>>>

/**
 * Renames a repository, or moves it to another namespace where the caller may create one; out of an organization only its
 * admins move it. The old name redirects for 90 days. A repository that changes hands leaves its resource group.
 */
export async function moveRepo(db: Db, permit: Permit<'repo.move'>, input: InputOf<Move>): Promise<ResultOf<Move>> {
  const { namespace, name } = splitRepoId('toRepo', input.toRepo)
  checkRepoName('toRepo', name)
  if (namespace === undefined) throw badField('toRepo', 'must be `namespace/name`')
  await refuseDuringProbation(db, permit.facts, 'move repositories')
  const there = await creatingIn(db, permit, namespace)
  const to = there === undefined ? ownPlace(permit) : ownerOf(there)
  if (to.id !== permit.repo.ownerId) refuseLeaving(permit.facts)
  return transaction(db, async (tx) => {
    const factsThere = there === undefined ? undefined : (await recheck(tx, there)).facts
    const { facts } = await recheck(tx, permit)
    const taker = { userId: permit.actor.id, managesNamespace: managesNamespace(factsThere ?? facts) }
    const repo = await getRepo(tx, permit)
    const isLeaving = to.id !== (repo.org_id ?? repo.user_id)
    if (isLeaving) refuseLeaving(facts)
    const leavesGroup = isLeaving && repo.group_id !== null
    if (!isLeaving && name === repo.name) return { success: true }
    await rename(tx, repo, { owner: to, name }, taker)
    await moveRepoRow(tx, repo.id, { owner: to, name, leavesGroup })
    if (isLeaving) await refuseAboveLimit(tx, to)
    await endGrants(tx, repo.id, to)
    const [before, after] = [`${permit.repo.namespace}/${repo.name}`, `${to.name}/${name}`]
    const data = {
      repo: { id: repo.id, type: repo.type },
      before: { name: before },
      after: { name: after },
      leftResourceGroup: leavesGroup,
    }
    const scope = repo.org_id ?? scopeOf(to).scope
    await record(tx, permit, {
      type: 'repo.move',
      message: `moved the ${repo.type} ${before} to ${after}`,
      data,
      scope,
    })
    return { success: true }
  })
}

async function getRepo(tx: Tx, permit: Permit<'repo.move'>): Promise<LockedRepo> {
  const repo = await lockRepoRow(tx, permit.repo.id)
  if (repo === undefined) throw repoIsGone()
  return repo
}

// Grants go along with the repository; who owns it now needs none.
async function endGrants(tx: Tx, repoId: string, to: Owner): Promise<void> {
  await deleteRequestsAfterMove(tx, repoId, to)
  if (to.kind === 'user') await deleteGrant(tx, { repoId, userId: to.id })
  else await deleteGrantsUnderRejoinBlock(tx, repoId, to.id, now())
}

// Elsewhere the rules of the organization, such as who makes a repository public, no longer hold
function refuseLeaving(facts: Facts): void {
  if (managesNamespace(facts)) return
  throw new HubError('Forbidden', 'Only admins of the organization can move a repository out of it.')
}

// Within its namespace the right to rename is enough; elsewhere one must be allowed to create.
async function creatingIn(
  db: Db,
  permit: Permit<'repo.move'>,
  namespace: string,
): Promise<Permit<'repo.create'> | undefined> {
  const { repo } = permit
  const stays = namespace.toLowerCase() === repo.namespace.toLowerCase()
  if (stays) return undefined
  const there = await authorize(db, permit, 'repo.create', { namespace })
  if (there.org?.repoVisibility === 'private_only' && !repo.private) {
    throw new HubError(
      'Forbidden',
      'toRepo: Repositories of that organization must be private. Make this repository private first.',
    )
  }
  return there
}

function ownPlace({ repo, org }: Permit<'repo.move'>): Owner {
  return { kind: org ? 'org' : 'user', id: repo.ownerId, name: repo.namespace }
}

async function rename(tx: Tx, repo: LockedRepo, to: { owner: Owner; name: string }, taker: NameTaker): Promise<void> {
  const { owner, name } = to
  await retireRepoName(tx, repo.id, taker.userId)
  const isFree = await takeRepoName(tx, { id: repo.id, type: repo.type, ownerId: owner.id, name }, taker)
  if (!isFree) throw new HubError('Conflict', nameInUse(repo.type, owner, name))
}
