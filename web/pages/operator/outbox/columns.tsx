import { Text, UnstyledButton } from '@mantine/core'
import type { operator, ReplyOf } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'

/** An email of the outbox. */
export type Mail = ReplyOf<typeof operator.listOutbox>[number]

const tones = { queued: 'plain', sent: 'plain', kept: 'warn', failed: 'danger' } as const

const errorColumn: Column<Mail> = { id: 'error', header: 'Error', width: '25%', cell: ({ error }) => error }

/** The columns of the outbox. The one for errors takes room from the subjects, so it is shown only if there are any. */
export function mailColumns(hasErrors: boolean, onOpen: (id: string) => void): Column<Mail>[] {
  return [
    {
      id: 'mail',
      header: 'Email',
      card: 'title',
      cell: ({ id, subject, to }) => (
        <UnstyledButton onClick={() => onOpen(id)} style={{ maxWidth: '100%', borderRadius: 4 }}>
          <Text size="sm" fw={500} truncate>
            {subject}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            to {to}
          </Text>
        </UnstyledButton>
      ),
    },
    { id: 'state', header: 'State', width: '120px', card: 'aside', cell: ({ state }) => <MailState state={state} /> },
    { id: 'when', header: 'Created', width: '150px', cell: ({ createdAt }) => <When time={createdAt} /> },
    ...(hasErrors ? [errorColumn] : []),
  ]
}

/** Whether an email is queued, was sent, was not sent because there is no mail server, or failed. */
export function MailState({ state }: { state: Mail['state'] }) {
  return <Word tone={tones[state]}>{state === 'kept' ? 'not sent' : state}</Word>
}
