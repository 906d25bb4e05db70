import { Group, List, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { members, type OrgRole, type ReplyOf } from '../../../../api/index.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { listed, roleNames } from '../../../words.ts'
import { difference } from './roles.ts'
import { memberAddress, showMember } from './rows.ts'

/** A change of role that was picked and not yet confirmed. */
export interface PickedRole {
  user: string
  fullname: string
  from: OrgRole
  to: OrgRole
}

type Rehearsal = ReplyOf<typeof members.updateMember>

/** Spells out what a change of role will do, rehearsed by the server, before the button does it. */
export function RoleChange({
  org,
  picked,
  onClose,
}: {
  org: Org
  picked: PickedRole | undefined
  onClose: () => void
}) {
  const change = useChange(members.updateMember, ({ after }) => {
    showMember(after)
    showDone(`${nameOf(after)} is now ${roleNames[after.role]}.`)
    onClose()
  })
  const input = picked && { params: { org: org.name, username: picked.user }, body: { role: picked.to } }
  const rehearsal = useRehearsal(members.updateMember, input && { ...input, query: { dryRun: 'true' } })
  if (!picked || !input) return null
  const name = nameOf(picked)
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Change the role of ${name}?`}
      label={`Change ${picked.user} to ${roleNames[picked.to]}`}
      waiting={!rehearsal.data}
      busy={change.isPending}
      error={change.error ?? rehearsal.error}
      candidateAddress={memberAddress(org)}
      onConfirm={() => change.mutate(input)}
      onClose={() => {
        change.reset()
        onClose()
      }}
    >
      <Group gap="xs">
        <RoleBadge role={picked.from} />
        <IconArrowRight size={16} aria-label="becomes" />
        <RoleBadge role={picked.to} />
      </Group>
      <Effects name={name} {...difference(picked.from, picked.to)} />
      {!rehearsal.error && <GroupsAfter rehearsal={rehearsal.data} />}
    </ConfirmByTyping>
  )
}

/** What someone will be able to do, and what they lose. */
function Effects({ name, gains, loses }: { name: string; gains: string[]; loses: string[] }) {
  return (
    <Stack gap="xs">
      {gains.length > 0 && <Effect title={`${name} will be able to`} words={gains} />}
      {loses.length > 0 && <Effect title={`${name} will no longer`} words={loses} />}
    </Stack>
  )
}

function Effect({ title, words }: { title: string; words: string[] }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" spacing={2} mt={4}>
        {words.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </div>
  )
}

function GroupsAfter({ rehearsal }: { rehearsal: Rehearsal | undefined }) {
  if (!rehearsal) return <Skeleton height={18} />
  const before = new Set(rehearsal.before.groups.map(({ id }) => id))
  const joins = rehearsal.after.groups.filter(({ id }) => !before.has(id)).map(({ name, role }) => `${name} (${role})`)
  const keeps = rehearsal.before.groups.map(({ name, role }) => `${name} (${role})`)
  return (
    <Text size="sm" c="dimmed">
      {joins.length > 0 && `Joins ${listed(joins)} by auto-join. `}
      {keeps.length > 0
        ? `Roles in resource groups stay: ${listed(keeps)}.`
        : joins.length === 0 && 'Holds no role in a resource group.'}
    </Text>
  )
}

function nameOf({ fullname, user }: { fullname: string; user: string }): string {
  return fullname || user
}
