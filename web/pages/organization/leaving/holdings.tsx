import type { ReactNode } from 'react'
import { type leaving, type MemberSource, type OrgRole, orgRoles, repoTypes } from '../../../../api/index.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { repoPage } from '../../../places.ts'
import { counted, memberSourceWords } from '../../../words.ts'

/** One item that a person has. */
export interface Holding {
  key: string
  name: ReactNode
  beside?: ReactNode
}

/** The items of one type. */
export interface Category {
  key: keyof leaving.Holdings
  /** `3 access tokens`. */
  title: string
  /** What happens to them, where that is not plain. */
  about?: string
  things: Holding[]
}

/** What a person has of an organization, by type; in the same order on the page and in the report. */
export function categoriesOf(org: string, has: leaving.Holdings): Category[] {
  return [...inside(org, has), ...keysAndLocks(has), ...letters(has), ...place(org, has)]
}

// What goes on in someone else's name when invitations are reassigned.
const reassignable: ReadonlySet<Category['key']> = new Set(['invitationsSent', 'inviteLinks'])

/** What is removed; invitations and links that are reassigned still work. */
export function endingOf(categories: Category[], invitations: 'revoke' | 'reassign'): Category[] {
  return invitations === 'revoke' ? categories : categories.filter(({ key }) => !reassignable.has(key))
}

/** How many items there are in all. */
export function countThings(categories: Category[]): number {
  return categories.reduce((sum, { things }) => sum + things.length, 0)
}

function inside(
  org: string,
  { membership, groupRoles, collaboratorGrants, gatedAccess, gatedRequests }: leaving.Holdings,
): Category[] {
  return [
    {
      key: 'membership',
      title: 'Membership',
      things: membership === null ? [] : [{ key: 'membership', ...membershipWords(membership) }],
    },
    {
      key: 'groupRoles',
      title: counted(groupRoles.length, 'role in a resource group', 'roles in resource groups'),
      things: groupRoles.map(({ id, name, role }) => ({
        key: id,
        name: (
          <LinkTo to="/organizations/$org/settings/resource-groups/$group" params={{ org, group: name }}>
            {name}
          </LinkTo>
        ),
        beside: <RoleBadge role={role} />,
      })),
    },
    {
      key: 'collaboratorGrants',
      title: counted(
        collaboratorGrants.length,
        'repository with collaborator access',
        'repositories with collaborator access',
      ),
      things: collaboratorGrants.map(({ repository, type, role }) => ({
        key: `${type} ${repository}`,
        name: <RepoLink repository={repository} type={type} />,
        beside: <Role role={role} />,
      })),
    },
    {
      key: 'gatedAccess',
      title: counted(gatedAccess.length, 'gated repository with access', 'gated repositories with access'),
      things: gatedAccess.map(gatedThing),
    },
    {
      key: 'gatedRequests',
      title: counted(gatedRequests.length, 'pending access request', 'pending access requests'),
      things: gatedRequests.map(gatedThing),
    },
  ]
}

function gatedThing({ repository, type }: leaving.Holdings['gatedAccess'][number]): Category['things'][number] {
  return { key: `${type} ${repository}`, name: <RepoLink repository={repository} type={type} /> }
}

function keysAndLocks({ tokens, fileLocks, serviceAccounts, ssoIdentities }: leaving.Holdings): Category[] {
  return [
    {
      key: 'tokens',
      title: counted(
        tokens.length,
        'access token with access to the organization',
        'access tokens with access to the organization',
      ),
      about:
        tokens.length === 1
          ? 'It loses access here, but works elsewhere.'
          : 'They lose access here, but work elsewhere.',
      things: tokens.map(({ id, name, last4, role, lastUsedAt }) => ({
        key: id,
        name: (
          <>
            {name} <span className="mono">…{last4}</span>
          </>
        ),
        beside: (
          <>
            {role === 'fineGrained' ? 'fine-grained' : role} ·{' '}
            {lastUsedAt ? (
              <>
                last used <When time={lastUsedAt} />
              </>
            ) : (
              'never used'
            )}
          </>
        ),
      })),
    },
    {
      key: 'fileLocks',
      title: counted(fileLocks.length, 'locked file', 'locked files'),
      about: 'The locks are released.',
      things: fileLocks.map(({ id, repository, path }) => ({ key: id, name: path, beside: repository })),
    },
    {
      key: 'serviceAccounts',
      title: counted(serviceAccounts.length, 'service account that they own', 'service accounts that they own'),
      about: 'Their tokens still work.',
      things: serviceAccounts.map(({ id, name }) => ({ key: id, name })),
    },
    {
      key: 'ssoIdentities',
      title: counted(ssoIdentities.length, 'linked SSO identity', 'linked SSO identities'),
      about:
        ssoIdentities.length === 1
          ? 'It is unlinked, and their SSO sessions end.'
          : 'They are unlinked, and their SSO sessions end.',
      things: ssoIdentities.map(({ subject, email }) => ({ key: subject, name: email ?? subject })),
    },
  ]
}

function letters(has: leaving.Holdings): Category[] {
  const addressed = ({ id, to }: { id: string; to: string }) => ({ key: id, name: to })
  return [
    {
      key: 'invitationsReceived',
      title: counted(has.invitationsReceived.length, 'invitation to them'),
      things: has.invitationsReceived.map(addressed),
    },
    {
      key: 'invitationsSent',
      title: counted(has.invitationsSent.length, 'invitation they sent', 'invitations they sent'),
      things: has.invitationsSent.map(addressed),
    },
    {
      key: 'inviteLinks',
      title: counted(has.inviteLinks.length, 'invite link they made', 'invite links they made'),
      things: has.inviteLinks.map(({ id, label }) => ({ key: id, name: label || 'Invite link' })),
    },
    {
      key: 'joinRequests',
      title: counted(has.joinRequests.length, 'request to join', 'requests to join'),
      things: has.joinRequests.map(({ id }) => ({ key: id, name: 'Their request to join' })),
    },
  ]
}

function place(org: string, has: leaving.Holdings): Category[] {
  return [
    {
      key: 'successorPlace',
      title: 'Successor',
      things:
        has.successorPlace === null
          ? []
          : [
              {
                key: 'place',
                name: (
                  <LinkTo to="/organizations/$org/settings/recovery" params={{ org }}>
                    Successor (position {has.successorPlace})
                  </LinkTo>
                ),
              },
            ],
    },
  ]
}

function membershipWords({ role, source, joinedAt }: NonNullable<leaving.Holdings['membership']>) {
  const how = memberSourceWords[source as MemberSource] ?? source
  return { name: `Since ${sayDay(joinedAt)} (${how})`, beside: <RoleBadge role={role} /> }
}

/** A role as a badge, or in plain words where it is none of the organization’s. */
function Role({ role }: { role: string }) {
  const known: OrgRole | undefined = orgRoles.find((one) => one === role)
  return known ? <RoleBadge role={known} /> : role
}

/** A repository, by its full name, as a link. */
export function RepoLink({ repository, type }: { repository: string; type: string }) {
  const known = repoTypes.find((one) => type.startsWith(one)) ?? 'model'
  return <LinkTo {...repoPage({ type: known, id: repository })}>{repository}</LinkTo>
}
