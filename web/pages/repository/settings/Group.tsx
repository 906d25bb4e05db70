import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { groups } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { useRepository } from '../../../repository.ts'

const none = { id: '', name: 'No resource group' }

/** Which resource group the repository is in: whose roles count for it. */
export function ResourceGroup({ reason }: { reason: string | undefined }) {
  const { namespace, row } = useRepository()
  const { data, error } = useMaybe(groups.listGroupSummaries, { params: { org: namespace } })
  const here = row.resourceGroup ?? none
  const [chosen, setChosen] = useState<string>()
  const [asked, setAsked] = useState(false)
  const choices = [none, ...(data ?? [])]
  const wanted = choices.find(({ id }) => id === chosen) ?? here
  const isOther = wanted.id !== here.id
  return (
    <Block
      title="Resource group"
      about={
        row.resourceGroup
          ? `It is in ${here.name}: the roles of that group count, and those of the organization do not.`
          : 'It is in none: the roles of the organization count.'
      }
    >
      <ErrorNote error={error} />
      <Group align="flex-end" gap="sm">
        <NativeSelect
          label="Resource group"
          flex="1 1 14rem"
          disabled={reason !== undefined || !data}
          data={choices.map(({ id, name }) => ({ value: id, label: name }))}
          value={wanted.id}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
        <Why reason={reason}>
          <Button disabled={reason !== undefined || !isOther} onClick={() => setAsked(true)}>
            {labelOf(wanted, isOther)}
          </Button>
        </Why>
      </Group>
      {asked && <ConfirmGroup wanted={wanted} onClose={() => setAsked(false)} />}
    </Block>
  )
}

function labelOf(wanted: { id: string; name: string }, isOther: boolean): string {
  if (!isOther) return 'Change…'
  return wanted.id === '' ? 'Take it out…' : `Put it into ${wanted.name}…`
}

function ConfirmGroup({ wanted, onClose }: { wanted: { id: string; name: string }; onClose: () => void }) {
  const { id, params, row } = useRepository()
  const change = useChange(groups.setRepoGroup, () => {
    showDone(wanted.id === '' ? `${id} is in no resource group now.` : `${id} is in ${wanted.name} now.`)
    onClose()
  })
  const body = wanted.id === '' ? { resourceGroupId: null } : { resourceGroupId: wanted.id, move: true }
  return (
    <ConfirmByTyping
      opened
      danger={row.resourceGroup !== null}
      title={wanted.id === '' ? `Take ${id} out of its group?` : `Put ${id} into ${wanted.name}?`}
      label={wanted.id === '' ? `Take ${id} out` : `Put ${id} into ${wanted.name}`}
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
  const leaves = row.resourceGroup ? `People who reach it only through ${row.resourceGroup.name} lose it. ` : ''
  if (wanted.id === '') {
    return `${leaves}${row.private ? 'Every member with read or more will see it, and members' : 'Members'} with write will be able to change it.`
  }
  return row.private
    ? `${leaves}Only the people of ${wanted.name}, admins and collaborators will see it; other members no longer do.`
    : `${leaves}It stays public. Only the people of ${wanted.name} and admins will be able to change it.`
}
