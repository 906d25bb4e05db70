import { ActionIcon, Button, Group, NativeSelect, Select, Stack, Text, Title } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { type GroupRole, groupRoles, groups, members } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { groupSourceWords, listed, roleNames } from '../../../words.ts'
import { whyNotChange } from './roles.ts'
import { showMember } from './rows.ts'

type Row = members.MemberRecord['groups'][number]
type SetRole = (group: { id: string; name: string }, role: GroupRole | null) => void

/** The roles of a member in resource groups, each with where it comes from; changed in place. */
export function GroupRoles({ org, record }: { org: Org; record: members.MemberRecord }) {
  const [leaving, setLeaving] = useState<Row>()
  const change = useChange(members.updateMember, ({ after }) => {
    showMember(after)
    setLeaving(undefined)
  })
  const set: SetRole = ({ id, name }, role) => {
    const said =
      role === null ? `Removed ${record.user} from ${name}.` : `${record.user} now has ${roleNames[role]} in ${name}.`
    const body = { groups: { mode: 'merge' as const, roles: [{ id, role }] } }
    change.mutate({ params: { org: org.name, username: record.user }, body }, { onSuccess: () => showDone(said) })
  }
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        Resource groups
      </Title>
      {record.groups.length === 0 && (
        <Text size="sm" c="dimmed">
          Not in any resource group.
        </Text>
      )}
      {record.groups.map((row) => (
        <GroupRow
          key={row.id}
          org={org}
          row={row}
          why={whyNotGroup(org, record)}
          busy={change.isPending}
          onSet={set}
          onLeave={() => setLeaving(row)}
        />
      ))}
      {leaving === undefined && <ErrorNote error={change.error} />}
      <AddToGroup org={org} record={record} busy={change.isPending} onSet={set} />
      <ConfirmByTyping
        opened={leaving !== undefined}
        title={`Remove ${record.user} from ${leaving?.name}`}
        label="Remove from group"
        busy={change.isPending}
        error={change.error}
        onConfirm={() => leaving && set(leaving, null)}
        onClose={() => {
          change.reset()
          setLeaving(undefined)
        }}
      >
        <Text size="sm">{leaving && lossWords(record.user, leaving)}</Text>
      </ConfirmByTyping>
    </Stack>
  )
}

function lossWords(user: string, { name, sources }: Row): string {
  const rest = sources
    .filter(({ source }) => source !== 'manual')
    .map(({ source, role }) => `${roleNames[role]} (${groupSourceWords[source]})`)
  if (rest.length > 0) return `Removes the role that was added manually. ${user} keeps ${listed(rest)}.`
  return `${user} loses access to the private repositories in ${name}, unless they are an admin of the organization.`
}

interface RowProps {
  org: Org
  row: Row
  why: string | undefined
  busy: boolean
  onSet: SetRole
  onLeave: () => void
}

function GroupRow({ org, row, why, busy, onSet, onLeave }: RowProps) {
  const byHand = row.sources.some(({ source }) => source === 'manual')
  const refused = why ?? (byHand ? undefined : 'This role is managed automatically.')
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <div style={{ minWidth: 0 }}>
        <LinkTo
          to="/organizations/$org/settings/resource-groups/$group"
          params={{ org: org.name, group: row.name }}
          size="sm"
          fw={500}
        >
          {row.name}
        </LinkTo>
        <Text size="xs" c="dimmed">
          {row.sources.map(sourceWords).join(', ')}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        {why === undefined ? (
          <NativeSelect
            aria-label={`Role in ${row.name}`}
            size="xs"
            w={118}
            data={groupRoles.map((role) => ({ value: role, label: roleNames[role] }))}
            value={row.role}
            disabled={busy}
            onChange={(event) => onSet(row, event.currentTarget.value as GroupRole)}
          />
        ) : (
          <RoleBadge role={row.role} />
        )}
        {refused === undefined && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Take out of ${row.name}`}
            disabled={busy}
            onClick={onLeave}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    </Group>
  )
}

function sourceWords({ source, role, addedBy }: Row['sources'][number]): string {
  const by = source === 'manual' && addedBy ? ` by ${addedBy}` : ''
  return `${roleNames[role]} (${groupSourceWords[source]}${by})`
}

function AddToGroup(props: { org: Org; record: members.MemberRecord; busy: boolean; onSet: SetRole }) {
  const { org, record } = props
  const [chosen, setChosen] = useState<string | null>(null)
  const [role, setRole] = useState<GroupRole>('read')
  const { data = [] } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  const why = whyNotGroup(org, record)
  const open = data.filter(
    (group) =>
      group.may.includes('group.changeRole') &&
      group.managedBy === 'manual' &&
      !record.groups.some(({ id }) => id === group.id),
  )
  const group = open.find(({ id }) => id === chosen)
  if (why !== undefined) {
    return (
      <Text size="xs" c="dimmed">
        {why}
      </Text>
    )
  }
  if (open.length === 0) return null
  const add = () => {
    if (group) props.onSet(group, role)
    setChosen(null)
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Select
        aria-label="Add to a resource group"
        placeholder="Add to a group"
        size="xs"
        flex={1}
        searchable
        data={open.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen}
        onChange={setChosen}
      />
      <NativeSelect
        aria-label="Role in the group"
        size="xs"
        w={118}
        data={groupRoles.map((option) => ({ value: option, label: roleNames[option] }))}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as GroupRole)}
      />
      <Button size="xs" disabled={!group} loading={props.busy} onClick={add}>
        Add
      </Button>
    </Group>
  )
}

/** Why you cannot change someone's roles in resource groups from here. */
function whyNotGroup(org: Org, record: members.MemberRecord): string | undefined {
  return record.may.includes('member.update')
    ? undefined
    : (whyNotChange(org, record) ?? 'You can’t change this member.')
}
