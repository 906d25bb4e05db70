import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { allowedActions } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { policy } from '../access/policy.ts'
import { seesGroupOfRepo } from '../access/requirements.ts'
import { resolveRevision } from '../git/revisions.ts'
import { listTree, type PointerEntry, pointersOf, type TreeEntry } from '../git/trees.ts'
import type { Db } from '../store/database.ts'
import { callerOf } from './caller.ts'
import { tagsOf } from './card.ts'
import { cardOf } from './metadata.ts'
import { onlyFields, repositoryReply } from './reply.ts'
import { getRevision } from './revision.ts'
import { repoIsGone } from './rules.ts'
import { findRepo } from './store.ts'

type Files = typeof api.files
type Viewing = Permit<'repo.view'>
type Reply = Partial<api.repos.Repository>
type Siblings = NonNullable<Reply['siblings']>

interface Asked {
  expand?: string | string[] | undefined
  blobs?: boolean | undefined
}

const ofCard = ['cardData', 'tags', 'pipeline_tag', 'library_name', 'sdk']
// From here on the clients list the tree instead.
const mostSiblings = 50_001
const entriesAtOnce = 1000
// The same folder again and again in itself makes a tree without end, and without files.
const longestMs = 5000

/** Shows a repository as of its main branch. */
export async function getRepoInfo(
  db: Db,
  permit: Viewing,
  input: InputOf<Files['getRepoInfo']>,
): Promise<ResultOf<Files['getRepoInfo']>> {
  const head = await resolveRevision(permit.hub.git, permit.repo.id, 'refs/heads/main')
  return infoAt(db, permit, input, head)
}

/** Shows a repository as of a revision. */
export async function getRevisionInfo(
  db: Db,
  permit: Viewing,
  input: InputOf<Files['getRevision']>,
): Promise<ResultOf<Files['getRevision']>> {
  return infoAt(db, permit, input, await getRevision(permit, input.rev))
}

async function infoAt(db: Db, permit: Viewing, input: Asked, commit: string | undefined): Promise<Reply> {
  const wanted = input.expand === undefined ? undefined : [input.expand].flat()
  const wants = (fields: readonly string[]) => wanted === undefined || fields.some((field) => wanted.includes(field))
  const row = await findRepo(db, permit.repo.id)
  if (row === undefined) throw repoIsGone()
  const sees_group = seesGroupOfRepo(permit.facts) || row.group_id === null
  const may = allowedHere(permit)
  const [card, siblings] = await Promise.all([
    commit !== undefined && wants(ofCard) ? cardOf(permit.hub, permit.repo.id, commit, callerOf(permit)) : undefined,
    wants(['siblings']) ? siblingsOf(permit, commit, input.blobs ?? false) : undefined,
  ])
  // What the row keeps of the card is of main; a revision has its own.
  const shown = { ...row, sees_group, head: commit ?? null, card: card?.data ?? {}, tags: card ? tagsOf(card) : [] }
  const whole = { ...repositoryReply(shown), may, ...(siblings && { siblings }) }
  return wanted === undefined ? whole : onlyFields(whole, wanted)
}

async function siblingsOf({ hub, repo }: Viewing, commit: string | undefined, blobs: boolean): Promise<Siblings> {
  const siblings: Siblings = []
  if (commit === undefined) return siblings
  let after: string | undefined
  const began = performance.now()
  do {
    const cursor = after === undefined ? {} : { after }
    const query = { commit, path: '', recursive: true, limit: entriesAtOnce, sizes: blobs, ...cursor }
    const page = await listTree(hub.git, repo.id, query)
    const files = page?.entries.filter(({ type }) => type === 'file' || type === 'symlink') ?? []
    const pointers = blobs ? await pointersOf(hub.git, repo.id, files) : new Map<string, PointerEntry>()
    for (const file of files) siblings.push(siblingOf(file, blobs, pointers.get(file.oid)))
    after = page?.next
  } while (after !== undefined && siblings.length < mostSiblings && performance.now() - began < longestMs)
  return siblings
}

function siblingOf(file: TreeEntry, blobs: boolean, pointer: PointerEntry | undefined): Siblings[number] {
  if (!blobs) return { rfilename: file.path }
  const { path, oid, size } = file
  if (pointer === undefined) return { rfilename: path, size, blobId: oid }
  const lfs = { sha256: pointer.oid, size: pointer.size, pointerSize: pointer.pointerSize }
  return { rfilename: path, size: pointer.size, blobId: oid, lfs }
}

// The pages show a way to what is in this list. A grant may be given up by who holds it.
function allowedHere(permit: Permit<'repo.view'>): string[] {
  if (permit.actor === undefined) return []
  const actions = ['repo.', 'collaborator.'].flatMap((family) => allowedActions(permit, family))
  const own = permit.repo.collaborator === undefined ? [] : (['collaborator.remove'] as const)
  return [...new Set([...actions, ...own])].filter((action) => policy[action].on === 'repo')
}
