import { ActionIcon, Group, Menu, Text } from '@mantine/core'
import { IconDots, IconMail } from '@tabler/icons-react'
import type { joining } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { Named } from '../../../pieces/Portrait.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { RowMenu, type RowMenuButton } from '../../../pieces/RowMenu.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'

type Row = joining.Invitation

interface Deeds {
  busy: boolean
  /** Whether invitations go out as emails; where they do not, sending one again gives its link. */
  sendsMail: boolean
  /** Whether the list holds other states than pending. */
  withState: boolean
  resend: (row: Row) => void
  revoke: (row: Row) => void
}

/** The person an invitation is for. */
export function nameOf({ email, user }: Row): string {
  return email ?? user?.user ?? 'a deleted account'
}

/** The columns of the invitations. */
export function invitationColumns(deeds: Deeds): Column<Row>[] {
  return [
    { id: 'who', header: 'Person', card: 'title', cell: (row) => <Who row={row} /> },
    { id: 'role', header: 'Role', width: '170px', cell: (row) => <Given row={row} /> },
    {
      id: 'by',
      header: 'Invited by',
      width: '180px',
      cell: ({ invitedBy, sentAt }) => (
        <>
          <Text size="sm" truncate>
            {invitedBy?.user ?? 'Deleted account'}
          </Text>
          <Text size="xs" c="dimmed">
            <When time={sentAt} />
          </Text>
        </>
      ),
    },
    {
      id: 'until',
      header: deeds.withState ? 'State' : 'Expires',
      width: '170px',
      cell: (row) => <Until row={row} />,
    },
    {
      id: 'more',
      header: 'Actions',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (row) => <More row={row} deeds={deeds} />,
    },
  ]
}

function Who({ row: { email, user } }: { row: Row }) {
  if (user) return <Named name={user.user} fullname={user.fullname} />
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <IconMail size={28} stroke={1.25} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm" fw={500} truncate>
        {email}
      </Text>
    </Group>
  )
}

function Given({ row: { role, groups } }: { row: Row }) {
  return (
    <>
      <RoleBadge role={role} />
      {groups.length > 0 && (
        <Text size="xs" c="dimmed" mt={2}>
          {groups.map(({ name, role: inside }) => `${name} (${inside})`).join(', ')}
        </Text>
      )}
    </>
  )
}

const voidReason = 'The sender can no longer invite people, so the invitation doesn’t work. Resend it in your name.'

function Until({ row: { state, isVoid, expiresAt, endedAt } }: { row: Row }) {
  if (state === 'pending' && isVoid) {
    return (
      <Why reason={voidReason}>
        <Word tone="danger">not valid</Word>
      </Why>
    )
  }
  const time = <When time={state === 'pending' ? expiresAt : (endedAt ?? expiresAt)} />
  if (state === 'pending') return <Text size="sm">{time}</Text>
  return (
    <Text size="sm" c="dimmed">
      {state} {time}
    </Text>
  )
}

function More({ row, deeds }: { row: Row; deeds: Deeds }) {
  const isPending = row.state === 'pending'
  if (!isPending && row.state !== 'expired') return null
  const button = (props: RowMenuButton) => (
    <ActionIcon {...props} variant="subtle" color="gray" aria-label={`Actions for ${nameOf(row)}`}>
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  )
  return (
    <RowMenu position="bottom-end" width={230} button={button}>
      {() => (
        <>
          <Menu.Item disabled={deeds.busy} onClick={() => deeds.resend(row)}>
            {deeds.sendsMail ? 'Resend invitation' : 'Get a new link'}
          </Menu.Item>
          {isPending && (
            <Menu.Item color="red" onClick={() => deeds.revoke(row)}>
              Revoke invitation…
            </Menu.Item>
          )}
        </>
      )}
    </RowMenu>
  )
}
