import { Button, Group, Select, Text } from '@mantine/core'
import { operator, organizations, plans, type ReplyOf } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import type { PickedPlan } from './PlanChange.tsx'

/** An organization as operators see it. */
export type OperatorOrganization = ReplyOf<typeof operator.listOrganizations>[number]

const healthWords: Record<OperatorOrganization['health'], { words: string; tone: 'plain' | 'warn' | 'danger' }> = {
  healthy: { words: 'healthy', tone: 'plain' },
  at_risk: { words: 'one admin', tone: 'warn' },
  adminless: { words: 'no active admins', tone: 'danger' },
}

interface Deeds {
  onPlan: (picked: PickedPlan) => void
  onSeats: (organization: OperatorOrganization) => void
}

/** The columns of the organizations. */
export function organizationColumns({ onPlan, onSeats }: Deeds): Column<OperatorOrganization>[] {
  return [
    { id: 'organization', header: 'Organization', card: 'title', cell: (row) => <Who row={row} /> },
    { id: 'plan', header: 'Plan', width: '130px', cell: (row) => <PlanOf row={row} onPick={onPlan} /> },
    { id: 'members', header: 'Members', width: '90px', cell: (row) => row.members.toLocaleString('en') },
    { id: 'seats', header: 'Seat limit', width: '120px', cell: (row) => <SeatLimit row={row} onSeats={onSeats} /> },
    { id: 'health', header: 'Admins', width: '150px', cell: (row) => <Health row={row} /> },
    { id: 'created', header: 'Created', width: '135px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'deleted',
      header: 'Deleted',
      width: '110px',
      card: 'line',
      cell: (row) => (row.deletedAt ? <Restore name={row.name} deletedAt={row.deletedAt} /> : null),
    },
  ]
}

function Who({ row }: { row: OperatorOrganization }) {
  const named = <Named name={row.name} fullname={row.fullname} square />
  if (row.deletedAt !== null) return named
  return (
    <LinkTo to="/$name" params={{ name: row.name }} c="inherit">
      {named}
    </LinkTo>
  )
}

function PlanOf({ row, onPick }: { row: OperatorOrganization; onPick: (picked: PickedPlan) => void }) {
  if (row.deletedAt !== null) return row.plan
  return (
    <Select
      size="xs"
      aria-label={`Plan of ${row.name}`}
      data={[...plans]}
      value={row.plan}
      allowDeselect={false}
      onChange={(value) => {
        const plan = plans.find((known) => known === value)
        if (plan && plan !== row.plan) onPick({ organization: row, plan })
      }}
    />
  )
}

function SeatLimit({ row, onSeats }: { row: OperatorOrganization; onSeats: Deeds['onSeats'] }) {
  const words = row.seatLimit === null ? 'no limit' : row.seatLimit.toLocaleString('en')
  if (row.deletedAt !== null) return words
  return (
    <Button size="xs" aria-label={`Seat limit of ${row.name}: ${words}`} onClick={() => onSeats(row)}>
      {words}
    </Button>
  )
}

function Health({ row }: { row: OperatorOrganization }) {
  if (row.deletedAt !== null) return null
  const { words, tone } = healthWords[row.health]
  if (row.health === 'healthy') return <Text size="sm">{row.usableAdmins.toLocaleString('en')}</Text>
  if (row.health !== 'adminless') return <Word tone={tone}>{words}</Word>
  return (
    <Group gap={8}>
      <Word tone={tone}>{words}</Word>
      <LinkTo to="/operator/recovery" search={{ org: row.name }} size="sm" aria-label={`Recover ${row.name}`}>
        Recover
      </LinkTo>
    </Group>
  )
}

function Restore({ name, deletedAt }: { name: string; deletedAt: string }) {
  const restore = useChange(organizations.restoreOrganization, () => {
    restart(operator.listOrganizations)
    showDone(`${name} restored.`)
  })
  return (
    <>
      <Text size="xs" c="dimmed">
        <When time={deletedAt} />
      </Text>
      <Button
        size="compact-xs"
        loading={restore.isPending}
        aria-label={`Restore ${name}`}
        onClick={() => restore.mutate({ params: { org: name } }, { onError: showError })}
      >
        Restore
      </Button>
    </>
  )
}
