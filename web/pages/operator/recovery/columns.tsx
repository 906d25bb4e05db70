import { Text, UnstyledButton } from '@mantine/core'
import type { recovery } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { pathWords, stateSentence, stateWords } from '../../recovery-request/words.ts'

type Row = recovery.RecoveryRequest

/** The columns of the recovery requests of all organizations. */
export function recoveryRequestColumns(onOpen: (id: string) => void): Column<Row>[] {
  return [
    {
      id: 'person',
      header: 'Person',
      card: 'title',
      cell: ({ id, person }) => (
        <UnstyledButton onClick={() => onOpen(id)} maw="100%">
          <Named name={person.user} fullname={person.fullname} />
        </UnstyledButton>
      ),
    },
    {
      id: 'organization',
      header: 'Organization',
      width: '150px',
      cell: ({ organization }) => (
        <LinkTo to="/$name" params={{ name: organization }}>
          {organization}
        </LinkTo>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '175px',
      card: 'aside',
      cell: ({ state }) => <Word tone={stateWords[state].tone}>{stateWords[state].words}</Word>,
    },
    {
      id: 'begun',
      header: 'Opened',
      width: '190px',
      cell: ({ createdAt, path }) => (
        <Text size="sm" c="dimmed">
          <When time={createdAt} />, {pathWords[path]}
        </Text>
      ),
    },
    {
      id: 'standing',
      header: 'Status',
      width: '30%',
      cell: (row) => <Text size="sm">{stateSentence(row)}</Text>,
    },
  ]
}
