import { ActionIcon, Button, Checkbox, Group, NativeSelect, Popover, Select, Stack } from '@mantine/core'
import { IconColumns3, IconSortAscending, IconSortDescending } from '@tabler/icons-react'
import { billing, groups, members, type OrgRole, orgRoles, type ReplyOf } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import type { Column, Sorting } from '../../../pieces/columns.ts'
import { type Chip, FilterChips } from '../../../pieces/FilterChips.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { roleNames } from '../../../words.ts'
import { type Choosable, choosable, choosableFor, seesRoles } from './columns.tsx'
import type { Counts } from './Sentence.tsx'
import type { Filter } from './search.ts'

interface Choices {
  org: Org
  filter: Filter
  counts: Counts | undefined
  reading: boolean
  onChange: (change: Filter) => void
}

/** Search, role, 2FA, and resource group; what is chosen stands in the address. */
export function Filters({ org, filter, counts, reading, onChange }: Choices) {
  const { data: known = [] } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  const roles = orgRoles.toReversed().map((role) => ({ value: role, label: labelOf(role, counts) }))
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        label="Search by name"
        value={filter.search ?? ''}
        reading={reading}
        onChange={(search) => onChange({ search })}
      />
      {seesRoles(org) && (
        <Select
          aria-label="Role"
          placeholder="All roles"
          w={{ base: 'calc(50% - 6px)', xs: 170 }}
          data={roles}
          value={filter.role ?? null}
          clearable
          onChange={(role) => onChange({ role: orgRoles.find((known) => known === role) })}
        />
      )}
      {counts?.withoutTwoFactor !== undefined && (
        <Select
          aria-label="Two-factor authentication"
          placeholder="2FA on or off"
          w={{ base: 'calc(50% - 6px)', xs: 190 }}
          data={[
            { value: 'on', label: '2FA on' },
            { value: 'off', label: `2FA off (${counts.withoutTwoFactor.toLocaleString('en')})` },
          ]}
          value={filter.twoFactor ?? null}
          clearable
          onChange={(value) => onChange({ twoFactor: members.TwoFactor.safeParse(value).data })}
        />
      )}
      {known.length > 0 && (
        <Select
          aria-label="Resource group"
          placeholder="All groups"
          w={{ base: 'calc(50% - 6px)', xs: 170 }}
          data={known.map(({ name, numUsers }) => ({
            value: name,
            label: `${name} (${numUsers.toLocaleString('en')})`,
          }))}
          value={filter.group ?? null}
          clearable
          searchable
          onChange={(group) => onChange({ group: group ?? undefined })}
        />
      )}
    </Group>
  )
}

function labelOf(role: OrgRole, counts: Counts | undefined): string {
  return counts ? `${roleNames[role]} (${(counts.byRole[role] ?? 0).toLocaleString('en')})` : roleNames[role]
}

type Summary = ReplyOf<typeof billing.summarizeActivity>

/** Members by how long they have been inactive, one click each; for those who see activity. */
export function IdleChips({ org, filter, onChange }: Pick<Choices, 'org' | 'filter' | 'onChange'>) {
  const sees = org.may.includes('activity.view')
  const { data } = useMaybe(billing.summarizeActivity, sees ? { params: { org: org.name } } : undefined)
  if (!sees) return null
  return (
    <FilterChips
      label="Activity"
      chips={chipsOf(data)}
      value={filter.idle ?? 'all'}
      onChange={(value) => onChange({ idle: value === 'all' ? undefined : value })}
    />
  )
}

function chipsOf(summary: Summary | undefined): Chip<billing.Idle | 'all'>[] {
  const { members, idle } = summary ?? { members: undefined, idle: undefined }
  return [
    { value: 'all', label: 'All', count: members },
    { value: '30', label: 'Inactive 30+ days', count: idle?.['30'] },
    { value: '60', label: '60+ days', count: idle?.['60'] },
    { value: '90', label: '90+ days', count: idle?.['90'] },
    { value: 'never', label: 'Never active', count: idle?.never },
  ]
}

interface ColumnChoice {
  org: Org
  chosen: readonly Choosable[]
  onChange: (chosen: Choosable[]) => void
}

/** Which columns the table has. */
export function ChooseColumns({ org, chosen, onChange }: ColumnChoice) {
  const all = choosableFor(org)
  const toggle = (id: Choosable) =>
    onChange(all.filter((known) => (known === id ? !chosen.includes(id) : chosen.includes(known))))
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button size="xs" leftSection={<IconColumns3 size={15} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" role="group" aria-label="Columns">
          {all.map((id) => (
            <Checkbox
              key={id}
              size="sm"
              label={choosable[id]}
              checked={chosen.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The order of a list of cards, which have no headers to click. */
export function SortCards<T>({ columns, sorting }: { columns: Column<T>[]; sorting: Sorting }) {
  const orders = columns.flatMap(({ sort, header }) => (sort === undefined ? [] : [{ value: sort, label: header }]))
  const { by, descending, onSort } = sorting
  const Icon = descending ? IconSortDescending : IconSortAscending
  return (
    <Group gap="xs" wrap="nowrap" hiddenFrom="sm">
      <NativeSelect
        aria-label="Sort by"
        size="xs"
        w={130}
        data={orders}
        value={by}
        onChange={({ currentTarget }) => onSort(currentTarget.value, false)}
      />
      <ActionIcon
        variant="default"
        size={30}
        aria-label={descending ? 'Sort ascending' : 'Sort descending'}
        onClick={() => onSort(by, !descending)}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Group>
  )
}
