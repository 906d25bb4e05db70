import { Group, Select } from '@mantine/core'
import { groups, type OrgRole, orgRoles } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { SearchField } from '../../../pieces/SearchField.tsx'
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
      <SearchField
        label="Search by name"
        value={filter.search ?? ''}
        reading={reading}
        onChange={(search) => onChange({ search })}
      />
      <Select
        aria-label="Role"
        placeholder="All roles"
        w={{ base: 'calc(50% - 6px)', xs: 190 }}
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

function labelOf(role: OrgRole, counts: Counts | undefined): string {
  return counts ? `${roleNames[role]} (${(counts.byRole[role] ?? 0).toLocaleString('en')})` : roleNames[role]
}
