import type { RepoType, serviceAccounts, TokenPermission } from '../../../../api/index.ts'
import { summaryOf } from '../../account/tokens/scope.ts'

export type Account = serviceAccounts.ServiceAccountDetails
export type Token = Account['tokens'][number]

/** What a token of a service account can reach, as its form holds it. */
export interface Reach extends Record<string, unknown> {
  permissions: TokenPermission[]
  repositories: { type: RepoType; name: string }[]
  repoPermissions: Token['repositoryPermissions']
  skipNetworkSecurity: boolean
}

/** What a token can reach, as its form begins. */
export function reachOf({ permissions, repositories, repositoryPermissions, skipsNetworkSecurity }: Token): Reach {
  return {
    permissions,
    repositories: repositories.map(({ type, name }) => ({ type, name })),
    repoPermissions: repositoryPermissions.length > 0 ? repositoryPermissions : ['repo.content.read'],
    skipNetworkSecurity: skipsNetworkSecurity,
  }
}

/** A token that reaches nothing yet. */
export const nothing: Reach = {
  permissions: [],
  repositories: [],
  repoPermissions: ['repo.content.read'],
  skipNetworkSecurity: false,
}

/** The same for the request: permissions on repositories need repositories. */
export function bodyOf({ permissions, repositories, repoPermissions, skipNetworkSecurity }: Reach) {
  return {
    ...{ permissions, repositories, skipNetworkSecurity },
    repoPermissions: repositories.length > 0 ? repoPermissions : [],
  }
}

/** One sentence on what a token can do. */
export function wordsOf(org: string, { permissions, repositories, repoPermissions }: Reach): string {
  const whole = permissions.length > 0 ? [{ type: 'org' as const, name: org, permissions }] : []
  const single = repositories.map(({ type, name }) => ({ type, name, permissions: repoPermissions }))
  // Members are for people to manage
  return summaryOf([...whole, ...single], { ending: '' }).replace('manage members and settings', 'manage settings')
}
