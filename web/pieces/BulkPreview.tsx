import { Alert, List, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconArrowRight } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { bulk } from '../../api/index.ts'
import { whole } from '../endless.ts'
import { counted, roleNames } from '../words.ts'
import classes from './BulkPreview.module.css'
import type { Column } from './columns.ts'
import { EndlessTable } from './EndlessTable.tsx'
import { type Chip, FilterChips } from './FilterChips.tsx'
import { RoleBadge } from './RoleBadge.tsx'
import { Word } from './Word.tsx'

type Row = bulk.BulkVerdict
type Verdict = Row['verdict']
type Filter = Verdict | 'revoke' | 'loses' | 'all'

const verdictWords: Record<Verdict, string> = {
  change: 'change',
  unchanged: 'no change',
  invite: 'invite',
  remove: 'remove',
  error: 'error',
}
const tones = { change: 'accent', unchanged: 'plain', invite: 'accent', remove: 'danger', error: 'danger' } as const

interface Shown {
  result: bulk.BulkResult
  label: string
  /** Whether the numbers of the rows mean something to the viewer, as the lines of their file do. */
  numbered?: boolean
}

/** The preview or the result of a bulk change: its problems, then one row per person with before and after. */
export function BulkPreview({ result, label, numbered = true }: Shown) {
  const [filter, setFilter] = useState<Filter>('all')
  const rows = useMemo(() => inOrder(result.rows), [result])
  const shown = useMemo(() => rows.filter((row) => fits(row, filter)), [rows, filter])
  return (
    <Stack gap="sm">
      <Problems problems={result.problems} />
      <FilterChips label="Filter rows" chips={chipsOf(result)} value={filter} onChange={setFilter} />
      <EndlessTable
        key={filter}
        label={label}
        columns={numbered ? columns : withoutNumbers}
        list={whole(shown)}
        rowKey={keyOf}
        heights={{ row: 57, card: 120 }}
        foot={counted(shown.length, 'row')}
        empty={<Text c="dimmed">No rows match.</Text>}
      />
    </Stack>
  )
}

const keyOf = ({ row, who }: Row) => `${row} ${who}`

/** Whether a removal revokes a pending invitation: a member who is removed always loses something. */
function isRevocation({ verdict, loses }: Row): boolean {
  return verdict === 'remove' && loses.length === 0
}

/** Errors first, the rest in the order in which it was sent. */
function inOrder(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => Number(b.verdict === 'error') - Number(a.verdict === 'error') || a.row - b.row)
}

function fits(row: Row, filter: Filter): boolean {
  if (filter === 'all') return true
  if (filter === 'revoke') return isRevocation(row)
  return filter === 'loses' ? row.loses.length > 0 : row.verdict === filter && !isRevocation(row)
}

function chipsOf({ counts }: bulk.BulkResult): Chip<Filter>[] {
  const chips: Chip<Filter>[] = [
    { value: 'error', label: 'Errors', count: counts.error, tone: 'danger' },
    { value: 'change', label: 'Changes', count: counts.change },
    { value: 'invite', label: 'Invitations', count: counts.invite },
    { value: 'remove', label: 'Removals', count: counts.remove, tone: 'danger' },
    { value: 'revoke', label: 'Revoked invitations', count: counts.revoke },
    { value: 'loses', label: 'Lose access', count: counts.loseAccess, tone: 'danger' },
    { value: 'unchanged', label: 'No change', count: counts.unchanged },
  ]
  return [{ value: 'all', label: 'All', count: counts.rows }, ...chips.filter(({ count }) => count !== 0)]
}

function Problems({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} title="Can’t be applied yet">
      <List size="sm">
        {problems.map((problem) => (
          <List.Item key={problem}>{problem}</List.Item>
        ))}
      </List>
    </Alert>
  )
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
    width: '140px',
    card: 'aside',
    cell: (row) => <Word tone={tones[row.verdict]}>{isRevocation(row) ? 'revoke' : verdictWords[row.verdict]}</Word>,
  },
  { id: 'change', header: 'Before and after', width: '30%', cell: changeOf },
  { id: 'loses', header: 'Loses', width: '24%', cell: (row) => losesOf(row) },
]

const withoutNumbers = columns.filter(({ id }) => id !== 'row')

// Of a change or a removal, the other columns say the same.
function Who({ row: { who, message, verdict } }: { row: Row }) {
  return (
    <>
      <Text size="sm" fw={500} truncate>
        {who}
      </Text>
      {message !== '' && verdict !== 'change' && verdict !== 'remove' && (
        <div className={classes.sentence}>{message}</div>
      )}
    </>
  )
}

function losesOf({ loses }: Row) {
  if (loses.length === 0) return null
  return (
    <ul className={classes.loses}>
      {loses.map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  )
}

function changeOf(row: Row) {
  const { before, after, verdict } = row
  if (verdict === 'error' || (!before && !after)) return null
  const groups = groupChanges(before, after)
  return (
    <>
      <div className={classes.change}>
        {before && <RoleBadge role={before.role} />}
        {before && before.role !== after?.role && <IconArrowRight size={14} aria-label="becomes" />}
        {after && after.role !== before?.role && <RoleBadge role={after.role} />}
        {!after && <span>{isRevocation(row) ? 'not invited' : 'not a member'}</span>}
      </div>
      {groups.length > 0 && (
        <ul className={classes.groups}>
          {groups.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
    </>
  )
}

type RoleAndGroups = Row['after']

/** What changes in the resource groups: one line a group that differs. */
function groupChanges(before: RoleAndGroups, after: RoleAndGroups): string[] {
  const had = new Map(before?.groups.map(({ id, role }) => [id, role]))
  const has = new Set(after?.groups.map(({ id }) => id))
  const gained = (after?.groups ?? []).flatMap(({ id, name, role }) => {
    const old = had.get(id)
    if (old === role) return []
    return old === undefined
      ? [`added to ${name}: ${roleNames[role]}`]
      : [`${name}: ${roleNames[old]} → ${roleNames[role]}`]
  })
  const lost = (before?.groups ?? []).filter(({ id }) => !has.has(id)).map(({ name }) => `removed from ${name}`)
  return [...gained, ...lost]
}
