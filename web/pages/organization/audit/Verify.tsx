import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { audit, ReplyOf } from '../../../../api/index.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { pageColumnWidth } from '../../../pieces/PageColumn.tsx'
import { counted } from '../../../words.ts'
import classes from './Verify.module.css'

type Verdict = ReplyOf<typeof audit.verifyAuditLog>

/** Verifies the log: that no event was changed or removed, and that a hash that was noted is still in it. */
export function Verify({ ask }: { ask: (query: { contains: string | undefined }) => Promise<Verdict> }) {
  const [noted, setNoted] = useState('')
  const verify = useMutation({ mutationFn: () => ask({ contains: noted.trim().toLowerCase() || undefined }) })
  return (
    <>
      <Group gap="sm" mb="md">
        <Button
          size="xs"
          loading={verify.isPending}
          onClick={() => verify.mutate()}
          leftSection={<IconShieldCheck size={15} aria-hidden />}
        >
          Verify log
        </Button>
        <TextInput
          size="xs"
          aria-label="Hash from an earlier check"
          placeholder="Hash from an earlier check (optional)"
          flex="1 1 16rem"
          maw={pageColumnWidth}
          value={noted}
          onChange={({ currentTarget }) => setNoted(currentTarget.value)}
        />
        <Text size="xs" c="dimmed" flex="1 1 12rem">
          {verify.isPending ? 'Verifying…' : 'Checks that no event was changed, added, or removed.'}
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
        color="green"
        icon={<IconShieldCheck aria-hidden />}
        title="The log is intact"
        role="status"
      >
        <Text size="sm">{counted(events, 'event')} verified. This instance sealed the end of the log.</Text>
        {head && (
          <Text size="xs" c="dimmed">
            Keep the last hash somewhere else to verify later that the log still contains it:
            <br />
            <span className={`mono ${classes.hash}`}>{head}</span>
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
      title="The log is broken"
      role="alert"
    >
      <Text size="sm">
        {firstBreak ? `At event ${firstBreak.seq}: ${firstBreak.reason}` : `${counted(events, 'event')} read.`}
      </Text>
    </Alert>
  )
}
