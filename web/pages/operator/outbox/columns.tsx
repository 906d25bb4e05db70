import { Text, UnstyledButton } from '@mantine/core'
import type { operator, ReplyOf } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'

/** A mail of the outbox. */
export type Mail = ReplyOf<typeof operator.listOutbox>[number]

const tones = { queued: 'plain', sent: 'plain', kept: 'accent', failed: 'danger' } as const

/** The columns of the outbox. */
export function mailColumns(onOpen: (id: string) => void): Column<Mail>[] {
  return [
    {
      id: 'mail',
      header: 'Mail',
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
    { id: 'when', header: 'Written', width: '150px', cell: ({ createdAt }) => <When time={createdAt} /> },
    { id: 'error', header: 'Error', width: '25%', cell: ({ error }) => error },
  ]
}

/** Whether a mail waits, went out, is kept here, or could not be sent. */
export function MailState({ state }: { state: Mail['state'] }) {
  return <Word tone={tones[state]}>{state}</Word>
}
