import { Alert, Button, Group, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { gated } from '../../../../api/index.ts'
import type { Gate } from '../../../gate.ts'
import { useChange } from '../../../hub.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { useRepository } from '../../../repository.ts'

/** A request that the authors have not decided yet, and the way to withdraw it. */
export function Pending({ gate: { requestedAt } }: { gate: Gate }) {
  const { params } = useRepository()
  const withdraw = useChange(gated.cancelOwnRequest, () => showDone('Request withdrawn.'))
  return (
    <Alert variant="light" icon={<IconClock aria-hidden />} title="Waiting for review">
      <Text size="sm">
        You requested access {requestedAt !== null && <When time={requestedAt} />}. You get an email when the authors
        decide.
      </Text>
      <Group mt="sm">
        <Button size="xs" loading={withdraw.isPending} onClick={() => withdraw.mutate({ params })}>
          Withdraw request
        </Button>
      </Group>
      <ErrorNote error={withdraw.error} />
    </Alert>
  )
}
