import { Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { collaborators } from '../../../../api/index.ts'
import { restart, useEndless } from '../../../endless.ts'
import { Block } from '../../../pieces/Block.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { useRepository } from '../../../repository.ts'
import { useAccount } from '../../../session.ts'
import { EndGrant, type Grant, grantColumns, useGrantChange } from './grants.tsx'
import { NewCollaborator } from './NewCollaborator.tsx'

/** People with access to this one repository, and the form that adds one. */
export function Collaborators() {
  const { type, id, namespace, row, params } = useRepository()
  const isOwn = useAccount()?.name === namespace
  const [ending, setEnding] = useState<Grant>()
  const list = useEndless(collaborators.listCollaborators, { params, query: { limit: 100 } })
  const again = () => restart(collaborators.listCollaborators)
  const { busy, change } = useGrantChange<Grant>(() => ({ type, id }), again)
  const columns = useMemo(() => grantColumns({ busy, change, remove: setEnding }), [busy, change])
  return (
    <Block title="Collaborators" about="People with access to only this repository. They don’t use a seat." wide>
      <Stack gap="lg">
        <NewCollaborator onDone={again} />
        <EndlessTable
          label={`Collaborators of ${id}`}
          columns={columns}
          list={list}
          rowKey={({ _id }) => _id}
          heights={{ row: 57, card: 150 }}
          empty={
            <Text size="sm" c="dimmed">
              No collaborators.
              {!isOwn && ` Members have access through their role${row.resourceGroup ? ' in the resource group' : ''}.`}
            </Text>
          }
        />
      </Stack>
      {ending && (
        <EndGrant
          grant={ending}
          repo={{ type, id, private: row.private === true }}
          onDone={again}
          onClose={() => setEnding(undefined)}
        />
      )}
    </Block>
  )
}
