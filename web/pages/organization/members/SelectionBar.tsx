import { Box, Button, Menu, NativeSelect, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type GroupRole, groupRoles, groups, orgRoles } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { showError } from '../../../pieces/ErrorNote.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { counted, roleNames, roleSentences } from '../../../words.ts'
import { whyNotGive } from './roles.ts'
import classes from './SelectionBar.module.css'
import type { Search } from './search.ts'
import { exportSelected } from './selection.ts'

type Choose = (change: Pick<Search, 'change' | 'into' | 'as'>) => void

interface Bar {
  org: Org
  selected: ReadonlySet<string>
  onChange: Choose
  onClear: () => void
}

/** What can be done with the selected members; each change is previewed first. */
export function SelectionBar({ org, selected, onChange, onClear }: Bar) {
  const save = useMutation({ mutationFn: () => exportSelected(org, selected), onError: showError })
  return (
    <section className={classes.bar} aria-label="Selected members">
      <Text size="sm" fw={500} className={classes.words ?? ''} role="status">
        {counted(selected.size, 'member')} selected
      </Text>
      <RoleChoice org={org} onChange={onChange} />
      <GroupChoice org={org} onChange={onChange} />
      {org.may.includes('member.export') && (
        <Button
          size="xs"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          Export
        </Button>
      )}
      <Button size="xs" color="red" variant="outline" onClick={() => onChange({ change: 'remove' })}>
        Remove…
      </Button>
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear selection
      </Button>
    </section>
  )
}

function RoleChoice({ org, onChange }: { org: Org; onChange: Choose }) {
  return (
    <Menu position="top-end" width={320}>
      <Menu.Target>
        <Button size="xs" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Change role
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {orgRoles.toReversed().map((role) => (
          <Menu.Item
            key={role}
            disabled={whyNotGive(org.mayGrant, role) !== undefined}
            onClick={() => onChange({ change: role })}
          >
            <Box>
              <RoleBadge role={role} />
              <Text size="xs" c="dimmed" mt={2}>
                {whyNotGive(org.mayGrant, role) ?? roleSentences[role]}
              </Text>
            </Box>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function GroupChoice({ org, onChange }: { org: Org; onChange: Choose }) {
  const [role, setRole] = useState<GroupRole>('read')
  const mayList = org.may.includes('group.list')
  const { data = [] } = useMaybe(groups.listGroupSummaries, mayList ? { params: { org: org.name } } : undefined)
  const offered = data.filter(({ may, managedBy }) => may.includes('group.changeRole') && managedBy === 'manual')
  if (offered.length === 0) return null
  return (
    <Menu position="top-end" width={260}>
      <Menu.Target>
        <Button size="xs" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Add to group
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        <NativeSelect
          label="Role in the group"
          size="xs"
          p="xs"
          data={groupRoles.map((value) => ({ value, label: roleNames[value] }))}
          value={role}
          onChange={({ currentTarget }) => setRole(currentTarget.value as GroupRole)}
        />
        {offered.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => onChange({ change: 'group', into: id, as: role })}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
