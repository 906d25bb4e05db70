import { Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { members, type OrgRole, type ReplyOf } from '../../../../api/index.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Losses } from '../../../pieces/Losses.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { listed, roleNames } from '../../../words.ts'
import { memberPage, showMember } from './rows.ts'

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
    showDone(`${nameOf(after)} now has the ${roleNames[after.role]} role.`)
    onClose()
  })
  const input = picked && { params: { org: org.name, username: picked.user }, body: { role: picked.to } }
  const rehearsal = useRehearsal(members.updateMember, input && { ...input, query: { dryRun: 'true' } })
  if (!picked || !input) return null
  const name = nameOf(picked)
  return (
    <ConfirmByTyping
      opened
      danger={(rehearsal.data?.loses?.length ?? 0) > 0}
      title={`Change role of ${name}`}
      label={`Change role to ${roleNames[picked.to]}`}
      waiting={!rehearsal.data}
      busy={change.isPending}
      error={change.error ?? rehearsal.error}
      candidatePage={memberPage(org)}
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
      {!rehearsal.error && <Effects name={name} rehearsal={rehearsal.data} />}
    </ConfirmByTyping>
  )
}

/** What the member gains and loses, and which group roles they have afterwards. */
function Effects({ name, rehearsal }: { name: string; rehearsal: Rehearsal | undefined }) {
  if (!rehearsal) return <Skeleton height={72} />
  return (
    <Stack gap="sm">
      <Losses title={`${name} gains:`} phrases={rehearsal.gains ?? []} />
      <Losses title={`${name} loses:`} phrases={rehearsal.loses ?? []} />
      <GroupsAfter rehearsal={rehearsal} />
    </Stack>
  )
}

function GroupsAfter({ rehearsal }: { rehearsal: Rehearsal }) {
  const before = new Set(rehearsal.before.groups.map(({ id }) => id))
  const joins = rehearsal.after.groups.filter(({ id }) => !before.has(id)).map(({ name, role }) => `${name} (${role})`)
  const keeps = rehearsal.before.groups.map(({ name, role }) => `${name} (${role})`)
  const lines = [
    joins.length > 0 && `Auto-join adds them to ${listed(joins)}.`,
    keeps.length > 0 && `Roles in resource groups don’t change: ${listed(keeps)}.`,
    joins.length + keeps.length === 0 && 'Not in any resource group.',
  ]
  return (
    <Text size="sm" c="dimmed">
      {lines.filter(Boolean).join(' ')}
    </Text>
  )
}

function nameOf({ fullname, user }: { fullname: string; user: string }): string {
  return fullname || user
}
