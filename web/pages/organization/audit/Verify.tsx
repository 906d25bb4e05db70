import { Alert, Button, Group, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { audit, type ReplyOf } from '../../../../api/index.ts'
import { client } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { counted } from '../../../words.ts'

type Verdict = ReplyOf<typeof audit.verifyAuditLog>

/** Has the chain of hashes recomputed, and says whether an event was changed or taken out. */
export function Verify({ org }: { org: Org }) {
  const verify = useMutation({ mutationFn: () => client.call(audit.verifyAuditLog, { params: { org: org.name } }) })
  return (
    <>
      <Group gap="sm" mb="md">
        <Button
          size="xs"
          loading={verify.isPending}
          onClick={() => verify.mutate()}
          leftSection={<IconShieldCheck size={15} aria-hidden />}
        >
          Verify the chain
        </Button>
        <Text size="xs" c="dimmed" flex="1 1 12rem">
          {verify.isPending
            ? 'Recomputing every hash…'
            : 'Each event holds the hash of the one before, so that a change afterwards shows.'}
        </Text>
      </Group>
      <ErrorNote error={verify.error} />
      {verify.data && <Result verdict={verify.data} />}
    </>
  )
}

function Result({ verdict }: { verdict: Verdict }) {
  const { intact, events, head, firstBreak } = verdict
  if (intact) {
    return (
      <Alert
        mb="md"
        variant="light"
        color="hall"
        icon={<IconShieldCheck aria-hidden />}
        title="The chain is intact"
        role="status"
      >
        <Text size="sm">{counted(events, 'event')} recomputed.</Text>
        {head && (
          <Text size="xs" c="dimmed" className="mono" truncate title={head}>
            Last hash {head}
          </Text>
        )}
      </Alert>
    )
  }
  return (
    <Alert
      mb="md"
      variant="light"
      color="red"
      icon={<IconShieldX aria-hidden />}
      title="The chain is broken"
      role="alert"
    >
      <Text size="sm">
        {firstBreak ? `At event ${firstBreak.seq}: ${firstBreak.reason}` : `${counted(events, 'event')} read.`}
      </Text>
    </Alert>
  )
}
