import type * as api from '../../api/index.ts'
import {
  actionOn,
  countOthers,
  type Explained,
  holdersOf,
  namesOfGroups,
  serviceTokensFor,
  unnamedFor,
} from '../access/explain.ts'
import type { Facts, RepoFacts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import type { Action } from '../access/policy.ts'
import type { Ground } from '../access/requirements.ts'
import { csvHeader, csvLine } from '../csv/lines.ts'
import { dayOf, now } from '../kernel/clock.ts'
import { badField } from '../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../kernel/page.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { viewRepo } from './explain.ts'
import { groundReply } from './words.ts'

type WhoCanPermit = Permit<'access.whoCan'>
type Holder = api.access.WhoCan['people'][number]

/** Lists the people who may do something with a repository, each with the grounds; counts who else may. */
export async function whoCan(
  db: Db,
  permit: WhoCanPermit,
  input: api.InputOf<typeof api.access.whoCan>,
  links: Links,
): Promise<api.access.WhoCan> {
  const { repo, action } = await asked(db, permit, input.action)
  const after = input.cursor === undefined ? '' : (decodeCursor(input.cursor, 1)[0] ?? '')
  const search = input.search === '' ? undefined : input.search
  const page = { repoId: repo.id, action, search, after, limit: input.limit }
  const isFirst = input.cursor === undefined
  const [{ holders, next }, unnamed, others, serviceTokens] = await Promise.all([
    holdersOf(db, page),
    unnamedFor(db, action, repo),
    countOthers(db, repo.id, isFirst),
    isFirst ? serviceTokensOf(db, action, repo.id) : null,
  ])
  const requires = actionOn(action)?.row.requires
  const isOpen = !repo.private && (requires === 'repoRead' || (requires === 'repoContent' && repo.gate === undefined))
  return {
    action,
    repository: { id: repo.id, type: repo.type, name: `${repo.namespace}/${repo.name}`, private: repo.private },
    anonymous: isOpen && actionOn(action)?.row.credential === 'read',
    ...others,
    serviceTokens,
    organizations: [...unnamed],
    people: await holderReplies(db, links, holders, unnamed),
    next: next === undefined ? null : encodeCursor([next]),
  }
}

async function asked(
  db: Db,
  permit: WhoCanPermit,
  text: string,
): Promise<{ repo: NonNullable<Facts['repo']>; action: Action }> {
  await viewRepo(db, permit)
  const { repo } = permit.facts
  const found = actionOn(text)
  if (found === undefined || found.row.on !== 'repo' || repo === undefined)
    throw badField('action', 'is not an action on a repository. See the permissions reference.')
  if (found.row.subject) throw badField('action', 'must be an action on a repository, not on a member.')
  return { repo, action: found.action }
}

type ServiceToken = NonNullable<api.access.WhoCan['serviceTokens']>[number]

async function serviceTokensOf(db: Db, action: Action, repoId: string): Promise<ServiceToken[]> {
  const tokens = await serviceTokensFor(db, action, repoId)
  const groupNames = await groupNamesOf(db, tokens[0])
  return tokens.map(({ id, name, last4, account, ...explained }) => ({
    id,
    name,
    last4,
    account,
    grounds: groundsOf(explained, groupNames, new Set()),
  }))
}

// All are asked about one repository.
async function groupNamesOf(db: Db, first: Explained | undefined): Promise<Map<string, string>> {
  const groupId = first?.facts.repo?.groupId
  return namesOfGroups(db, groupId ? [groupId] : [])
}

function groundsOf(
  { facts, decision }: Explained,
  groupNames: Map<string, string>,
  unnamed: ReadonlySet<string>,
): api.access.Ground[] {
  if (!decision.allowed) return []
  return decision.grounds.map((ground) => groundReply(withoutMembership(ground, unnamed), facts, groupNames))
}

// Who is listed for another reason is not told to be a member of an organization that says this to no one.
function withoutMembership({ organization, ...ground }: Ground, unnamed: ReadonlySet<string>): Ground {
  if (organization === undefined) return ground
  return unnamed.has(organization) ? { ...ground, id: null } : { ...ground, organization }
}

async function holderReplies(
  db: Db,
  links: Links,
  holders: readonly Explained[],
  unnamed: ReadonlySet<string>,
): Promise<Holder[]> {
  const groupNames = await groupNamesOf(db, holders[0])
  return holders.map((holder) => {
    const { actor, org } = holder.facts
    const { id = '', name = '', fullname = '' } = actor ?? {}
    const grounds = groundsOf(holder, groupNames, unnamed)
    return { _id: id, user: name, fullname, avatarUrl: avatarUrl(links, name), role: org?.role ?? null, grounds }
  })
}

const columns = ['username', 'fullname', 'action', 'kind', 'role', 'source', 'since', 'granted_by', 'until', 'why']
const exportPage = 200

/** The same as CSV, a line for each ground of each person, piece by piece. */
export async function exportWhoCan(
  db: Db,
  permit: WhoCanPermit,
  input: api.InputOf<typeof api.access.exportWhoCan>,
  links: Links,
): Promise<api.ResultOf<typeof api.access.exportWhoCan>> {
  const { repo, action } = await asked(db, permit, input.action)
  return {
    fileName: `${repo.namespace}-${repo.name}-${action}-${dayOf(now())}.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: linesOf(db, links, { repo, action }),
  }
}

async function* linesOf(
  db: Db,
  links: Links,
  { repo, action }: { repo: RepoFacts; action: Action },
): AsyncGenerator<string> {
  yield csvHeader(columns)
  const unnamed = await unnamedFor(db, action, repo)
  let after: string | undefined = ''
  while (after !== undefined) {
    const { holders, next }: Awaited<ReturnType<typeof holdersOf>> = await holdersOf(db, {
      repoId: repo.id,
      action,
      after,
      limit: exportPage,
    })
    const people = await holderReplies(db, links, holders, unnamed)
    yield people.flatMap((person) => person.grounds.map((ground) => csvLine(cellsOf(person, ground, action)))).join('')
    after = next
  }
  yield [...unnamed].map((name) => csvLine(unnamedCells(name, action))).join('')
  const tokens = await serviceTokensOf(db, action, repo.id)
  const named = tokens.map(({ account, name, grounds }) => ({ user: account, fullname: `${name} (token)`, grounds }))
  yield named.flatMap((token) => token.grounds.map((ground) => csvLine(cellsOf(token, ground, action)))).join('')
}

function unnamedCells(organization: string, action: string): string[] {
  return [organization, 'Members, who are not listed', action, 'gate', ...columns.slice(4).map(() => '')]
}

function cellsOf(
  { user, fullname }: Pick<Holder, 'user' | 'fullname'>,
  ground: api.access.Ground,
  action: string,
): string[] {
  const { kind, role, source, since, grantedBy, until, sentence } = ground
  return [user, fullname, action, kind, role ?? '', source ?? '', since ?? '', grantedBy ?? '', until ?? '', sentence]
}
