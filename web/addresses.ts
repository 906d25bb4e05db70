import type { RepoName } from './places.ts'

// Addresses that are no links of the pages: of bytes and of Git, which the server answers, and inside documents.

const prefixes = { model: '', dataset: '/datasets', space: '/spaces' } as const

/** The address of a repository, which Git clones as well. */
export function repoAddress({ type, id }: RepoName): string {
  return `${prefixes[type]}/${id.split('/').map(encodeURIComponent).join('/')}`
}

/** What is at a revision: `raw` and `resolve` are bytes; slashes of the revision are encoded. */
export function revisionAddress(
  repo: RepoName,
  kind: 'raw' | 'resolve' | 'tree' | 'blob',
  rev: string,
  path = '',
): string {
  const inside = path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`
  return `${repoAddress(repo)}/${kind}/${encodeURIComponent(rev)}${inside}`
}
