import type { RegisteredRouter } from '@tanstack/react-router'
import type { RepoType } from '../api/index.ts'

type Routes = RegisteredRouter['routesByPath']
type Types<Path extends keyof Routes> = Routes[Path]['types']

// The page that a layout begins with has the same path with a slash behind it.
type PathOf<Key> = Key extends '/' ? '/' : Key extends `${infer Layout}/` ? Layout : Key

type Params<Given> = keyof Given extends never ? { params?: never } : { params: Given }
type Search<Told> = keyof Told extends never ? { search?: never } : { search?: Told | undefined }

type Pages = {
  [Key in keyof Routes as PathOf<Key>]: Params<Types<Key>['allParams']> & Search<Types<Key>['fullSearchSchema']>
}

/** The paths of the pages, as web/routes.tsx declares them. */
export type Path = keyof Pages

type NamesOf<Given> = Given extends unknown ? keyof Given : never

/** The names that stand in the paths. */
export type PathName = NamesOf<Types<keyof Routes>['allParams']>

declare const checked: unique symbol
type Checked = string & { [checked]: true }

/** A page with the names in its path and what it is told behind the `?`, made by {@link place}, which checks them. */
export interface Place {
  to: Checked
  params?: object
  search?: object
  hash?: string
}

/**
 * What a link to a page needs: its path, the names in the path, and what it reads behind the `?`. No string is an address:
 * a path that leads nowhere, a missing name, and a field that the page does not read are errors.
 */
export type PageOf<To extends Path | Checked> = { to: To } & (To extends Path ? Pages[To] : Omit<Place, 'to'>)

/** The same as a value that is handed on. */
export function place<const To extends Path>(page: PageOf<To>): Place {
  return page as unknown as Place
}

/** An address that the server gave, or that stands in an address or a document, as a page to lead to. */
export function givenPlace(address: string): Place {
  const { pathname, searchParams, hash } = new URL(address, location.origin)
  return { to: pathname, search: Object.fromEntries(searchParams), hash: hash.slice(1) } as unknown as Place
}

/** What a repository is called by when an address is made: its type and `namespace/name`. */
export interface RepoName {
  type: RepoType
  id: string
}

/** The page of a repository, or one of its pages that is about no revision. */
export function repoPage(repo: RepoName, page: '' | '/branches' | '/settings' | '/settings/access' = ''): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}${page}`, params })
}

/** The access requests of a gated repository, or another list than the pending ones. */
export function accessRequestsPage(repo: RepoName, list?: 'accepted' | 'rejected' | 'organizations'): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}/settings/access-requests`, params, search: { list } })
}

/** A folder at a revision, or where something new is put into it; without a path, the top folder. */
export function folderPage(repo: RepoName, page: 'tree' | 'new' | 'upload', rev: string, path = ''): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}/${page}/$rev/$`, params: { ...params, rev, _splat: path } })
}

/** Where a file of a name is written, in the top folder of a branch. */
export function newFilePage(repo: RepoName, rev: string, name: string): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}/new/$rev/$`, params: { ...params, rev, _splat: '' }, search: { name } })
}

/** A file at a revision, or where it is edited. */
export function filePage(repo: RepoName, page: 'blob' | 'edit', rev: string, path: string): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}/${page}/$rev/$`, params: { ...params, rev, _splat: path } })
}

/** A commit. */
export function commitPage(repo: RepoName, rev: string): Place {
  const { root, params } = rootOf(repo)
  return place({ to: `${root}/commit/$rev`, params: { ...params, rev } })
}

/** The commits of a revision, or those that changed one file or folder; the newest of them are page 0. */
export function historyPage(
  repo: RepoName,
  rev: string,
  { file, page = 0 }: { file?: string | undefined; page?: number } = {},
): Place {
  const { root, params } = rootOf(repo)
  return place({
    to: `${root}/commits/$rev`,
    params: { ...params, rev },
    search: { file, ...(page > 0 && { p: page }) },
  })
}

const roots = { model: '/$name/$repo', dataset: '/datasets/$name/$repo', space: '/spaces/$name/$repo' } as const

function rootOf({ type, id }: RepoName) {
  const slash = id.indexOf('/')
  return { root: roots[type], params: { name: id.slice(0, slash), repo: id.slice(slash + 1) } }
}
