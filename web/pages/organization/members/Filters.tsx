import { CloseButton, Group, Loader, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { groups, type OrgRole, orgRoles } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { roleNames } from '../../../words.ts'
import type { Counts } from './Sentence.tsx'

export interface Filter {
  search?: string | undefined
  role?: OrgRole | undefined
  group?: string | undefined
}

interface Choices {
  org: Org
  filter: Filter
  counts: Counts | undefined
  reading: boolean
  onChange: (change: Filter) => void
}

/** Search, role and resource group; what is chosen stands in the address. */
export function Filters({ org, filter, counts, reading, onChange }: Choices) {
  const { data: known = [] } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  const roles = orgRoles.toReversed().map((role) => ({ value: role, label: labelOf(role, counts) }))
  return (
    <Group gap="sm" mb="sm">
      <SearchField value={filter.search ?? ''} reading={reading} onChange={(search) => onChange({ search })} />
      <Select
        aria-label="Role"
        placeholder="All roles"
        w={{ base: 'calc(50% - 6px)', xs: 170 }}
        data={roles}
        value={filter.role ?? null}
        clearable
        onChange={(role) => onChange({ role: orgRoles.find((known) => known === role) })}
      />
      {known.length > 0 && (
        <Select
          aria-label="Resource group"
          placeholder="All groups"
          w={{ base: 'calc(50% - 6px)', xs: 190 }}
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

/** A search field that asks a moment after the last key. */
export function SearchField(props: {
  value: string
  reading: boolean
  label?: string
  onChange: (words: string) => void
}) {
  const [words, setWords] = useState(props.value)
  const report = useDebouncedCallback(props.onChange, 180)
  // Going back, or a link with a filter, changes the field as well.
  useEffect(() => setWords(props.value), [props.value])
  const set = (next: string) => {
    setWords(next)
    report(next.trim())
  }
  return (
    <TextInput
      aria-label={props.label ?? 'Search members'}
      placeholder={props.label ?? 'Search by name'}
      flex="1 1 14rem"
      maxLength={200}
      value={words}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        props.reading ? (
          <Loader size={14} />
        ) : (
          words !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => set('')} />
        )
      }
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}

function labelOf(role: OrgRole, counts: Counts | undefined): string {
  return counts ? `${roleNames[role]} (${(counts.byRole[role] ?? 0).toLocaleString('en')})` : roleNames[role]
}
