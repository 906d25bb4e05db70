import { Group, Stack, Text, Title } from '@mantine/core'
import { recovery } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { Deed } from '../../recovery-request/Actions.tsx'
import { RecoveryRequestParts } from '../../recovery-request/Parts.tsx'
import { called, headline, pathWords, stateSentence, stateWords } from '../../recovery-request/words.ts'

type RecoveryRequest = recovery.RecoveryRequest

/** Everything about one recovery request, at the side of the list. */
export function RecoveryRequestPanel({
  recoveryRequest,
  onClose,
}: {
  recoveryRequest: RecoveryRequest | undefined
  onClose: () => void
}) {
  return (
    <SidePanel opened={recoveryRequest !== undefined} onClose={onClose} size={500} title="Recovery request">
      {recoveryRequest && <Panel recoveryRequest={recoveryRequest} />}
    </SidePanel>
  )
}

function Panel({ recoveryRequest }: { recoveryRequest: RecoveryRequest }) {
  const { person, state, path } = recoveryRequest
  return (
    <Stack gap="lg">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Portrait name={person.user} fullname={person.fullname} size={40} />
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h4">
            {headline(recoveryRequest)}
          </Title>
          <Group gap="xs" mt={4}>
            <Word tone={stateWords[state].tone}>{stateWords[state].words}</Word>
            <Text size="sm" c="dimmed">
              {pathWords[path]}
            </Text>
          </Group>
        </div>
      </Group>
      <Text size="sm">{stateSentence(recoveryRequest)}</Text>
      <RecoveryRequestParts
        recoveryRequest={recoveryRequest}
        deeds={<OperatorDeeds recoveryRequest={recoveryRequest} />}
      />
    </Stack>
  )
}

function showRow(changed: RecoveryRequest): void {
  patchRows<RecoveryRequest>(recovery.listRecoveries, (row) => (row.id === changed.id ? changed : row))
}

function OperatorDeeds({ recoveryRequest: { id, may, person, organization } }: { recoveryRequest: RecoveryRequest }) {
  const approve = useChange(recovery.approveRecoveryRequest, (changed) => {
    showRow(changed)
    showDone('Recovery request approved.')
  })
  const withdraw = useChange(recovery.withdrawAsOperator, (changed) => {
    showRow(changed)
    showDone('Recovery request withdrawn.')
  })
  const busy = approve.isPending || withdraw.isPending
  const input = { params: { id } }
  return (
    <div>
      {may.includes('approve') && (
        <Deed
          label="Approve"
          isMain
          busy={busy}
          words={`${called(person)} becomes admin of ${organization} after 72 hours, or immediately if no admin is left who could object.`}
          onDo={() => approve.mutate(input)}
        />
      )}
      {may.includes('withdraw') && (
        <Deed
          label="Withdraw request"
          isDanger
          busy={busy}
          words="Ends the request immediately. The person does not become admin."
          onDo={() => withdraw.mutate(input)}
        />
      )}
      <ErrorNote error={approve.error ?? withdraw.error} />
    </div>
  )
}
