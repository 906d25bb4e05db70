import { Text } from '@mantine/core'
import type { recovery } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { called, pathWords, stateSentence, stateWords } from '../../recovery-request/words.ts'

type Row = recovery.RecoveryRequest

/** Recovery requests, past and present. */
export function RecoveryRequests({ recoveryRequests }: { recoveryRequests: Row[] }) {
  return <DataTable label="Recovery requests" columns={columns} rows={recoveryRequests} rowKey={({ id }) => id} />
}

const columns: Column<Row>[] = [
  {
    id: 'person',
    header: 'Person',
    card: 'title',
    cell: ({ person }) => <Named name={person.user} fullname={person.fullname} />,
  },
  { id: 'state', header: 'State', card: 'aside', width: '170px', cell: ({ state }) => <State state={state} /> },
  {
    id: 'begun',
    header: 'Opened',
    width: '200px',
    cell: ({ createdAt, path }) => (
      <Text size="sm" c="dimmed">
        <When time={createdAt} />, {pathWords[path]}
      </Text>
    ),
  },
  {
    id: 'standing',
    header: 'Status',
    width: '36%',
    cell: (row) => (
      <Text size="sm">
        {stateSentence(row)}{' '}
        <LinkTo
          to="/organizations/$org/recovery/$id"
          params={{ org: row.organization, id: row.id }}
          aria-label={`View the recovery request of ${called(row.person)}`}
        >
          View
        </LinkTo>
      </Text>
    ),
  },
]

function State({ state }: { state: Row['state'] }) {
  const { words, tone } = stateWords[state]
  return <Word tone={tone}>{words}</Word>
}
