import { ActionIcon, Badge, Group, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconDots, IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type members, type OrgRole, orgRoles } from '../../../../api/index.ts'
import { offboardAddress } from '../../../addresses.ts'
import { type Org, whyNot } from '../../../organization.ts'
import type { Column } from '../../../pieces/columns.ts'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { RowMenu, type RowMenuButton } from '../../../pieces/RowMenu.tsx'
import { roleNames } from '../../../words.ts'
import classes from './Members.module.css'
import { RoleMenu } from './RoleMenu.tsx'

type Member = members.Member

interface Deeds {
  org: Org
  you: string | undefined
  onOpen: (user: string) => void
  onPick: (member: Member, role: OrgRole) => void
  onRemove: (user: string) => void
}

/** The columns of the members table; who may see less gets fewer. */
export function memberColumns(deeds: Deeds): Column<Member>[] {
  const columns: Column<Member>[] = [
    { id: 'member', header: 'Member', card: 'title', cell: (row) => <Who row={row} {...deeds} /> },
    { id: 'role', header: 'Role', width: '150px', card: 'aside', cell: (row) => <Role row={row} {...deeds} /> },
    {
      id: 'groups',
      header: 'Resource groups',
      width: '30%',
      cell: (row) => groupsOf(row, deeds.onOpen),
    },
  ]
  if (deeds.org.may.includes('member.export')) {
    columns.push({
      id: 'twoFactor',
      header: '2FA',
      width: '110px',
      cell: (row) => <TwoFactor on={row.twoFaEnabled} />,
    })
  }
  columns.push({
    id: 'more',
    header: 'More',
    quiet: true,
    width: '56px',
    card: 'none',
    cell: (row) => <More row={row} {...deeds} />,
  })
  return columns
}

function Who({ row, you, onOpen }: Deeds & { row: Member }) {
  return (
    <UnstyledButton className={classes.who} onClick={() => onOpen(row.user)}>
      <Portrait src={row.avatarUrl} size={32} />
      <span className={classes.names}>
        <Text span size="sm" fw={500} truncate display="block">
          {row.fullname || row.user} {row.user === you && <Tag words="you" />}
          {row.isExternalCollaborator && <Tag words="external" />}
        </Text>
        <Text span size="xs" c="dimmed" truncate display="block">
          {row.user}
          {row.verifiedEmail && ` · ${row.verifiedEmail}`}
        </Text>
      </span>
    </UnstyledButton>
  )
}

function Tag({ words }: { words: string }) {
  return (
    <Badge component="span" variant="default" size="xs" tt="none" fw={500} radius="sm" c="dimmed">
      {words}
    </Badge>
  )
}

function Role({ row, org, onPick }: Deeds & { row: Member }) {
  if (row.role === undefined) return null
  return <RoleMenu org={org} name={row.fullname || row.user} role={row.role} onPick={(role) => onPick(row, role)} />
}

function groupsOf(row: Member, onOpen: (user: string) => void) {
  const groups = strongestFirst(row.resourceGroups ?? [])
  if (groups.length === 0) return null
  const named = howManyFit(groups)
  const more = groups.length - named
  const all = groups.map(({ name, role }) => `${name}: ${roleNames[role]}`).join(', ')
  return (
    <UnstyledButton className={classes.groups} title={all} onClick={() => onOpen(row.user)}>
      {groups.slice(0, named).map(({ id, name, role }) => (
        <span key={id} className={classes.group}>
          <span className={classes.groupName}>{name}</span>
          <span className={classes.groupRole}>{roleNames[role]}</span>
        </span>
      ))}
      {more > 0 && <span className={classes.groupRole}>+{more}</span>}
    </UnstyledButton>
  )
}

type GroupRole = NonNullable<Member['resourceGroups']>[number]

function strongestFirst(groups: GroupRole[]): GroupRole[] {
  return groups.toSorted((a, b) => orgRoles.indexOf(b.role) - orgRoles.indexOf(a.role))
}

// Letters that two groups may have together before the column would cut one of them off.
const lettersOfTwo = 27

function howManyFit(groups: GroupRole[]): number {
  const letters = groups.slice(0, 2).reduce((sum, { name, role }) => sum + name.length + roleNames[role].length + 1, 0)
  return letters <= lettersOfTwo ? Math.min(2, groups.length) : 1
}

function TwoFactor({ on }: { on: boolean | undefined }) {
  if (on === undefined) return null
  return on ? (
    <Group gap={4} c="dimmed">
      <IconShieldCheck size={16} aria-hidden /> on
    </Group>
  ) : (
    <Text size="sm">off</Text>
  )
}

function More({ row, org, you, onOpen, onRemove }: Deeds & { row: Member }) {
  const self = row.user === you
  const refused = self ? undefined : whyNot(org, 'member.remove', 'Only admins remove members.')
  const button = (props: RowMenuButton) => (
    <ActionIcon {...props} variant="subtle" color="gray" aria-label={`More for ${row.fullname || row.user}`}>
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  )
  return (
    <RowMenu position="bottom-end" width={250} button={button}>
      {() => (
        <>
          <Menu.Item onClick={() => onOpen(row.user)}>Details and group roles</Menu.Item>
          {!self && org.may.includes('member.offboard') && (
            <Menu.Item renderRoot={(props) => <Link to={offboardAddress(org.name, row.user)} {...props} />}>
              Offboard {row.user}…
            </Menu.Item>
          )}
          <Menu.Item color="red" disabled={refused !== undefined} onClick={() => onRemove(row.user)}>
            {self ? `Leave ${org.name}…` : `Remove ${row.user}…`}
            {refused && <Text size="xs">{refused}</Text>}
          </Menu.Item>
        </>
      )}
    </RowMenu>
  )
}
