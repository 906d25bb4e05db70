import type { Withheld } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { within } from './bounds.ts'
import { type Decision, decide } from './decide.ts'
import { type AccessTarget, type Credential, type Facts, loadFacts, loadFactsOfMany, type RepoFacts } from './facts.ts'
import * as store from './holders-store.ts'
import { type Action, type PolicyRow, policy } from './policy.ts'
import type { Requirement } from './requirements.ts'

/** What the decision says, and from which facts. */
export interface Explained {
  facts: Facts
  decision: Decision
}

/** Decides as if the person or token came themselves, and keeps what the answer follows from. */
export async function explain(
  db: Db,
  credential: Credential,
  action: Action,
  target: AccessTarget,
): Promise<Explained> {
  const facts = await loadFacts(db, credential, target, { detail: true })
  return { facts, decision: decide(action, facts) }
}

/** Whether a text names an action, and one that is about a repository, a group, or an organization. */
export function actionOn(text: string): { action: Action; row: PolicyRow } | undefined {
  if (!Object.hasOwn(policy, text)) return undefined
  const action = text as Action
  return { action, row: policy[action] }
}

const batchSize = 200
/** How many accounts one page looks at, at most: what is left comes with the next page. */
const mostBatches = 25

/** Which part of those who may do something is asked for. */
export interface HolderPage {
  repoId: string
  action: Action
  /** Part of the username or full name. */
  search?: string | undefined
  /** The account ID after which the page begins. */
  after: string
  limit: number
}

/**
 * Who may do the action on the repository, in the order of account IDs, after one of them; `next` where there may be more.
 * Members of the organizations of `unnamedFor` are not among them for that alone.
 */
export async function holdersOf(
  db: Db,
  { repoId, action, search, after, limit }: HolderPage,
): Promise<{ holders: Explained[]; next: string | undefined }> {
  const changes = !opensToReaders(action)
  const holders: Explained[] = []
  let last = after
  for (let batch = 0; batch < mostBatches; batch++) {
    const size = Math.min(batchSize, limit + 1)
    const ids = await store.findHolders(db, { repoId, changes, search, after: last, limit: size, at: now() })
    for (const explained of await decideFor(db, ids, action, { repoId })) {
      if (holders.length === limit) return { holders, next: holders.at(-1)?.facts.actor?.id }
      if (explained.decision.allowed) holders.push(explained)
    }
    if (ids.length < size) return { holders, next: undefined }
    last = ids.at(-1) ?? last
  }
  return { holders, next: last }
}

/** The organizations whose members may do the action through the gate of the repository, and are not for others to know. */
export async function unnamedFor(db: Db, action: Action, { id, gate }: RepoFacts): Promise<ReadonlySet<string>> {
  const requires: Requirement = policy[action].requires
  if (gate === undefined || requires !== 'repoContent') return new Set()
  return new Set(await store.findUnnamedOrganizations(db, { repoId: id, at: now() }))
}

/** Whether an action is for everyone who can see the repository, unless a gate keeps them out. */
function opensToReaders(action: Action): boolean {
  const requires: Requirement = policy[action].requires
  return requires === 'repoRead' || requires === 'repoReader' || requires === 'repoContent'
}

async function decideFor(db: Db, ids: readonly string[], action: Action, target: AccessTarget): Promise<Explained[]> {
  if (ids.length === 0) return []
  const all = await loadFactsOfMany(db, ids, target)
  return all
    .map((facts) => ({ facts, decision: decide(action, facts) }))
    .sort((one, other) => ((one.facts.actor?.id ?? '') < (other.facts.actor?.id ?? '') ? -1 : 1))
}

/** The facts of a person towards each repository of an organization that they can reach, after one of them, in order of IDs. */
export async function reachOf(db: Db, asked: store.Reach): Promise<Facts[]> {
  const { userId } = asked
  const ids = await store.findReachable(db, asked, now())
  if (ids.length === 0) return []
  const facts = await loadFactsOfMany(db, [userId], { repoIds: ids })
  return facts.sort((one, other) => ((one.repo?.id ?? '') < (other.repo?.id ?? '') ? -1 : 1))
}

/** Every reason why what the person has does not count for the action. */
export function withheldFrom(facts: Facts, action: Action): Withheld[] {
  const { isOutOfScope } = within(policy[action], facts)
  return [...(facts.org?.standing?.withheld ?? []), ...(isOutOfScope ? ['token_scope' as const] : [])]
}

/** Counting on would keep the first page of a large organization waiting. */
const mostTokensCounted = 10_000

/** Counts who else comes to a repository: personal tokens of its people, and the site admins of the instance. */
export async function countOthers(
  db: Db,
  repoId: string,
  withTokens: boolean,
): Promise<{ siteAdmins: number; tokens: number | null }> {
  const [siteAdmins, tokens] = await Promise.all([
    store.countSiteAdmins(db),
    withTokens ? store.countTokens(db, { repoId, most: mostTokensCounted, at: now() }) : null,
  ])
  return { siteAdmins, tokens }
}

// Each is decided for itself.
const mostServiceTokens = 200

/** The tokens of the organization's own accounts that may do the action, each with its grounds. */
export async function serviceTokensFor(
  db: Db,
  action: Action,
  repoId: string,
): Promise<(store.ServiceToken & Explained)[]> {
  const tokens = await store.findServiceTokens(db, { repoId, most: mostServiceTokens, at: now() })
  const able: (store.ServiceToken & Explained)[] = []
  for (const token of tokens) {
    const explained = await explain(db, { kind: 'tokenId', id: token.id }, action, { repoId })
    if (explained.decision.allowed) able.push({ ...token, ...explained })
  }
  return able
}

/** The names of resource groups, by ID. */
export async function namesOfGroups(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  return ids.length === 0 ? new Map() : store.findGroupNames(db, [...new Set(ids)])
}
