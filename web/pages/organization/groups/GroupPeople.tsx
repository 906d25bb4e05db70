import { ActionIcon, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { fold, type GroupRole, groupRoles, groups } from '../../../../api/index.ts'
import { whole } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { counted, roleNames } from '../../../words.ts'
import { AddPeople } from './AddPeople.tsx'

type Person = groups.ResourceGroup['users'][number]

interface Part {
  org: Org
  group: groups.ResourceGroup
  manages: boolean
}

/** The members of a group with their roles; those who manage it can add, change, and remove them. */
export function GroupPeople({ org, group, manages }: Part) {
  const [words, setWords] = useState('')
  const [leaving, setLeaving] = useState<Person>()
  const path = { org: org.name, group: group.id }
  const change = useChange(groups.changeGroupRole)
  const setRole = (person: Person, role: GroupRole) =>
    change.mutate(
      { params: { ...path, username: person.name }, body: { role } },
      { onSuccess: () => showDone(`${person.name} now has ${roleNames[role]} in ${group.name}.`), onError: showError },
    )
  const rows = useMemo(() => group.users.filter((person) => matches(person, words)), [group.users, words])
  const columns = personColumns({ org, manages, busy: change.isPending, setRole, onLeave: setLeaving })
  return (
    <Stack gap="md">
      {manages && <AddPeople org={org} group={group} />}
      {group.users.length > 8 && (
        <Group>
          <SearchField value={words} label="Search members of this group" reading={false} onChange={setWords} />
        </Group>
      )}
      <EndlessTable
        label={`Members of ${group.name}`}
        columns={columns}
        list={whole(rows)}
        rowKey={({ _id }) => _id}
        total={rows.length}
        heights={{ row: 57, card: 72 }}
        empty={words === '' ? <NoPeople /> : <Text c="dimmed">No members match.</Text>}
      />
      {leaving && <RemovePerson org={org} group={group} person={leaving} onClose={() => setLeaving(undefined)} />}
    </Stack>
  )
}

function matches({ name, fullname }: Person, words: string): boolean {
  return fold(`${name} ${fullname}`).includes(fold(words))
}

function NoPeople() {
  return (
    <Empty title="No members in this group">
      Only admins of the organization can access its private repositories. Add the members who work on them.
    </Empty>
  )
}

interface Deeds {
  org: Org
  manages: boolean
  busy: boolean
  setRole: (person: Person, role: GroupRole) => void
  onLeave: (person: Person) => void
}

function personColumns({ org, manages, busy, setRole, onLeave }: Deeds): Column<Person>[] {
  const role = (person: Person) =>
    manages ? (
      <NativeSelect
        aria-label={`Role of ${person.name}`}
        size="xs"
        w={118}
        disabled={busy}
        data={groupRoles.map((value) => ({ value, label: roleNames[value] }))}
        value={person.role}
        onChange={(event) => setRole(person, event.currentTarget.value as GroupRole)}
      />
    ) : (
      <RoleBadge role={person.role} />
    )
  const columns: Column<Person>[] = [
    { id: 'person', header: 'Member', card: 'title', cell: (person) => <Who org={org} person={person} /> },
    { id: 'addedBy', header: 'Added by', width: '24%', cell: ({ addedBy }) => addedBy },
    { id: 'role', header: 'Role in this group', width: '160px', card: 'aside', cell: role },
  ]
  if (!manages) return columns
  const remove = (person: Person) => (
    <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${person.name}`} onClick={() => onLeave(person)}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  )
  return [...columns, { id: 'remove', header: 'Remove', quiet: true, width: '56px', card: 'aside', cell: remove }]
}

function Who({ org, person }: { org: Org; person: Person }) {
  return (
    <LinkTo
      to="/organizations/$org/settings/members"
      params={{ org: org.name }}
      search={{ member: person.name }}
      c="inherit"
      underline="never"
    >
      <Named name={person.name} fullname={person.fullname} />
    </LinkTo>
  )
}

function RemovePerson({
  org,
  group,
  person,
  onClose,
}: {
  org: Org
  group: groups.ResourceGroup
  person: Person
  onClose: () => void
}) {
  const remove = useChange(groups.removeGroupUser, () => {
    showDone(`Removed ${person.name} from ${group.name}.`)
    onClose()
  })
  const hidden = group.resources.filter((resource) => resource.private).length
  return (
    <ConfirmByTyping
      opened
      title={`Remove ${person.name} from ${group.name}`}
      label="Remove from group"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { org: org.name, group: group.id, username: person.name } })}
      onClose={onClose}
    >
      <Text size="sm">
        {person.name} loses the {roleNames[person.role]} role in this group
        {hidden > 0 && ` and access to ${counted(hidden, 'private repository', 'private repositories')}`}, unless they
        are an admin of {org.name}.
      </Text>
    </ConfirmByTyping>
  )
}
