import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ReplyOf, recovery } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'

/** Whether an organization can be recovered, and how. */
export type State = ReplyOf<typeof recovery.getRecovery>

/** Admin health, and what to do about it. */
export function HealthNote({ org, state: { health, usableAdmins } }: { org: Org; state: State }) {
  const admins = (
    <LinkTo to="/organizations/$org/settings/members" params={{ org: org.name }} search={{ role: 'admin' }}>
      View admins
    </LinkTo>
  )
  if (health === 'healthy')
    return (
      <Note title="Healthy" color="green" icon={<IconShieldCheck aria-hidden />}>
        {counted(usableAdmins, 'active admin')}. {admins}
      </Note>
    )
  const icon = <IconAlertTriangle aria-hidden />
  if (health === 'at_risk')
    return (
      <Note title="At risk: one admin" color="orange" icon={icon}>
        If this account is lost, {org.name} has no active admins. Invite a second admin, and add successors below.{' '}
        {admins}
      </Note>
    )
  return (
    <Note title="No active admins" color="red" icon={icon}>
      Members keep their access, but no one can change roles or settings. Choose a recovery option below. {admins}
    </Note>
  )
}

function Note(props: { title: string; icon: ReactNode; color: 'green' | 'orange' | 'red'; children: ReactNode }) {
  return (
    <Alert variant="light" color={props.color} icon={props.icon} title={props.title}>
      <Text size="sm">{props.children}</Text>
    </Alert>
  )
}
