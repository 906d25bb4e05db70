import { Button, Group, Stack, Text } from '@mantine/core'
import { recovery } from '../../../api/index.ts'
import { useChange } from '../../hub.ts'
import { Takeaway } from '../../pieces/Copy.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { When } from '../../pieces/When.tsx'
import { Word } from '../../pieces/Word.tsx'

/** The record that proves the domain, to be copied, and what was found of it; looked up again by a button. */
export function Proof({ recoveryRequest }: { recoveryRequest: recovery.RecoveryRequest }) {
  const { organization, id, domain, record, proof, may } = recoveryRequest
  const check = useChange(recovery.checkProof, ({ proof: found }) => {
    if (found?.found) showDone('DNS record found.')
  })
  if (!proof || domain === null) return null
  return (
    <Stack gap="sm">
      <Group gap="sm">
        {proof.found ? <Word tone="accent">found</Word> : <Word tone="warn">not found yet</Word>}
        <Text size="sm" c="dimmed">
          {proof.checkedAt ? (
            <>
              checked <When time={proof.checkedAt} />
            </>
          ) : (
            'not checked yet'
          )}
        </Text>
      </Group>
      {!proof.found && proof.problem && <Text size="sm">{proof.problem}</Text>}
      {record && !proof.found && (
        <>
          <Text size="sm">Publish this record with the DNS provider of {domain}. It can take a while to appear.</Text>
          <Takeaway label="Name" value={record.name} />
          <Takeaway label={`Value (${record.type})`} value={record.value} />
        </>
      )}
      <ErrorNote error={check.error} />
      {may.includes('check') && (
        <Group>
          <Button
            loading={check.isPending}
            onClick={() => check.mutate({ params: { org: organization, id } })}
            variant={proof.found ? 'default' : 'filled'}
          >
            Check now
          </Button>
        </Group>
      )}
    </Stack>
  )
}
