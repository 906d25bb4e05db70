import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { allowedActions } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { policy } from '../../access/policy.ts'
import { meets, seesGroupOfRepo } from '../../access/requirements.ts'
import type { GitHost } from '../../git/host.ts'
import { resolveRevision } from '../../git/objects/revisions.ts'
import type { Db } from '../../store/database.ts'
import { fieldsOf, tagsOf } from '../cards/card.ts'
import type { Card } from '../cards/card-head.ts'
import { onlyFields, repositoryReply } from '../registry/reply.ts'
import { getRevision } from '../registry/revision.ts'
import { repoIsGone } from '../registry/rules.ts'
import { findRepo } from '../registry/store.ts'
import { cardAt, siblingsAt } from './commit-contents.ts'

type Files = typeof api.files
type Viewing = Permit<'repo.view'>
type Reply = Partial<api.repos.Repository>

interface Asked {
  expand?: string | string[] | undefined
  blobs?: boolean | undefined
}

const ofCard = ['cardData', 'tags', 'pipeline_tag', 'library_name', 'sdk']

/** Shows a repository as of its main branch. */
export async function getRepoInfo(
  db: Db,
  permit: Viewing,
  input: InputOf<Files['getRepoInfo']>,
  git: GitHost,
): Promise<ResultOf<Files['getRepoInfo']>> {
  const head = await resolveRevision(git, permit.repo.id, 'refs/heads/main')
  return infoAt(db, permit, input, { git, commit: head })
}

/** Shows a repository as of a revision. */
export async function getRevisionInfo(
  db: Db,
  permit: Viewing,
  input: InputOf<Files['getRevision']>,
  git: GitHost,
): Promise<ResultOf<Files['getRevision']>> {
  return infoAt(db, permit, input, { git, commit: await getRevision(git, permit.repo.id, input.rev) })
}

async function infoAt(
  db: Db,
  permit: Viewing,
  input: Asked,
  { git, commit }: { git: GitHost; commit: string | undefined },
): Promise<Reply> {
  const wanted = input.expand === undefined ? undefined : [input.expand].flat()
  const wants = (fields: readonly string[]) => wanted === undefined || fields.some((field) => wanted.includes(field))
  const row = await findRepo(db, permit.repo.id)
  if (row === undefined) throw repoIsGone()
  const sees_group = seesGroupOfRepo(permit.facts) || row.group_id === null
  const may = allowedHere(permit)
  const at = commit === undefined ? undefined : { git, repoId: row.id, commit }
  const [card, siblings] = await Promise.all([
    at && wants(ofCard) ? cardAt(at) : undefined,
    wants(['siblings']) ? ((at && siblingsAt(at, seesBlobs(permit, input))) ?? []) : undefined,
  ])
  // What the row keeps of the card is of main; a revision has its own.
  const shown = { ...row, sees_group, head: commit ?? null, ...ofCardAt(card) }
  const whole = { ...repositoryReply(shown), may, ...(siblings && { siblings }) }
  return wanted === undefined ? whole : onlyFields(whole, wanted)
}

// Names of files are metadata; what their content is like is for those who get it.
function seesBlobs({ facts }: Viewing, { blobs }: Asked): boolean {
  return blobs === true && meets('repoContent', facts)
}

function ofCardAt(card: Card | undefined) {
  const { library_name = null, pipeline_tag = null, sdk = null } = card ? fieldsOf(card) : {}
  return { library_name, pipeline_tag, sdk, card: card?.data ?? {}, tags: card ? tagsOf(card) : [] }
}

// The pages show a way to what is in this list. A grant may be given up by who holds it.
function allowedHere(permit: Permit<'repo.view'>): string[] {
  if (permit.actor === undefined) return []
  const families = ['repo.', 'collaborator.', ...(permit.repo.gate === undefined ? [] : ['gate.'])]
  const actions = families.flatMap((family) => allowedActions(permit.facts, family))
  // About the organization in the policy, but asked of one repository: group admins may for theirs.
  const access = allowedActions(permit.facts, 'access.whoCan')
  const own = permit.repo.collaborator === undefined ? [] : (['collaborator.remove'] as const)
  return [...new Set([...actions.filter((action) => policy[action].on === 'repo'), ...own, ...access])]
}
