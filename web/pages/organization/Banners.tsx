import { Alert, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { recovery } from '../../../api/index.ts'
import { usePathHere } from '../../go.ts'
import { useMaybe } from '../../hub.ts'
import type { Org } from '../../organization.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { headline, isAlive } from '../recovery-request/words.ts'

// These pages say it themselves, at more length.
const saysAdmins = /\/settings\/(members|recovery)$/
const saysRecovery = /\/settings\/recovery$/

/** What every settings page of an organization says first: too few admins, an open recovery request, your probation. */
export function Banners({ org }: { org: Org }) {
  const pathname = usePathHere()
  const { data } = useMaybe(recovery.getRecovery, { params: { org: org.name } })
  const health = saysAdmins.test(pathname) ? undefined : org.health
  const rest = saysRecovery.test(pathname) ? undefined : data
  const recoveryRequests = rest?.recoveryRequests.filter(isAlive) ?? []
  const lines = [
    ...healthLines(org, health),
    ...recoveryRequests.map((recoveryRequest) => (
      <Text key={recoveryRequest.id} size="sm">
        {headline(recoveryRequest)}.{' '}
        <LinkTo to="/organizations/$org/recovery/$id" params={{ org: org.name, id: recoveryRequest.id }}>
          View recovery request
        </LinkTo>
      </Text>
    )),
    ...(rest?.probation
      ? [
          <Text key="probation" size="sm">
            You’re on probation until {sayDay(rest.probation.until)}.{' '}
            <LinkTo to="/organizations/$org/settings/recovery" params={{ org: org.name }}>
              Learn more
            </LinkTo>
          </Text>,
        ]
      : []),
  ]
  if (lines.length === 0) return null
  return (
    <Alert
      variant="light"
      color={health === 'adminless' ? 'red' : health === 'at_risk' ? 'orange' : 'hall'}
      mb="lg"
      py="xs"
      data-print="none"
      role="status"
      aria-label="Admin health"
    >
      <Stack gap={4}>{lines}</Stack>
    </Alert>
  )
}

function healthLines(org: Org, health: Org['health']): ReactNode[] {
  if (health === 'adminless')
    return [
      <Text key="health" size="sm">
        {org.name} has no active admins.{' '}
        <LinkTo to="/organizations/$org/settings/recovery" params={{ org: org.name }}>
          View recovery options
        </LinkTo>
      </Text>,
    ]
  if (health !== 'at_risk' || !org.mayGrant.includes('admin')) return []
  return [
    <Text key="health" size="sm">
      You’re the only active admin.{' '}
      {org.sso?.mode === 'enforced' && 'Other admins count once they have signed in with SSO. '}
      <LinkTo to="/organizations/$org/settings/members" params={{ org: org.name }}>
        Invite a second admin
      </LinkTo>
    </Text>,
  ]
}
