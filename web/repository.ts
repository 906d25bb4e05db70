import { createContext, useContext } from 'react'
import type { ReplyOf, RepoType } from '../api/index.ts'
import { files, type repos } from '../api/index.ts'
import { usePathName } from './address-state.ts'
import { usePathHere } from './go.ts'
import { useReply } from './hub.ts'

const prefixes: Record<string, RepoType> = { datasets: 'dataset', spaces: 'space' }

/** The branch that every repository begins with. */
export const mainBranch = 'main'

/** How the API calls a repository. */
export interface RepoParams {
  repoType: `${RepoType}s`
  namespace: string
  repo: string
}

/** A repository as the person who looks at it sees it. */
export interface Repository {
  type: RepoType
  /** `namespace/name`. */
  id: string
  namespace: string
  name: string
  params: RepoParams
  /** What the API tells of it. */
  row: ReplyOf<typeof files.getRepoInfo>
  /** Whether an action on it is allowed now. */
  may: (action: string) => boolean
}

/** Everything but the list of files, which may be long and has pages of its own. */
const told = (
  'author type private gated disabled createdAt lastModified downloads likes tags createdBy resourceGroup sha ' +
  'cardData pipeline_tag library_name sdk usedStorage may'
).split(' ')

/** Reads the repository that the address names; waits for it, and is refused where it is missing or private. */
export function useRepositoryOfAddress(): Repository {
  const [namespace, repo] = [usePathName('name'), usePathName('repo')]
  const type = prefixes[usePathHere().split('/')[1] ?? ''] ?? 'model'
  const params = { repoType: `${type}s` as const, namespace, repo }
  const row = useReply(files.getRepoInfo, { params, query: { expand: told } })
  return repositoryOf(type, `${namespace}/${repo}`, row)
}

function repositoryOf(type: RepoType, asked: string, row: Repository['row']): Repository {
  const id = row.id ?? asked
  const slash = id.indexOf('/')
  const [namespace, name] = [id.slice(0, slash), id.slice(slash + 1)]
  const may = new Set(row.may)
  return {
    type,
    id,
    namespace,
    name,
    params: { repoType: `${type}s`, namespace, repo: name },
    row,
    may: (action) => may.has(action),
  }
}

const settingsActions = [
  'repo.updateSettings',
  'repo.move',
  'repo.delete',
  'collaborator.set',
  'collaborator.remove',
  'access.whoCan',
]

/** Whether the viewer can see or change anything in the settings of a repository. */
export function mayOpenSettings({ may }: Repository): boolean {
  return settingsActions.some(may)
}

const Open = createContext<Repository | undefined>(undefined)

/** Around the pages of a repository: what {@link useRepository} gives them. */
export const RepositoryProvider = Open.Provider

/** The repository whose pages are open. */
export function useRepository(): Repository {
  const repository = useContext(Open)
  if (!repository) throw new Error('This is shown outside the pages of a repository.')
  return repository
}

/** The revision in the address, and the path below it. */
export function useRevision(): { rev: string; path: string } {
  return { rev: usePathName('rev') || mainBranch, path: usePathName('_splat').replace(/\/+$/, '') }
}

/** The repositories of a list; one that was asked for no single fields tells all of each. */
export function repositoriesOf(rows: ReplyOf<typeof repos.listRepos>): repos.Repository[] {
  return rows.filter((row): row is repos.Repository => row._id !== undefined && row.lastModified !== undefined)
}
