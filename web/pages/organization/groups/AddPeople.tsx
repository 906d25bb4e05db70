import { Button, Group, MultiSelect, NativeSelect, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { type GroupRole, groupRoles, groups, members } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { counted, listed, roleNames } from '../../../words.ts'

/** Adds members of the organization to a group: all that were picked, or none. */
export function AddPeople({ org, group }: { org: Org; group: groups.ResourceGroup }) {
  const [chosen, setChosen] = useState<string[]>([])
  const [role, setRole] = useState<GroupRole>('read')
  const [words, setWords] = useState('')
  const options = useOptions(org, group, words)
  const add = useChange(groups.addGroupUsers, () => {
    showDone(`Added ${listed(chosen)} to ${group.name} with the ${roleNames[role]} role.`)
    setChosen([])
  })
  const submit = () =>
    add.mutate({ params: { org: org.name, group: group.id }, body: { users: chosen.map((user) => ({ user, role })) } })
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <MultiSelect
          label="Add members"
          placeholder={chosen.length === 0 ? 'Search by name' : ''}
          flex="1 1 16rem"
          searchable
          hidePickedOptions
          maxValues={1000}
          data={[...new Map([...chosen.map((user) => [user, user] as const), ...options]).entries()].map(
            ([value, label]) => ({ value, label }),
          )}
          filter={({ options: all }) => all}
          value={chosen}
          searchValue={words}
          onSearchChange={setWords}
          onChange={setChosen}
          nothingFoundMessage="No other members match"
        />
        <NativeSelect
          label="Role"
          w={130}
          data={groupRoles.map((value) => ({ value, label: roleNames[value] }))}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as GroupRole)}
        />
        <Button variant="filled" disabled={chosen.length === 0} loading={add.isPending} onClick={submit}>
          {chosen.length > 1 ? `Add ${counted(chosen.length, 'member')}` : 'Add member'}
        </Button>
      </Group>
      <ErrorNote error={add.error} />
    </Stack>
  )
}

/** Members who match and are not in the group yet. */
function useOptions(org: Org, group: groups.ResourceGroup, words: string): [string, string][] {
  const [search] = useDebouncedValue(words.trim(), 150)
  const { data = [] } = useMaybe(members.listMembers, {
    params: { org: org.name },
    query: { search: search || undefined, limit: 50 },
  })
  const inside = new Set(group.users.map(({ name }) => name))
  return data
    .filter(({ user }) => !inside.has(user))
    .map(({ user, fullname }) => [user, fullname ? `${fullname} (${user})` : user])
}
