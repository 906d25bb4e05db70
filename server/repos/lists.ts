import type * as api from '../../api/index.ts'
import type { InputOf, RepoType, ResultOf } from '../../api/index.ts'
import { repoTypes } from '../../api/index.ts'
import type { AnyPermit, Permit } from '../access/authorize.ts'
import { readableBy } from '../access/readable.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Db } from '../store/database.ts'
import { listOwnedRows, listRepoRows, searchOrganizations, searchPeople, searchRepos } from './lists-store.ts'
import { repositoryReply } from './reply.ts'

type Repos = typeof api.repos
type StorageInput = InputOf<Repos['listMyRepositories']>
const mostFound = 8

/** Lists the repositories of one type that the caller may read, newest first. */
export async function listRepos(
  db: Db,
  permit: Permit<'repo.list'>,
  input: InputOf<Repos['listRepos']>,
): Promise<ResultOf<Repos['listRepos']>> {
  const rows = await listRepoRows(db, readableBy(permit), {
    type: input.repoType.slice(0, -1) as RepoType,
    author: input.author,
    search: input.search,
    group: input.group,
    visibility: input.visibility,
    before: input.cursor === undefined ? undefined : decodeCursor(input.cursor, 1)[0],
    most: input.limit + 1,
  })
  const page = pageOf(rows, input.limit, (row) => [row.id])
  return { items: page.items.map(repositoryReply), next: page.next }
}

/** Lists the caller's own repositories with the storage they use: none so far. */
export async function listMyRepositories(
  db: Db,
  permit: Permit<'repo.listOwn'>,
  input: StorageInput,
): Promise<ResultOf<Repos['listMyRepositories']>> {
  return storageRows(db, permit, { kind: 'user', id: permit.actor.id }, input)
}

/** Lists the repositories of an organization that the caller may read, the same way. */
export async function listOrgRepositories(
  db: Db,
  permit: Permit<'repo.listOrg'>,
  input: InputOf<Repos['listOrgRepositories']>,
): Promise<ResultOf<Repos['listOrgRepositories']>> {
  return storageRows(db, permit, { kind: 'org', id: permit.org.id }, input)
}

async function storageRows(
  db: Db,
  permit: AnyPermit,
  owner: { kind: 'user' | 'org'; id: string },
  input: StorageInput,
) {
  const type = repoTypes.find((known) => known === input.type)
  if (input.type !== undefined && type === undefined) return []
  const newestFirst = input.direction === 'desc'
  const rows = await listOwnedRows(db, readableBy(permit), {
    owner,
    search: input.search,
    type,
    newestFirst,
    most: input.limit,
  })
  return rows.map((row) => ({
    id: `${row.namespace}/${row.name}`,
    type: row.type,
    updatedAt: row.updated_at.toISOString(),
    visibility: row.private ? ('private' as const) : ('public' as const),
    storage: 0,
    storagePercent: 0,
  }))
}

/** Finds people, organizations, and repositories that the caller may read: at most eight of each. */
export async function quickSearch(
  db: Db,
  permit: Permit<'search.quick'>,
  input: InputOf<Repos['quickSearch']>,
): Promise<ResultOf<Repos['quickSearch']>> {
  const [people, organizations, repositories] = await Promise.all([
    searchPeople(db, input.q, mostFound),
    searchOrganizations(db, input.q, mostFound),
    searchRepos(db, readableBy(permit), input.q, mostFound),
  ])
  const shown = ({ name, fullname }: { name: string; fullname: string }) => ({
    name,
    fullname,
    avatarUrl: `${permit.hub.publicUrl}/api/avatars/${name}`,
  })
  return {
    people: people.map(shown),
    organizations: organizations.map(shown),
    repositories: repositories.map(({ type, namespace, name, private: isPrivate }) => ({
      type,
      id: `${namespace}/${name}`,
      private: isPrivate,
    })),
  }
}
