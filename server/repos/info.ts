import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { allowedActions, type Permit } from '../access/authorize.ts'
import { policy, seesGroupOfRepo } from '../access/policy.ts'
import { resolveRevision } from '../git/revisions.ts'
import { listTree, type PointerEntry, pointersOf, type TreeEntry } from '../git/trees.ts'
import { badField } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { tagsOf, texts } from './card.ts'
import { findRepoInfo, type RepoInfoRow } from './info-store.ts'
import { cardOf } from './metadata.ts'
import { repositoryReply } from './reply.ts'
import { getRevision } from './revision.ts'
import { repoIsGone } from './rules.ts'

type Files = typeof api.files
type Viewing = Permit<'repo.view'>
type Reply = Partial<api.repos.Repository>
type Siblings = NonNullable<Reply['siblings']>

interface Asked {
  expand?: string | string[] | undefined
  blobs?: boolean | undefined
}

// From here on the clients list the tree instead.
const mostSiblings = 50_001
const entriesAtOnce = 1000

// What the clients may ask for; of what this hub does not know of a repository nothing is said.
const expandable = new Set(
  (
    'author cardData createdAt description disabled downloads downloadsAllTime gated lastModified likes private ' +
    'siblings sha tags resourceGroup usedStorage trendingScore xetEnabled citation paperswithcode_id mainSize ' +
    'baseModels childrenModelCount config evalResults gguf inference inferenceProviderMapping library_name ' +
    'mask_token model-index pipeline_tag safetensors spaces transformersInfo widgetData security_repo_status ' +
    'securityStatus datasets models runtime sdk subdomain createdBy may type modelId'
  ).split(' '),
)

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
  const wanted = wantedFields(input)
  const row = await findRepoInfo(db, permit.repo.id)
  if (row === undefined) throw repoIsGone()
  const parts = await Promise.all([cardPart(permit, wanted, commit), filesPart(permit, input, wanted, commit)])
  const whole: Reply = { ...rowPart(permit, row), sha: commit ?? null, ...parts[0], ...parts[1] }
  return wanted === undefined ? whole : onlyFields(whole, wanted)
}

function wantedFields({ expand }: Asked): Set<string> | undefined {
  if (expand === undefined) return undefined
  const wanted = [expand].flat()
  const unknown = wanted.find((field) => !expandable.has(field))
  if (unknown !== undefined) throw badField('expand', `there is no ${unknown.slice(0, 50)}`)
  return new Set(['_id', 'id', ...wanted])
}

function onlyFields(whole: Reply, wanted: Set<string>): Reply {
  return Object.fromEntries(Object.entries(whole).filter(([field]) => wanted.has(field)))
}

function rowPart(permit: Viewing, row: RepoInfoRow): Reply {
  const reply = repositoryReply({ ...row, sees_group: seesGroupOfRepo(permit.facts) || row.group_id === null })
  const modelId = reply.type === 'model' ? { modelId: reply.id } : {}
  return { ...reply, ...modelId, usedStorage: Number(row.used_storage), may: allowedHere(permit) }
}

// A grant may be given up by who holds it.
function allowedHere(permit: Viewing): string[] {
  if (permit.actor === undefined) return []
  const actions = ['repo.', 'collaborator.'].flatMap((family) => allowedActions(permit, family))
  const own = permit.repo.collaboratorRole === undefined ? [] : (['collaborator.remove'] as const)
  return [...new Set([...actions, ...own])].filter((action) => policy[action].on === 'repo')
}

const cardFields = ['cardData', 'tags', 'pipeline_tag', 'library_name', 'sdk'] as const

async function cardPart(permit: Viewing, wanted: Set<string> | undefined, commit: string | undefined): Promise<Reply> {
  if (commit === undefined || (wanted && !cardFields.some((field) => wanted.has(field)))) return {}
  const card = await cardOf(permit.hub, permit.repo.id, commit)
  const first = (field: string) => texts(card.data[field])[0]
  const fields = { pipeline_tag: first('pipeline_tag'), library_name: first('library_name'), sdk: first('sdk') }
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { tags: tagsOf(card), ...(card.found && { cardData: card.data }), ...Object.fromEntries(known) }
}

async function filesPart(
  permit: Viewing,
  { blobs }: Asked,
  wanted: Set<string> | undefined,
  commit: string | undefined,
): Promise<Reply> {
  if (wanted && !wanted.has('siblings')) return {}
  if (commit === undefined) return { siblings: [] }
  return { siblings: await siblingsOf(permit, commit, blobs ?? false) }
}

async function siblingsOf({ hub, repo }: Viewing, commit: string, blobs: boolean): Promise<Siblings> {
  const siblings: Siblings = []
  let after: string | undefined
  do {
    const cursor = after === undefined ? {} : { after }
    const query = { commit, path: '', recursive: true, limit: entriesAtOnce, sizes: blobs, ...cursor }
    const page = await listTree(hub.git, repo.id, query)
    const files = page?.entries.filter(({ type }) => type === 'file' || type === 'symlink') ?? []
    const pointers = blobs ? await pointersOf(hub.git, repo.id, files) : new Map<string, PointerEntry>()
    for (const file of files) siblings.push(siblingOf(file, blobs, pointers.get(file.oid)))
    after = page?.next
  } while (after !== undefined && siblings.length < mostSiblings)
  return siblings
}

function siblingOf(file: TreeEntry, blobs: boolean, pointer: PointerEntry | undefined): Siblings[number] {
  if (!blobs) return { rfilename: file.path }
  const { path, oid, size } = file
  if (pointer === undefined) return { rfilename: path, size, blobId: oid }
  const lfs = { sha256: pointer.oid, size: pointer.size, pointerSize: pointer.pointerSize }
  return { rfilename: path, size: pointer.size, blobId: oid, lfs }
}
