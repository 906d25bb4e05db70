import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Fragment } from 'react'
import { type members, orgRoles, type ReplyOf } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted, roleNames } from '../../../words.ts'

export type Counts = ReplyOf<typeof members.countMembers>

/** `38 members · 2 admins · 11 write · …`, each number a link that filters the list. */
export function MembersSentence({ org, counts }: { org: Org; counts: Counts }) {
  const here = { to: '/organizations/$org/settings/members', params: { org: org.name } } as const
  const roles = orgRoles.toReversed().filter((role) => (counts.byRole[role] ?? 0) > 0)
  return (
    <>
      <LinkTo {...here}>{counted(counts.total, 'member')}</LinkTo>
      {roles.map((role) => (
        <Fragment key={role}>
          {' · '}
          <LinkTo {...here} search={{ role }} className="nowrap">
            {(counts.byRole[role] ?? 0).toLocaleString('en')} {roleNames[role]}
          </LinkTo>
        </Fragment>
      ))}
      {counts.withoutTwoFactor !== undefined && (
        <>
          {' · '}
          <WithoutTwoFactor org={org} counts={counts} />
        </>
      )}
    </>
  )
}

/** `12 without 2FA`, a link to the members who are. */
export function WithoutTwoFactor({ org, counts: { withoutTwoFactor = 0 } }: { org: Org; counts: Counts }) {
  if (withoutTwoFactor === 0) return 'All have 2FA enabled'
  return (
    <LinkTo
      to="/organizations/$org/settings/members"
      params={{ org: org.name }}
      search={{ twoFactor: 'off' }}
      className="nowrap"
    >
      {withoutTwoFactor.toLocaleString('en')} without 2FA
    </LinkTo>
  )
}

/** While losing one account would leave the organization without an admin: says so, and what to do. */
export function AdminBanner({ org, counts }: { org: Org; counts: Counts }) {
  if (counts.usableAdmins > 1 || !org.mayGrant.includes('admin')) return null
  const isAlone = counts.usableAdmins === 1
  return (
    <Alert
      mb="md"
      color={isAlone ? 'orange' : 'red'}
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={isAlone ? `${org.name} has only one active admin` : `${org.name} has no active admins`}
    >
      <Text size="sm">
        {inactiveWords(counts)}
        <WayOut org={org} counts={counts} />
      </Text>
    </Alert>
  )
}

function inactiveWords({ byRole, usableAdmins }: Counts): string {
  const inactive = (byRole.admin ?? 0) - usableAdmins
  if (inactive <= 0) return ''
  return `${counted(inactive, 'admin')} can’t sign in or ${inactive === 1 ? 'has' : 'have'} no verified email address. `
}

function WayOut({ org, counts }: { org: Org; counts: Counts }) {
  const recovery = { to: '/organizations/$org/settings/recovery', params: { org: org.name } } as const
  if (counts.usableAdmins === 0) return <LinkTo {...recovery}>View recovery options</LinkTo>
  if (counts.total === 1) return 'Invite a second admin, so that the organization stays manageable if you lose access.'
  return (
    <>
      Change the role of another member to {roleNames.admin}, or add <LinkTo {...recovery}>successors</LinkTo>.
    </>
  )
}
