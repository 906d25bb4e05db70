import { Button, Group, Text } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { gated } from '../../../../api/index.ts'
import type { Gate } from '../../../gate.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { useRepository } from '../../../repository.ts'

/** Says that the gate lets the viewer in, until when, and by what. Who needs no access is told nothing. */
export function OwnAccess({ gate: { state, expiresAt, organization } }: { gate: Gate }) {
  const [asked, setAsked] = useState(false)
  const { id, params } = useRepository()
  const leave = useChange(gated.cancelOwnRequest, () => {
    showDone(`You gave up your access to ${id}.`)
    setAsked(false)
  })
  if (state !== 'accepted') return null
  return (
    <Group gap="xs">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconLockOpen size={16} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Text size="sm">
          You have access to this gated repository{organization !== null && ` as a member of ${organization}`}
          {expiresAt !== null && ` until ${sayDay(expiresAt)}`}.
        </Text>
      </Group>
      {organization === null && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAsked(true)}>
          Give up access…
        </Button>
      )}
      <ConfirmByTyping
        opened={asked}
        title={`Give up access to ${id}`}
        label="Give up access"
        busy={leave.isPending}
        error={leave.error}
        onConfirm={() => leave.mutate({ params })}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">You can no longer download its files. To get access again, you have to request it again.</Text>
      </ConfirmByTyping>
    </Group>
  )
}
