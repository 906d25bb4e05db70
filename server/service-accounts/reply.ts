import type { serviceAccounts } from '../../api/index.ts'
import type { Links } from '../mail/links.ts'
import { authorNamed } from '../repos/registry/author.ts'
import type { AccountRow, TokenRow } from './store.ts'

type RepoPermission = serviceAccounts.ServiceAccountDetails['tokens'][number]['repositoryPermissions'][number]

/** A service account as the published API has it. */
export function accountReply({ id, username, name, description, created_at }: AccountRow, links: Links) {
  return {
    _id: id,
    user: username,
    name,
    email: authorNamed(links, username).email,
    ...(description !== '' && { description }),
    createdAt: created_at.toISOString(),
  }
}

/** A token of a service account as the published API has it. */
export function tokenReply(row: TokenRow) {
  return {
    _id: row.id,
    displayName: row.name,
    createdAt: row.created_at.toISOString(),
    permissions: row.permissions,
    repoIds: row.repositories.map(({ id }) => id),
    repoPermissions: row.repository_permissions as RepoPermission[],
    endpointPatterns: [],
    skipNetworkSecurity: row.skips_network,
  }
}

/** A service account with its owner, and what its tokens reach. */
export function detailsReply(row: AccountRow, tokens: readonly TokenRow[]): serviceAccounts.ServiceAccountDetails {
  const { id, username, name, description, created_at, owner } = row
  return {
    ...{ id, user: username, name, description, owner },
    createdAt: created_at.toISOString(),
    tokens: tokens
      .filter(({ account_id }) => account_id === id)
      .map((token) => ({
        ...{ id: token.id, name: token.name, last4: token.last4 },
        createdAt: token.created_at.toISOString(),
        lastUsedAt: token.last_used_at?.toISOString() ?? null,
        permissions: token.permissions,
        repositories: token.repositories,
        repositoryPermissions: token.repository_permissions as RepoPermission[],
        skipsNetworkSecurity: token.skips_network,
      })),
  }
}
