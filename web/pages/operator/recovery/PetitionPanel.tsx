import { Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { recovery } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { Deed } from '../../petition/Deeds.tsx'
import { PetitionParts } from '../../petition/Parts.tsx'
import { called, headline, pathWords, standing, stateWords } from '../../petition/words.ts'

type Petition = recovery.Petition

/** Everything about one petition, at the side of the list. */
export function PetitionPanel({ petition, onClose }: { petition: Petition | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={petition !== undefined}
      onClose={onClose}
      position="right"
      size={500}
      title="Petition"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {petition && <Panel petition={petition} />}
    </Drawer>
  )
}

function Panel({ petition }: { petition: Petition }) {
  const { person, state, path } = petition
  return (
    <Stack gap="lg">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Portrait src={person.avatarUrl} size={40} />
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h4">
            {headline(petition)}
          </Title>
          <Group gap="xs" mt={4}>
            <Word tone={stateWords[state].tone}>{stateWords[state].words}</Word>
            <Text size="sm" c="dimmed">
              {pathWords[path]}
            </Text>
          </Group>
        </div>
      </Group>
      <Text size="sm">{standing(petition)}</Text>
      <PetitionParts petition={petition} deeds={<OperatorDeeds petition={petition} />} />
    </Stack>
  )
}

function showRow(changed: Petition): void {
  patchRows<Petition>(recovery.listRecoveries, (row) => (row.id === changed.id ? changed : row))
}

function OperatorDeeds({ petition: { id, may, person, organization } }: { petition: Petition }) {
  const approve = useChange(recovery.approvePetition, (changed) => {
    showRow(changed)
    showDone('You have approved it.')
  })
  const withdraw = useChange(recovery.withdrawAsOperator, (changed) => {
    showRow(changed)
    showDone('The petition is taken back.')
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
          words={`You agree, as second operator, that ${called(person)} becomes admin of ${organization}: at once where no admin is left who could stop it, else in 72 hours.`}
          onDo={() => approve.mutate(input)}
        />
      )}
      {may.includes('withdraw') && (
        <Deed
          label="Take it back"
          isDanger
          busy={busy}
          words="Ends it at once; nobody becomes admin by it."
          onDo={() => withdraw.mutate(input)}
        />
      )}
      <ErrorNote error={approve.error ?? withdraw.error} />
    </div>
  )
}
