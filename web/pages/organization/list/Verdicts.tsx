import { Button, Group, Stack, Text } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { ApiError, type bulk } from '../../../../api/index.ts'
import { whole } from '../../../endless.ts'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { type Chip, FilterChips } from '../../../pieces/FilterChips.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { counted, roleNames } from '../../../words.ts'

type Row = bulk.InviteVerdict
type Verdict = Row['verdict']
type Filter = Verdict | 'all'

const words: Record<Verdict, { chip: string; word: string; tone: 'plain' | 'accent' | 'warn' | 'danger' }> = {
  invite: { chip: 'Invite', word: 'invite', tone: 'accent' },
  reinvite: { chip: 'Invite again', word: 'invite again', tone: 'accent' },
  invalid: { chip: 'Not valid', word: 'not valid', tone: 'danger' },
  not_allowed: { chip: 'Not allowed', word: 'not allowed', tone: 'danger' },
  over_seat_limit: { chip: 'No seat available', word: 'no seat available', tone: 'warn' },
  domain_not_allowed: { chip: 'Other domain', word: 'other domain', tone: 'warn' },
  already_member: { chip: 'Already members', word: 'already a member', tone: 'plain' },
  duplicate: { chip: 'Duplicates', word: 'duplicate', tone: 'plain' },
}
const verdicts = Object.keys(words) as Verdict[]

interface Look {
  result: bulk.BulkInvitations
  /** Why they were not sent. */
  error: unknown
  onLook: () => void
  onSend: (planHash: string) => void
  onBack: () => void
}

/** The preview: what happens to each person on the list, and the button that invites those who can be. */
export function Verdicts({ result, error, onLook, onSend, onBack }: Look) {
  const { mailed } = result.counts
  // The button that led here is far below.
  useEffect(() => window.scrollTo(0, 0), [])
  const reason = mailed === 0 ? 'No one on the list can be invited. See the reasons below.' : undefined
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text flex="1 1 18rem" role="status">
          {sentenceOf(result.counts)}
        </Text>
        <Group gap="sm">
          <Button onClick={onBack}>Back to list</Button>
          <Why reason={reason}>
            <Button variant="filled" disabled={reason !== undefined} onClick={() => onSend(result.planHash)}>
              Invite {counted(mailed, 'person', 'people')}
            </Button>
          </Why>
        </Group>
      </Group>
      <ErrorNote error={error} />
      {error instanceof ApiError && error.status === 409 && (
        <Group>
          <Button onClick={onLook}>Update preview</Button>
        </Group>
      )}
      <VerdictTable rows={result.rows} />
    </Stack>
  )
}

function sentenceOf({ rows, mailed, leftOut }: bulk.BulkInvitations['counts']): string {
  const rest = leftOut === 0 ? '' : ` · ${leftOut.toLocaleString('en')} skipped`
  return `${mailed.toLocaleString('en')} of ${counted(rows, 'person', 'people')} can be invited${rest}. Nothing has been sent yet.`
}

function VerdictTable({ rows }: { rows: Row[] }) {
  const [filter, setFilter] = useState<Filter>('all')
  const shown = useMemo(() => rows.filter(({ verdict }) => filter === 'all' || verdict === filter), [rows, filter])
  const chips = useMemo(() => chipsOf(rows), [rows])
  return (
    <>
      <FilterChips label="Filter rows" chips={chips} value={filter} onChange={setFilter} />
      <EndlessTable
        key={filter}
        label="Preview of invitations"
        columns={columns}
        list={whole(shown)}
        rowKey={keyOf}
        heights={{ row: 57, card: 120 }}
        foot={counted(shown.length, 'row')}
        empty={<Text c="dimmed">No rows match.</Text>}
      />
    </>
  )
}

const keyOf = ({ row, who }: Row) => `${row} ${who}`

function chipsOf(rows: Row[]): Chip<Filter>[] {
  const counts = new Map<Verdict, number>()
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  const found = verdicts.filter((verdict) => counts.has(verdict))
  return [
    { value: 'all', label: 'All', count: rows.length },
    ...found.map((verdict) => ({
      value: verdict,
      label: words[verdict].chip,
      count: counts.get(verdict),
      ...(words[verdict].tone === 'danger' && { tone: 'danger' as const }),
    })),
  ]
}

const columns: Column<Row>[] = [
  {
    id: 'row',
    header: 'Row',
    width: '72px',
    card: 'none',
    cell: ({ row }) => (
      <Text size="xs" c="dimmed">
        {row.toLocaleString('en')}
      </Text>
    ),
  },
  { id: 'who', header: 'Person', card: 'title', cell: (row) => <Who row={row} /> },
  {
    id: 'verdict',
    header: 'Result',
    width: '160px',
    card: 'aside',
    cell: ({ verdict }) => <Word tone={words[verdict].tone}>{words[verdict].word}</Word>,
  },
  {
    id: 'role',
    header: 'Role',
    width: '130px',
    cell: ({ role, verdict }) => (role !== null && isMailed(verdict) ? <RoleBadge role={role} /> : null),
  },
  { id: 'groups', header: 'Resource groups', width: '24%', cell: groupsOf },
]

function isMailed(verdict: Verdict): boolean {
  return verdict === 'invite' || verdict === 'reinvite'
}

// Of a new invitation, the other columns say the same.
function Who({ row: { who, message, verdict } }: { row: Row }) {
  return (
    <>
      <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
        {who}
      </Text>
      {message !== '' && verdict !== 'invite' && (
        <Text size="xs" c="dimmed">
          {message}
        </Text>
      )}
    </>
  )
}

function groupsOf({ groups, verdict }: Row) {
  if (groups.length === 0 || !isMailed(verdict)) return null
  return (
    <Text size="xs" c="dimmed">
      {groups.map(({ name, role }) => `${name}: ${roleNames[role]}`).join(', ')}
    </Text>
  )
}
