import { Button, Checkbox, Group, Text, UnstyledButton } from '@mantine/core'
import type { gated } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { Named } from '../../../pieces/Portrait.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { answerWords } from './answer-words.ts'
import { deedsIn } from './decisions.ts'

type Row = gated.AccessRequest

interface Doing {
  /** What the card asks for now. */
  fields: readonly gated.GateField[]
  selected: ReadonlySet<string>
  toggle: (user: string) => void
  open: (user: string) => void
  decide: (status: gated.RequestState, user: string) => void
}

/** The columns of a list of requests: who, their answers, what became of it, and what can be decided. */
export function requestColumns(state: gated.RequestState, doing: Doing): Column<Row>[] {
  const { fields, selected, toggle, open, decide } = doing
  return [
    {
      id: 'select',
      header: 'Select',
      quiet: true,
      width: '44px',
      card: 'lead',
      cell: ({ user: { user } }) => (
        <Checkbox size="sm" aria-label={`Select ${user}`} checked={selected.has(user)} onChange={() => toggle(user)} />
      ),
    },
    {
      id: 'person',
      header: 'Person',
      width: '24%',
      card: 'title',
      cell: ({ user: { user, fullname } }) => (
        <UnstyledButton onClick={() => open(user)} maw="100%" display="block" aria-label={`Answers of ${user}`}>
          <Named name={user} fullname={fullname} />
        </UnstyledButton>
      ),
    },
    { id: 'answers', header: 'Answers', cell: (row) => <Summary row={row} asked={fields} /> },
    ...(state === 'pending' ? [requested] : [decided]),
    {
      id: 'decide',
      header: 'Actions',
      quiet: true,
      width: state === 'pending' ? '224px' : '300px',
      card: 'foot',
      cell: ({ user: { user } }) => (
        <Group gap={6} wrap="nowrap">
          {deedsIn[state].map(({ status, label }) => (
            <Button key={status} size="xs" aria-label={`${label}: ${user}`} onClick={() => decide(status, user)}>
              {label}…
            </Button>
          ))}
        </Group>
      ),
    },
  ]
}

const requested: Column<Row> = {
  id: 'requested',
  header: 'Requested',
  width: '130px',
  cell: ({ timestamp }) => <When time={timestamp} />,
}

const decided: Column<Row> = {
  id: 'decided',
  header: 'Decided',
  width: '170px',
  cell: ({ reviewedAt, timestamp, grantedBy, expiresAt }) => (
    <>
      <Text size="sm" component="div">
        <When time={reviewedAt ?? timestamp} /> {grantedBy ? `by ${grantedBy.user}` : 'automatically'}
      </Text>
      {expiresAt !== null && (
        <Text size="xs" c="dimmed">
          until {sayDay(expiresAt)}
        </Text>
      )}
    </>
  ),
}

function Summary({ row: { fields = {}, user, rejectionReason }, asked }: { row: Row; asked: Doing['fields'] }) {
  const answers = Object.entries(fields).map(([name, answer]) => `${name}: ${answerWords(asked, name, answer)}`)
  return (
    <>
      {answers.length > 0 || user.email !== undefined ? (
        <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          {answers.length > 0 ? answers.join(' · ') : user.email}
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          Given access without a request
        </Text>
      )}
      {rejectionReason && (
        <Text size="xs" c="dimmed" lineClamp={2}>
          Reason: {rejectionReason}
        </Text>
      )}
    </>
  )
}
