import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Fragment } from 'react'
import { type members, type OrgRole, orgRoles, type ReplyOf } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import type { Org } from '../../../organization.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted, roleNames } from '../../../words.ts'

export type Counts = ReplyOf<typeof members.countMembers>

const nouns: Record<OrgRole, [string, string]> = {
  no_access: ['with no access', 'with no access'],
  read: ['with read', 'with read'],
  contributor: ['contributor', 'contributors'],
  write: ['with write', 'with write'],
  admin: ['admin', 'admins'],
}

/** `38 members: 2 admins, 11 with write, …`, each number a link that filters the list. */
export function MembersSentence({ org, counts }: { org: Org; counts: Counts }) {
  const here = orgSettingsAddress(org.name, 'members')
  const roles = orgRoles.toReversed().filter((role) => (counts.byRole[role] ?? 0) > 0)
  return (
    <>
      <LinkTo to={here}>{counted(counts.total, 'member')}</LinkTo>:{' '}
      {roles.map((role, index) => (
        <Fragment key={role}>
          {index > 0 && ', '}
          <LinkTo to={here} search={{ role }} className="nowrap">
            {counted(counts.byRole[role] ?? 0, ...nouns[role])}
          </LinkTo>
        </Fragment>
      ))}
      .{counts.withoutTwoFactor !== undefined && ` ${twoFactorWords(counts)}`}
    </>
  )
}

function twoFactorWords({ withoutTwoFactor = 0, total }: Counts): string {
  if (withoutTwoFactor === 0) return 'All members have 2FA enabled.'
  return withoutTwoFactor === total
    ? 'No members have 2FA enabled.'
    : `${withoutTwoFactor.toLocaleString('en')} without 2FA.`
}

/** While one lost account would leave the organization without an admin: says so, and the way out. */
export function AdminBanner({ org, counts }: { org: Org; counts: Counts }) {
  if (counts.usableAdmins > 1) return null
  const admins = counts.byRole.admin ?? 0
  const title = counts.usableAdmins === 1 ? 'Only one admin can act' : 'No admin can act'
  return (
    <Alert
      mb="md"
      color={counts.usableAdmins === 1 ? 'hall' : 'red'}
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={title}
    >
      <Text size="sm">
        {admins > counts.usableAdmins &&
          `${counted(admins - counts.usableAdmins, counts.usableAdmins === 0 ? 'admin' : 'other admin')} cannot sign in at the moment or has no verified email address. `}
        {counts.usableAdmins === 1
          ? `If that account is lost, ${org.name} has no active admins. `
          : `Roles and settings of ${org.name} can’t be changed. `}
        <WayOut org={org} counts={counts} />
      </Text>
    </Alert>
  )
}

function WayOut({ org, counts }: { org: Org; counts: Counts }) {
  if (counts.usableAdmins === 0)
    return <LinkTo to={orgSettingsAddress(org.name, 'recovery')}>See the ways to a new admin</LinkTo>
  if (counts.total === 1)
    return 'There are no other members yet. Ask a site admin to add a second person, then make them admin.'
  return (
    <>
      Make a second person admin: pick one below and choose the role <b>{roleNames.admin}</b>, or name{' '}
      <LinkTo to={orgSettingsAddress(org.name, 'recovery')}>successors</LinkTo>.
    </>
  )
}
