import { ActionIcon, Badge, Checkbox, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconDots, IconShieldCheck } from '@tabler/icons-react'
import { type members, type OrgRole, orgRoles } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import type { Column } from '../../../pieces/columns.ts'
import { MenuItemTo } from '../../../pieces/LinkTo.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { RowMenu, type RowMenuButton } from '../../../pieces/RowMenu.tsx'
import { When } from '../../../pieces/When.tsx'
import { memberSourceWords, roleNames } from '../../../words.ts'
import classes from './Members.module.css'
import { RoleMenu } from './RoleMenu.tsx'
import { whyNotRemove } from './roles.ts'
import type { Selection } from './selection.ts'

type Member = members.Member

/** A column that one can show or hide. */
export type Choosable = 'groups' | 'twoFactor' | 'lastActive' | 'joined' | 'source'

/** The columns that one can choose, in their order, with what each is called. */
export const choosable: Record<Choosable, string> = {
  groups: 'Resource groups',
  twoFactor: '2FA',
  lastActive: 'Last active',
  joined: 'Joined',
  source: 'Source',
}

/** Those that this viewer can see something in. */
export function choosableFor(org: Org): Choosable[] {
  const seesAll = org.may.includes('member.export')
  if (!seesRoles(org)) return ['groups']
  const all: Choosable[] = ['groups', 'twoFactor', 'lastActive', 'joined', 'source']
  return all.filter((id) => seesAll || (id !== 'twoFactor' && id !== 'lastActive'))
}

/** Whether this viewer can see the roles of members. */
export function seesRoles(org: Org): boolean {
  return org.may.includes('member.summary')
}

interface Deeds {
  org: Org
  you: string | undefined
  /** Absent where nothing can be done with several members at once. */
  selection: (Selection & { shown: readonly string[] }) | undefined
  onOpen: (user: string) => void
  onPick: (member: Member, role: OrgRole) => void
  onRemove: (user: string) => void
}

/** The columns of the members table: those chosen, with check boxes in front and the menu of each member at the end. */
export function memberColumns(deeds: Deeds, chosen: readonly Choosable[]): Column<Member>[] {
  return [
    ...(deeds.selection ? [selectColumn(deeds.selection)] : []),
    { id: 'member', header: 'Member', sort: 'name', card: 'title', cell: (row) => <Who row={row} {...deeds} /> },
    ...(seesRoles(deeds.org) ? [roleColumn(deeds)] : []),
    ...chosen.map((id) => chosenColumns(deeds)[id]),
    {
      id: 'more',
      header: 'Actions',
      quiet: true,
      width: '52px',
      card: 'aside',
      cell: (row) => <More row={row} {...deeds} />,
    },
  ]
}

function roleColumn(deeds: Deeds): Column<Member> {
  return {
    id: 'role',
    header: 'Role',
    sort: 'role',
    width: '140px',
    card: 'aside',
    cell: (row) => <Role row={row} {...deeds} />,
  }
}

function chosenColumns({ onOpen }: Deeds): Record<Choosable, Column<Member>> {
  return {
    groups: { id: 'groups', header: choosable.groups, cell: (row) => groupsOf(row, onOpen) },
    twoFactor: {
      id: 'twoFactor',
      header: choosable.twoFactor,
      width: '80px',
      cell: (row) => <TwoFactor on={row.twoFaEnabled} />,
    },
    lastActive: {
      id: 'lastActive',
      header: choosable.lastActive,
      sort: 'lastActive',
      width: '148px',
      cell: ({ lastActiveAt }) => lastActiveAt !== undefined && <Moment time={lastActiveAt} />,
    },
    joined: {
      id: 'joined',
      header: choosable.joined,
      sort: 'joined',
      width: '148px',
      cell: ({ joinedAt }) => joinedAt !== undefined && <Moment time={joinedAt} />,
    },
    source: {
      id: 'source',
      header: choosable.source,
      width: '130px',
      cell: ({ source }) => (source ? memberSourceWords[source] : null),
    },
  }
}

function selectColumn({
  selected,
  toggle,
  toggleAll,
  shown,
}: Selection & { shown: readonly string[] }): Column<Member> {
  const isAll = shown.length > 0 && shown.every((user) => selected.has(user))
  return {
    id: 'select',
    header: 'Select',
    quiet: true,
    width: '44px',
    card: 'lead',
    heading: (
      <Checkbox
        size="sm"
        aria-label="Select all members that match"
        checked={isAll}
        indeterminate={!isAll && selected.size > 0}
        onChange={() => toggleAll(shown)}
      />
    ),
    cell: ({ user, fullname }) => (
      <Checkbox
        size="sm"
        aria-label={`Select ${fullname || user}`}
        checked={selected.has(user)}
        onChange={() => toggle(user)}
      />
    ),
  }
}

function accountsOf({ user, verifiedEmail }: Member): string {
  return verifiedEmail ? `${user} · ${verifiedEmail}` : user
}

function Who({ row, you, onOpen }: Deeds & { row: Member }) {
  return (
    <UnstyledButton className={classes.who} onClick={() => onOpen(row.user)}>
      <Portrait name={row.user} fullname={row.fullname} size={32} />
      <span className={classes.names}>
        <Text span size="sm" fw={500} truncate display="block">
          {row.fullname || row.user} {row.user === you && <Tag words="you" />}
          {row.isExternalCollaborator && <Tag words="external" />}
        </Text>
        <Text span size="xs" c="dimmed" className={classes.accounts ?? ''} title={accountsOf(row)}>
          {accountsOf(row)}
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
  return (
    <RoleMenu
      org={org}
      name={row.fullname || row.user}
      role={row.role}
      may={row.may}
      mayGrant={row.mayGrant ?? []}
      onPick={(role) => onPick(row, role)}
    />
  )
}

function Moment({ time }: { time: string | null }) {
  return (
    <Text size="sm" c="dimmed">
      {time === null ? 'Never' : <When time={time} />}
    </Text>
  )
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
  return (
    <Text size="sm" c="dimmed" component="span" className={classes.twoFactor ?? ''}>
      {on && <IconShieldCheck size={16} aria-hidden />} {on ? 'On' : 'Off'}
    </Text>
  )
}

function More({ row, org, you, onOpen, onRemove }: Deeds & { row: Member }) {
  const self = row.user === you
  const refused = self ? undefined : whyNotRemove(org, row)
  const button = (props: RowMenuButton) => (
    <ActionIcon {...props} variant="subtle" color="gray" aria-label={`Actions for ${row.fullname || row.user}`}>
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  )
  return (
    <RowMenu position="bottom-end" width={250} button={button}>
      {() => (
        <>
          <Menu.Item onClick={() => onOpen(row.user)}>View details and groups</Menu.Item>
          {!self && row.may?.includes('member.offboard') && (
            <MenuItemTo
              to="/organizations/$org/settings/members/$user/offboard"
              params={{ org: org.name, user: row.user }}
            >
              Offboard {row.user}…
            </MenuItemTo>
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
