import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { scimSettings } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange, useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { counted } from '../../../words.ts'

/** Removals that were too many at once, and wait for an admin. */
export function HeldRemovals({ org }: { org: Org }) {
  const held = useReply(scimSettings.listHeldRemovals, { params: { org: org.name } })
  const waiting = held.filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return null
  return (
    <Alert
      variant="light"
      color="orange"
      mb="lg"
      icon={<IconHandStop aria-hidden />}
      title={`${counted(waiting.length, 'removal')} waiting for approval`}
    >
      <Text size="sm" mb="sm">
        The identity provider asked for more removals than usual, so they were held back. Make sure that they’re
        intended. If no admin approves a removal within 72 hours, it’s discarded.
      </Text>
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {waiting.map((removal) => (
          <Waiting key={removal.id} org={org} removal={removal} />
        ))}
      </Stack>
    </Alert>
  )
}

function Waiting({ org, removal }: { org: Org; removal: scimSettings.HeldRemoval }) {
  const input = { params: { org: org.name, id: removal.id } }
  const approve = useChange(scimSettings.approveHeldRemoval, () => {
    showDone('Removal approved and carried out.')
    for (const list of [scimSettings.listProvisionedUsers, scimSettings.listScimOperations]) restart(list)
  })
  const deny = useChange(scimSettings.refuseHeldRemoval, () => showDone('Removal denied.'))
  const isDisabled = whyNot(org, 'scim.decide', 'no') !== undefined
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Text size="sm" component="div" flex="1 1 16rem">
          Your identity provider asks to {removal.summary} · {counted(removal.people, 'person', 'people')} · expires{' '}
          <When time={removal.expiresAt} />
        </Text>
        <Group gap="xs">
          <Button
            size="xs"
            color="red"
            variant="outline"
            disabled={isDisabled}
            loading={approve.isPending}
            aria-label={`Approve: ${removal.summary}`}
            onClick={() => approve.mutate(input)}
          >
            Approve
          </Button>
          <Button
            size="xs"
            disabled={isDisabled}
            loading={deny.isPending}
            aria-label={`Deny: ${removal.summary}`}
            onClick={() => deny.mutate(input)}
          >
            Deny
          </Button>
        </Group>
      </Group>
      <ErrorNote error={approve.error ?? deny.error} />
    </li>
  )
}
