import { Button, Group } from '@mantine/core'
import { IconUserCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { gated } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { useEndless } from '../../../endless.ts'
import { useReply } from '../../../hub.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { useRepository } from '../../../repository.ts'
import { Answers } from './Answers.tsx'
import { requestColumns } from './columns.tsx'
import { Decide, type Decision } from './Decide.tsx'
import { SelectAll, SelectionBar } from './SelectionBar.tsx'
import { RequestSearch } from './search.ts'
import { useSelection } from './selection.ts'

const pageSize = 100

/** The requests in one state: found by name, decided one by one or many together. */
export function RequestList({ state }: { state: gated.RequestState }) {
  const { params, id } = useRepository()
  const { fields } = useReply(gated.getGate, { params }).form
  const [{ search, user }, setAddress] = useAddressState(RequestSearch)
  const [decision, setDecision] = useState<Decision>()
  const query = search === undefined ? {} : { search }
  const list = useEndless(gated.listAccessRequests, {
    params: { ...params, status: state },
    query: { ...query, limit: pageSize },
  })
  const selection = useSelection({ params: { ...params, status: state }, query })
  const { selected, toggle } = selection
  const columns = useMemo(
    () =>
      requestColumns(state, {
        fields,
        selected,
        toggle,
        open: (name) => void setAddress({ user: name }, 'push'),
        decide: (status, name) => setDecision({ status, users: [name] }),
      }),
    [state, fields, selected, toggle, setAddress],
  )
  const close = () => setDecision(undefined)
  return (
    <>
      <Group mt="md" mb={list.rows.length > 0 ? 0 : 'sm'}>
        <SearchField
          label="Search by name"
          value={search ?? ''}
          reading={list.stale}
          onChange={(words) => void setAddress({ search: words })}
        />
      </Group>
      <SelectAll selection={selection} shown={list.rows.map((row) => row.user.user)} isSearch={search !== undefined} />
      <EndlessTable
        label={`${titles[state]} access requests of ${id}`}
        columns={columns}
        list={list}
        rowKey={({ requestId }) => requestId}
        openKey={list.rows.find((row) => row.user.user === user)?.requestId}
        heights={{ row: 65, card: 190 }}
        empty={search ? <NoMatch onClear={() => void setAddress({ search: undefined })} /> : <None state={state} />}
      />
      {selected.size > 0 && (
        <SelectionBar
          state={state}
          count={selected.size}
          onDecide={(status) => setDecision({ status, users: [...selected] })}
          onClear={selection.clear}
        />
      )}
      <Answers
        request={list.rows.find((row) => row.user.user === user)}
        fields={fields}
        onDecide={(status, name) => setDecision({ status, users: [name] })}
        onClose={() => void setAddress({ user: undefined })}
      />
      {decision && <Decide decision={decision} onDone={selection.clear} onClose={close} />}
    </>
  )
}

const titles = { pending: 'Pending', accepted: 'Accepted', rejected: 'Rejected' }

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Empty title="No requests match" action={<Button onClick={onClear}>Clear search</Button>}>
      Clear or change your search.
    </Empty>
  )
}

const empty = {
  pending: ['No pending requests', 'When people request access to the files, you get an email and decide here.'],
  accepted: ['No accepted requests', 'People with access to the files are listed here.'],
  rejected: [
    'No rejected requests',
    'People whose request you rejected are listed here. They can’t request access again.',
  ],
} as const

function None({ state }: { state: gated.RequestState }) {
  const [title, words] = empty[state]
  const { row } = useRepository()
  return (
    <Empty title={title} icon={<IconUserCheck size={28} />}>
      {state === 'pending' && row.gated === 'auto' ? 'People get access as soon as they request it.' : words}
    </Empty>
  )
}
