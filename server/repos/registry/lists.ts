import type * as api from '../../../api/index.ts'
import type { InputOf, RepoType, ResultOf } from '../../../api/index.ts'
import { repoTypes } from '../../../api/index.ts'
import { type Readable, readableBy } from '../../access/lists.ts'
import type { Permit } from '../../access/permit.ts'
import { badField } from '../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { type ListedRepo, listOwnedRows, listRepoRows } from './lists-store.ts'
import { searchOrganizations, searchPeople, searchRepos } from './search-store.ts'

type Repos = typeof api.repos
type StorageInput = InputOf<Repos['listMyRepositories']>
const mostFound = 8
// With the largest card that a list shows, a page is some 3 MB at most.
const mostWithCards = 200

/** One page of repositories, and what was asked to be shown of them. */
export interface ListedPage {
  rows: ListedRepo[]
  /** Where the page after a row begins. */
  cursorAfter(row: ListedRepo): string
  hasMore: boolean
}

/** Finds the repositories of one type that the caller may read, newest first. */
export async function findReposFor(
  db: Db,
  permit: Permit<'repo.list'>,
  input: InputOf<Repos['listRepos']>,
  { withCards }: { withCards: boolean },
): Promise<ListedPage> {
  const byChange = input.sort === 'lastModified' || input.sort === 'last_modified'
  const limit = withCards ? Math.min(input.limit, mostWithCards) : input.limit
  const task = input.pipeline_tag
  if (task !== undefined && input.repoType !== 'models') throw badField('pipeline_tag', 'filters models only')
  const query = {
    type: input.repoType.slice(0, -1) as RepoType,
    author: input.author,
    search: [input.search ?? []].flat(),
    tags: [input.filter ?? []].flat(),
    task,
    group: input.group,
    visibility: input.visibility,
    gated: input.gated,
    byChange,
    before: input.cursor === undefined ? undefined : rowBefore(input.cursor, byChange),
    withCards,
    most: limit + 1,
  }
  const rows = await listRepoRows(db, readableBy(permit), query)
  const cursorAfter = (row: ListedRepo) => encodeCursor(byChange ? [row.id, row.changed_at] : [row.id])
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit, cursorAfter }
}

function rowBefore(cursor: string, byChange: boolean): string[] {
  const keys = decodeCursor(cursor, byChange ? 2 : 1)
  if (byChange && !/^\d{1,16}$/.test(keys[1] ?? ''))
    throw badField('cursor', 'belongs to another list. Start again without it')
  return keys
}

/** Lists the caller's own repositories with the storage they use. */
export async function listMyRepositories(
  db: Db,
  permit: Permit<'repo.listOwn'>,
  input: StorageInput,
): Promise<ResultOf<Repos['listMyRepositories']>> {
  return storageRows(db, readableBy(permit), { kind: 'user', id: permit.actor.id }, input)
}

/** Lists the repositories of an organization that the caller may read, the same way. */
export async function listOrgRepositories(
  db: Db,
  permit: Permit<'repo.listOrg'>,
  input: InputOf<Repos['listOrgRepositories']>,
): Promise<ResultOf<Repos['listOrgRepositories']>> {
  const rows = await storageRows(db, readableBy(permit), { kind: 'org', id: permit.org.id }, input)
  return rows.map(({ gated: _, ...row }) => row)
}

async function storageRows(
  db: Db,
  readable: Readable,
  owner: { kind: 'user' | 'org'; id: string },
  input: StorageInput,
) {
  const type = repoTypes.find((known) => known === input.type)
  if (input.type !== undefined && type === undefined) return []
  const rows = await listOwnedRows(db, readable, {
    owner,
    search: input.search,
    type,
    sort: input.sort,
    descending: input.direction === 'desc',
    most: input.limit,
  })
  return rows.map((row) => ({
    id: `${row.namespace}/${row.name}`,
    type: row.type,
    updatedAt: row.updated_at.toISOString(),
    visibility: row.private ? ('private' as const) : ('public' as const),
    gated: row.gate ?? (false as const),
    storage: Number(row.storage),
    storagePercent: percentOf(Number(row.storage), Number(row.total)),
  }))
}

// To two decimals: enough to add up, and the same wherever it is shown.
function percentOf(part: number, total: number): number {
  return total === 0 ? 0 : Math.round((part / total) * 10_000) / 100
}

/** Finds people, organizations, and repositories that the caller may read: at most eight of each. */
export async function quickSearch(
  db: Db,
  permit: Permit<'search.quick'>,
  input: InputOf<Repos['quickSearch']>,
  links: Links,
): Promise<ResultOf<Repos['quickSearch']>> {
  const search = { words: input.q, most: mostFound }
  const [people, organizations, repositories] = await Promise.all([
    searchPeople(db, search),
    searchOrganizations(db, search),
    searchRepos(db, readableBy(permit), search),
  ])
  const shown = ({ name, fullname }: { name: string; fullname: string }) => ({
    name,
    fullname,
    avatarUrl: avatarUrl(links, name),
  })
  return {
    people: people.map(shown),
    organizations: organizations.map(shown),
    repositories: repositories.map(({ type, namespace, name, private: isPrivate, gate }) => ({
      type,
      id: `${namespace}/${name}`,
      private: isPrivate,
      gated: gate ?? (false as const),
    })),
  }
}
