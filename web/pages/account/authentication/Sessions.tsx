import { Button, Group, Text } from '@mantine/core'
import { useMemo } from 'react'
import { type ReplyOf, users } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { counted } from '../../../words.ts'
import { deviceOf } from './device.ts'

type Session = ReplyOf<typeof users.listSessions>[number]

/** Where you are signed in, and the way to end it there. */
export function Sessions({ sessions }: { sessions: Session[] }) {
  const columns = useMemo(sessionColumns, [])
  const endOthers = useChange(users.endOtherSessions, ({ ended }) =>
    showDone(`Signed out of ${counted(ended, 'session')}.`),
  )
  const others = sessions.filter(({ current }) => !current).length
  return (
    <>
      <DataTable label="Your sessions" columns={columns} rows={sessions} rowKey={({ id }) => id} />
      {others > 0 && (
        <Group>
          <Button
            color="red"
            variant="light"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate({}, { onError: showError })}
          >
            Sign out {others === 1 ? 'other session' : `${others} other sessions`}
          </Button>
        </Group>
      )}
    </>
  )
}

function sessionColumns(): Column<Session>[] {
  return [
    { id: 'device', header: 'Browser', card: 'title', cell: (session) => <Device session={session} /> },
    {
      id: 'ip',
      header: 'IP address',
      width: '150px',
      cell: ({ ip }) => <span className="mono">{ip ?? 'unknown'}</span>,
    },
    { id: 'seen', header: 'Last active', width: '140px', cell: ({ lastSeenAt }) => <When time={lastSeenAt} /> },
    { id: 'since', header: 'Signed in', width: '140px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'end',
      header: 'Sign out',
      quiet: true,
      width: '130px',
      card: 'aside',
      cell: (session) => <End session={session} />,
    },
  ]
}

function Device({ session }: { session: Session }) {
  return (
    <Group gap={8}>
      <Text size="sm" fw={500} title={session.userAgent ?? undefined}>
        {deviceOf(session.userAgent)}
      </Text>
      {session.current && <Word>this session</Word>}
    </Group>
  )
}

function End({ session }: { session: Session }) {
  const device = deviceOf(session.userAgent)
  const end = useChange(users.endSession, () => showDone(`Signed out of ${device}.`))
  if (session.current) return null
  return (
    <Button
      size="xs"
      loading={end.isPending}
      aria-label={`Sign out ${device}`}
      onClick={() => end.mutate({ params: { id: session.id } }, { onError: showError })}
    >
      Sign out
    </Button>
  )
}
