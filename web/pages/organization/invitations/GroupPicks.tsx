import { ActionIcon, Group, NativeSelect, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type GroupRole, groupRoles, groups } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { roleNames } from '../../../words.ts'

/** A resource group that comes with an invitation. */
export interface Pick {
  id: string
  name: string
  role: GroupRole
}

interface Picks {
  org: Org
  picks: Pick[]
  onChange: (picks: Pick[]) => void
}

/** The resource groups that come with an invitation, each with its role; nothing where there is none to give. */
export function GroupPicks({ org, picks, onChange }: Picks) {
  const offered = useOffered(org).filter(({ id }) => !picks.some((pick) => pick.id === id))
  if (offered.length === 0 && picks.length === 0) return null
  const add = (id: string | null) => {
    const group = offered.find((option) => option.id === id)
    if (group) onChange([...picks, { id: group.id, name: group.name, role: 'read' }])
  }
  return (
    <Stack gap="xs">
      <Select
        label="Resource groups"
        description="Optional. Added when they join."
        placeholder={offered.length > 0 ? 'Add a group' : 'All groups added'}
        disabled={offered.length === 0}
        searchable
        data={offered.map(({ id, name }) => ({ value: id, label: name }))}
        value={null}
        onChange={add}
      />
      {picks.map((pick) => (
        <PickedGroup
          key={pick.id}
          pick={pick}
          onRole={(role) => onChange(picks.map((other) => (other.id === pick.id ? { ...pick, role } : other)))}
          onRemove={() => onChange(picks.filter(({ id }) => id !== pick.id))}
        />
      ))}
    </Stack>
  )
}

function PickedGroup(props: { pick: Pick; onRole: (role: GroupRole) => void; onRemove: () => void }) {
  const { name, role } = props.pick
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text size="sm" fw={500} truncate>
        {name}
      </Text>
      <Group gap={4} wrap="nowrap">
        <NativeSelect
          aria-label={`Role in ${name}`}
          size="xs"
          w={118}
          data={groupRoles.map((value) => ({ value, label: roleNames[value] }))}
          value={role}
          onChange={({ currentTarget }) => props.onRole(currentTarget.value as GroupRole)}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={props.onRemove}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </Group>
  )
}

/** Groups that you administer and that no identity provider manages. */
function useOffered(org: Org) {
  const { data = [] } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  return data.filter(({ may, managedBy }) => may.includes('group.changeRole') && managedBy === 'manual')
}
