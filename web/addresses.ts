import type { RepoType } from '../api/index.ts'

const prefixes: Record<RepoType, string> = { model: '', dataset: '/datasets', space: '/spaces' }

/** The page of a person or an organization. */
export function namespaceAddress(name: string): string {
  return `/${encodeURIComponent(name)}`
}

/** The page of a repository, given as `namespace/name`. */
export function repoAddress(type: RepoType, id: string): string {
  return `${prefixes[type]}/${id.split('/').map(encodeURIComponent).join('/')}`
}

/** What a repository is called by when an address is made: its type and `namespace/name`. */
export interface RepoName {
  type: RepoType
  id: string
}

/** A page of a repository that is about no revision. */
export function repoPartAddress(repo: RepoName, part: 'branches' | 'settings' | 'settings/access'): string {
  return `${repoAddress(repo.type, repo.id)}/${part}`
}

/** What can be done with a revision, a folder or a file; `raw` and `resolve` are its bytes, the others are pages. */
export type RevisionPage = 'tree' | 'blob' | 'edit' | 'new' | 'upload' | 'commits' | 'commit' | 'raw' | 'resolve'

/** A revision of a repository, and in it a folder or a file: `…/blob/main/data/train.csv`; slashes of the revision are encoded. */
export function revisionAddress(repo: RepoName, page: RevisionPage, rev: string, path = ''): string {
  const inside = path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`
  return `${repoAddress(repo.type, repo.id)}/${page}/${encodeURIComponent(rev)}${inside}`
}

/** A settings page of an organization. */
export function orgSettingsAddress(org: string, section = 'members'): string {
  return `/organizations/${encodeURIComponent(org)}/settings/${section}`
}

/** The page of a resource group. */
export function groupAddress(org: string, group: string): string {
  return `${orgSettingsAddress(org, 'resource-groups')}/${encodeURIComponent(group)}`
}

/** Where someone is offboarded. */
export function offboardAddress(org: string, user: string): string {
  return `${orgSettingsAddress(org)}/${encodeURIComponent(user)}/offboard`
}

/** The page that previews the undo of a bulk change. */
export function undoAddress(org: string, id: string): string {
  return `${orgSettingsAddress(org)}/import?undo=${id}`
}

/** The page of an offboarding report. */
export function offboardingAddress(org: string, id: string): string {
  return `${orgSettingsAddress(org)}/offboardings/${id}`
}

/** The page of a recovery request. */
export function recoveryRequestAddress(org: string, id: string): string {
  return `/organizations/${encodeURIComponent(org)}/recovery/${id}`
}
