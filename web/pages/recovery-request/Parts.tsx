import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { recovery } from '../../../api/index.ts'
import { Confirmations } from './Confirmations.tsx'
import { Timeline, TimeRunning } from './Timeline.tsx'
import { isAlive } from './words.ts'

/** Everything about a recovery request below its first sentence: what is missing, what may be done, how the time runs. */
export function RecoveryRequestParts({
  recoveryRequest,
  proof,
  deeds,
}: {
  recoveryRequest: recovery.RecoveryRequest
  proof?: ReactNode
  deeds: ReactNode
}) {
  const { quorum, approvals, reason, openedBy, person, domain, may } = recoveryRequest
  const alive = isAlive(recoveryRequest)
  return (
    <Stack gap="xl">
      <TimeRunning recoveryRequest={recoveryRequest} />
      {alive && may.length > 0 && deeds}
      {reason !== '' && (
        <Part title="Reason">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {reason}
            {openedBy !== person.user && ` (${openedBy})`}
          </Text>
        </Part>
      )}
      {proof && domain !== null && <Part title={`DNS record of ${domain}`}>{proof}</Part>}
      {(quorum ?? approvals) && (
        <Part title={quorum ? 'Confirmations' : 'Approvals'}>
          <Confirmations recoveryRequest={recoveryRequest} />
        </Part>
      )}
      <Part title="Timeline">
        <Timeline recoveryRequest={recoveryRequest} />
      </Part>
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  )
}
