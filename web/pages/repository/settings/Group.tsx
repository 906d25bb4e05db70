import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { groups } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'

const none = { id: '', name: 'No resource group' }

/** Which resource group the repository is in: whose roles count for it. */
export function ResourceGroup({ reason }: { reason: string | undefined }) {
  const { row } = useRepository()
  return (
    <Block
      title="Resource group"
      about={
        row.resourceGroup
          ? `In ${row.resourceGroup.name}. Access comes from roles in the group, not in the organization.`
          : 'Not in a resource group. Access comes from roles in the organization.'
      }
    >
      {reason === undefined ? <Choice /> : <Text size="sm">{reason}</Text>}
    </Block>
  )
}

function Choice() {
  const { namespace, row } = useRepository()
  const { data, error } = useMaybe(groups.listGroupSummaries, { params: { org: namespace } })
  const here = row.resourceGroup ?? none
  const [chosen, setChosen] = useState<string>()
  const [asked, setAsked] = useState(false)
  const choices = [none, ...(data ?? [])]
  const wanted = choices.find(({ id }) => id === chosen) ?? here
  const isOther = wanted.id !== here.id
  return (
    <>
      <ErrorNote error={error} />
      <Group align="flex-end" gap="sm">
        <NativeSelect
          label="Resource group"
          flex="1 1 14rem"
          disabled={!data}
          data={choices.map(({ id, name }) => ({ value: id, label: name }))}
          value={wanted.id}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
        <Button disabled={!isOther} onClick={() => setAsked(true)}>
          {labelOf(wanted, isOther)}
        </Button>
      </Group>
      {asked && <ConfirmGroup wanted={wanted} onClose={() => setAsked(false)} />}
    </>
  )
}

function labelOf(wanted: { id: string; name: string }, isOther: boolean): string {
  if (!isOther) return 'Change…'
  return wanted.id === '' ? 'Remove from group…' : `Move to ${wanted.name}…`
}

function ConfirmGroup({ wanted, onClose }: { wanted: { id: string; name: string }; onClose: () => void }) {
  const { id, params, row } = useRepository()
  const change = useChange(groups.setRepoGroup, () => {
    showDone(wanted.id === '' ? `Removed ${id} from its resource group.` : `Moved ${id} to ${wanted.name}.`)
    onClose()
  })
  const body = wanted.id === '' ? { resourceGroupId: null } : { resourceGroupId: wanted.id, move: true }
  return (
    <ConfirmByTyping
      opened
      danger={row.resourceGroup !== null}
      title={wanted.id === '' ? `Remove ${id} from its resource group` : `Move ${id} to ${wanted.name}`}
      label={wanted.id === '' ? 'Remove from group' : `Move to ${wanted.name}`}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params, body })}
      onClose={onClose}
    >
      <Text size="sm">{effectOf(wanted, row)}</Text>
    </ConfirmByTyping>
  )
}

function effectOf(
  wanted: { id: string; name: string },
  row: { private?: boolean | undefined; resourceGroup?: { name: string } | null | undefined },
): string {
  const leaves = row.resourceGroup ? `People with access only through ${row.resourceGroup.name} lose it. ` : ''
  if (wanted.id === '') {
    return `${leaves}${row.private ? 'Members with the read role or higher get access, and members' : 'Members'} with write can change it.`
  }
  return row.private
    ? `${leaves}Only members of ${wanted.name}, admins, and collaborators can see it. Other members lose access.`
    : `${leaves}It stays public. Only members of ${wanted.name} and admins can change it.`
}
