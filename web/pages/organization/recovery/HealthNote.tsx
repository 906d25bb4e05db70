import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ReplyOf, recovery } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import type { Org } from '../../../organization.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'

/** Whether an organization can be recovered, and how. */
export type State = ReplyOf<typeof recovery.getRecovery>

/** How many admins can act, and what to do about it. */
export function HealthNote({ org, state: { health, usableAdmins } }: { org: Org; state: State }) {
  const admins = (
    <LinkTo to={orgSettingsAddress(org.name, 'members')} search={{ role: 'admin' }}>
      See the admins
    </LinkTo>
  )
  if (health === 'healthy')
    return (
      <Note title="Healthy" icon={<IconShieldCheck aria-hidden />}>
        {counted(usableAdmins, 'admin')} can act: one may be lost, and the organization goes on. {admins}.
      </Note>
    )
  const icon = <IconAlertTriangle aria-hidden />
  if (health === 'at_risk')
    return (
      <Note title="At risk: only one admin can act" icon={icon}>
        If that account is lost, {org.name} has no active admins. Make a second member admin, and name successors below.{' '}
        {admins}.
      </Note>
    )
  return (
    <Note title="No active admins" icon={icon} isDanger>
      Members keep their access, but roles and settings can’t be changed. See below how to get a new admin. {admins}.
    </Note>
  )
}

function Note(props: { title: string; icon: ReactNode; isDanger?: boolean; children: ReactNode }) {
  return (
    <Alert variant="light" color={props.isDanger ? 'red' : 'hall'} icon={props.icon} title={props.title}>
      <Text size="sm">{props.children}</Text>
    </Alert>
  )
}
