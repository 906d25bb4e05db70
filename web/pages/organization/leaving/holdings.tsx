import type { ReactNode } from 'react'
import { type leaving, type MemberSource, type OrgRole, orgRoles, repoTypes } from '../../../../api/index.ts'
import { groupAddress, orgSettingsAddress, repoAddress } from '../../../addresses.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { counted, memberSourceWords } from '../../../words.ts'

/** One thing someone has: what it is, and a word or two about it. */
export interface Holding {
  key: string
  name: ReactNode
  beside?: ReactNode
}

/** One kind of things someone has. */
export interface Category {
  key: keyof leaving.Holdings
  /** `3 access tokens`. */
  title: string
  /** Of a kind of which there is nothing. */
  none: string
  /** What becomes of them, where that is not plain. */
  about?: string
  things: Holding[]
}

/** What someone has of an organization, kind by kind; in the same order on the page and in the report. */
export function categoriesOf(org: string, has: leaving.Holdings): Category[] {
  return [...inside(org, has), ...keysAndLocks(has), ...letters(has), ...place(org, has)]
}

// What goes on in someone else's name when invitations are reassigned.
const reassignable: ReadonlySet<Category['key']> = new Set(['invitationsSent', 'inviteLinks'])

/** What ends, out of what someone has; invitations and links that someone else takes over go on. */
export function endingOf(categories: Category[], invitations: 'revoke' | 'reassign'): Category[] {
  return invitations === 'revoke' ? categories : categories.filter(({ key }) => !reassignable.has(key))
}

/** How many things there are in all. */
export function countThings(categories: Category[]): number {
  return categories.reduce((sum, { things }) => sum + things.length, 0)
}

function inside(org: string, { membership, groupRoles, collaboratorGrants }: leaving.Holdings): Category[] {
  return [
    {
      key: 'membership',
      title: 'Membership',
      none: 'membership',
      things: membership === null ? [] : [{ key: 'membership', ...membershipWords(membership) }],
    },
    {
      key: 'groupRoles',
      title: counted(groupRoles.length, 'role in a resource group', 'roles in resource groups'),
      none: 'roles in resource groups',
      things: groupRoles.map(({ id, name, role }) => ({
        key: id,
        name: <LinkTo to={groupAddress(org, name)}>{name}</LinkTo>,
        beside: <RoleBadge role={role} />,
      })),
    },
    {
      key: 'collaboratorGrants',
      title: counted(collaboratorGrants.length, 'grant on a single repository', 'grants on single repositories'),
      none: 'grants on single repositories',
      things: collaboratorGrants.map(({ repository, type, role }) => ({
        key: `${type} ${repository}`,
        name: <RepoLink repository={repository} type={type} />,
        beside: <Role role={role} />,
      })),
    },
  ]
}

function keysAndLocks({ tokens, fileLocks }: leaving.Holdings): Category[] {
  return [
    {
      key: 'tokens',
      title: counted(
        tokens.length,
        'access token that reaches the organization',
        'access tokens that reach the organization',
      ),
      none: 'access tokens',
      about: 'They stop working here; elsewhere they go on.',
      things: tokens.map(({ id, name, last4, role, lastUsedAt }) => ({
        key: id,
        name: (
          <>
            {name} <span className="mono">…{last4}</span>
          </>
        ),
        beside: (
          <>
            {role}, {lastUsedAt ? <When time={lastUsedAt} /> : 'never used'}
          </>
        ),
      })),
    },
    {
      key: 'fileLocks',
      title: counted(fileLocks.length, 'locked file', 'locked files'),
      none: 'locked files',
      about: 'Others can change them again.',
      things: fileLocks.map(({ id, repository, path }) => ({ key: id, name: path, beside: repository })),
    },
  ]
}

function letters(has: leaving.Holdings): Category[] {
  const addressed = ({ id, to }: { id: string; to: string }) => ({ key: id, name: to })
  return [
    {
      key: 'invitationsReceived',
      title: counted(has.invitationsReceived.length, 'invitation to them'),
      none: 'invitations to them',
      things: has.invitationsReceived.map(addressed),
    },
    {
      key: 'invitationsSent',
      title: counted(has.invitationsSent.length, 'invitation they sent', 'invitations they sent'),
      none: 'invitations from them',
      things: has.invitationsSent.map(addressed),
    },
    {
      key: 'inviteLinks',
      title: counted(has.inviteLinks.length, 'invite link they made', 'invite links they made'),
      none: 'invite links',
      things: has.inviteLinks.map(({ id, label }) => ({ key: id, name: label || 'a link without a name' })),
    },
    {
      key: 'joinRequests',
      title: counted(has.joinRequests.length, 'request to join', 'requests to join'),
      none: 'requests to join',
      things: has.joinRequests.map(({ id }) => ({ key: id, name: 'Their request to join' })),
    },
  ]
}

function place(org: string, has: leaving.Holdings): Category[] {
  return [
    {
      key: 'successorPlace',
      title: 'A place among the successors',
      none: 'place among the successors',
      things:
        has.successorPlace === null
          ? []
          : [
              {
                key: 'place',
                name: <LinkTo to={orgSettingsAddress(org, 'recovery')}>Place {has.successorPlace}</LinkTo>,
                beside: 'The list closes up behind them.',
              },
            ],
    },
  ]
}

function membershipWords({ role, source, joinedAt }: NonNullable<leaving.Holdings['membership']>) {
  const how = memberSourceWords[source as MemberSource] ?? source
  return { name: `${how}, since ${sayDay(joinedAt)}`, beside: <RoleBadge role={role} /> }
}

/** A role as a badge where it is one of the ladder, in plain words elsewhere. */
function Role({ role }: { role: string }) {
  const known: OrgRole | undefined = orgRoles.find((one) => one === role)
  return known ? <RoleBadge role={known} /> : role
}

/** A repository, by its full name, as a link. */
export function RepoLink({ repository, type }: { repository: string; type: string }) {
  const known = repoTypes.find((one) => type.startsWith(one)) ?? 'model'
  return <LinkTo to={repoAddress(known, repository)}>{repository}</LinkTo>
}
