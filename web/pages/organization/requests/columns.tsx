import { Button, Group, Text } from '@mantine/core'
import type { requests } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { roleNames } from '../../../words.ts'

type Row = requests.JoinRequest
type Ask = (deed: 'approve' | 'reject', request: Row) => void

/** The columns of the requests; pending ones have buttons to decide. */
export function requestColumns(onAsk: Ask): Column<Row>[] {
  return [
    { id: 'person', header: 'Person', card: 'title', width: '26%', cell: ({ user }) => <Who user={user} /> },
    { id: 'message', header: 'Message', cell: (row) => <Message row={row} /> },
    { id: 'asked', header: 'Requested', width: '130px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'decide',
      header: 'Decision',
      width: '236px',
      card: 'foot',
      cell: (row) => (row.state === 'pending' ? <Decide row={row} onAsk={onAsk} /> : <Decided row={row} />),
    },
  ]
}

function Who({ user: { user, fullname } }: { user: Row['user'] }) {
  return (
    <LinkTo to="/$name" params={{ name: user }} c="inherit" underline="never">
      <Named name={user} fullname={fullname} />
    </LinkTo>
  )
}

function Message({ row: { message, source, inviteLink } }: { row: Row }) {
  return (
    <>
      {source === 'domain' && <Word>email domain</Word>}
      {inviteLink && (
        <Word>{`invite link ${inviteLink.label === '' ? `…${inviteLink.last4}` : inviteLink.label}`}</Word>
      )}
      {message === '' ? (
        source === 'request' &&
        inviteLink === null && (
          <Text size="sm" c="dimmed">
            No message
          </Text>
        )
      ) : (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {message}
        </Text>
      )}
    </>
  )
}

function Decide({ row, onAsk }: { row: Row; onAsk: Ask }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Button size="xs" aria-label={`Approve ${row.user.user}`} onClick={() => onAsk('approve', row)}>
        Approve…
      </Button>
      <Button size="xs" aria-label={`Reject ${row.user.user}`} onClick={() => onAsk('reject', row)}>
        Reject…
      </Button>
    </Group>
  )
}

const stateNames: Record<Row['state'], string> = {
  pending: 'Pending',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
}

function Decided({ row: { state, role, reason, decidedAt, decidedBy } }: { row: Row }) {
  return (
    <>
      <Text size="sm" c="dimmed">
        {stateNames[state]}
        {role && ` as ${roleNames[role]}`}
        {decidedBy && ` by ${decidedBy}`} {decidedAt && <When time={decidedAt} />}
      </Text>
      {reason !== '' && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          “{reason}”
        </Text>
      )}
    </>
  )
}
