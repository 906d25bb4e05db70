import { Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { billing, orgRoles, type ReplyOf } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { everyRow, useEndless } from '../../../endless.ts'
import { exportAddressOf } from '../../../export-address.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { showError } from '../../../pieces/ErrorNote.tsx'
import { type Chip, FilterChips } from '../../../pieces/FilterChips.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { roleNames } from '../../../words.ts'
import { activityColumns } from './columns.tsx'
import { SelectionBar } from './SelectionBar.tsx'
import { type Filter, Search } from './search.ts'

type Summary = ReplyOf<typeof billing.summarizeActivity>
type Row = billing.MemberActivity
type Selection = ReadonlySet<string>

interface Part {
  org: Org
  summary: Summary
  selected: Selection
  onSelect: (next: Selection) => void
}

/** The members with when and by which door they were last seen; those selected can be changed together. */
export function Seen({ org, summary, selected, onSelect }: Part) {
  const [{ change: _, ...filter }, setAddress] = useAddressState(Search)
  const mayChange = org.may.includes('member.bulk')
  const list = useEndless(billing.listActivity, inputOf(org, filter, 100))
  const toggle = useCallback(
    (user: string) => onSelect(selected.has(user) ? without(selected, user) : new Set([...selected, user])),
    [selected, onSelect],
  )
  const columns = useMemo(
    () => activityColumns(mayChange ? { selected, onToggle: toggle } : undefined),
    [mayChange, selected, toggle],
  )
  return (
    <Block title="When they were last active" wide>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <FilterChips
            label="Not active for"
            chips={chipsOf(summary)}
            value={filter.idle ?? 'all'}
            onChange={(value) => void setAddress({ idle: value === 'all' ? undefined : value })}
          />
          <Button
            size="xs"
            component="a"
            href={exportAddressOf(billing.exportActivity, org.name, { idle: filter.idle })}
            download={`${org.name}-activity.csv`}
            leftSection={<IconDownload size={15} aria-hidden />}
          >
            CSV
          </Button>
        </Group>
        <Filters filter={filter} reading={list.stale} onChange={setAddress} />
        {mayChange && list.rows.length > 0 && (
          <SelectAll org={org} filter={filter} shown={list.rows} selected={selected} onSelect={onSelect} />
        )}
      </Stack>
      <EndlessTable
        label={`Activity of the members of ${org.name}`}
        columns={columns}
        list={list}
        rowKey={keyOf}
        heights={{ row: 57, card: 140 }}
        empty={<Text c="dimmed">No members match.</Text>}
      />
      {selected.size > 0 && (
        <SelectionBar
          org={org}
          count={selected.size}
          onChange={(change) => void setAddress({ change }, 'push')}
          onClear={() => onSelect(new Set())}
        />
      )}
    </Block>
  )
}

interface FiltersProps {
  filter: Filter
  reading: boolean
  onChange: (change: { search?: string | undefined; role?: Filter['role'] | undefined }) => Promise<void>
}

function Filters({ filter, reading, onChange }: FiltersProps) {
  return (
    <Group gap="sm">
      <SearchField
        label="Search by name"
        value={filter.search ?? ''}
        reading={reading}
        onChange={(search) => onChange({ search })}
      />
      <Select
        aria-label="Role"
        placeholder="All roles"
        w={{ base: '100%', xs: 190 }}
        data={orgRoles.toReversed().map((role) => ({ value: role, label: roleNames[role] }))}
        value={filter.role ?? null}
        clearable
        onChange={(role) => void onChange({ role: orgRoles.find((known) => known === role) })}
      />
    </Group>
  )
}

const keyOf = ({ _id }: Row) => _id

function inputOf(org: Org, { idle, role, search }: Filter, limit: number) {
  return { params: { org: org.name }, query: { idle, role, search, limit } }
}

function without(selected: Selection, user: string): Selection {
  return new Set([...selected].filter((other) => other !== user))
}

function chipsOf({ members, idle }: Summary): Chip<billing.Idle | 'all'>[] {
  return [
    { value: 'all', label: 'All', count: members },
    { value: '30', label: 'Idle for 30 days', count: idle['30'] },
    { value: '60', label: '60 days', count: idle['60'] },
    { value: '90', label: '90 days', count: idle['90'] },
    { value: 'never', label: 'Never active', count: idle.never },
  ]
}

interface All {
  org: Org
  filter: Filter
  shown: Row[]
  selected: Selection
  onSelect: (next: Selection) => void
}

// As many as an answer may hold.
const mostAtOnce = 1000

/** Selects everybody who matches, also those who were not scrolled to yet. */
function SelectAll({ org, filter, shown, selected, onSelect }: All) {
  const read = useMutation({
    mutationFn: () => everyRow(billing.listActivity, inputOf(org, filter, mostAtOnce)),
    onSuccess: (rows) => onSelect(new Set([...selected, ...rows.map(({ user }) => user)])),
    onError: showError,
  })
  const isAll = shown.every(({ user }) => selected.has(user))
  const toggle = () => {
    if (!isAll) return read.mutate()
    const gone = new Set(shown.map(({ user }) => user))
    onSelect(new Set([...selected].filter((user) => !gone.has(user))))
  }
  return (
    <Checkbox
      size="sm"
      label={read.isPending ? 'Selecting…' : 'Select all that match'}
      checked={isAll}
      indeterminate={!isAll && selected.size > 0}
      disabled={read.isPending}
      onChange={toggle}
    />
  )
}
