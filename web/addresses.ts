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

/** A settings page of an organization. */
export function orgSettingsAddress(org: string, section = 'members'): string {
  return `/organizations/${encodeURIComponent(org)}/settings/${section}`
}

/** The page of a resource group. */
export function groupAddress(org: string, group: string): string {
  return `${orgSettingsAddress(org, 'resource-groups')}/${encodeURIComponent(group)}`
}
