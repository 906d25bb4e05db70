import { ActionIcon, Group, Menu, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { operator, ReplyOf } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'

/** An account as site admins see it. */
export type Person = ReplyOf<typeof operator.listPeople>[number]
export type Deed = 'suspend' | 'resume' | 'promote' | 'demote'
type Ask = (deed: Deed, person: Person) => void

/** The columns of the accounts. */
export function personColumns(you: string | undefined, onAsk: Ask): Column<Person>[] {
  return [
    {
      id: 'person',
      header: 'Person',
      card: 'title',
      cell: (person) => <Who person={person} />,
    },
    { id: 'state', header: 'State', width: '160px', cell: (person) => <State person={person} /> },
    { id: 'organizations', header: 'Organizations', width: '115px', cell: (person) => person.organizations },
    { id: 'factor', header: '2FA', width: '95px', cell: (person) => (person.twoFactorEnabled ? 'on' : 'off') },
    { id: 'since', header: 'Created', width: '150px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'more',
      header: 'More',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (person) => <More person={person} self={person.name === you} onAsk={onAsk} />,
    },
  ]
}

function Who({ person }: { person: Person }) {
  const { name, fullname, email, emailVerified } = person
  const address = email === null ? '' : ` · ${email}${emailVerified ? '' : ', unverified'}`
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Portrait name={name} fullname={fullname} size={32} />
      <div style={{ minWidth: 0 }}>
        <LinkTo to="/$name" params={{ name }} c="inherit" size="sm" fw={500} truncate display="block">
          {fullname || name}
        </LinkTo>
        <Text size="xs" c="dimmed" truncate title={email ?? undefined}>
          {name}
          {address}
        </Text>
      </div>
    </Group>
  )
}

function State({ person }: { person: Person }) {
  return (
    <Group gap={6}>
      {person.isOperator && <Word tone="accent">site admin</Word>}
      {person.state === 'suspended' && <Word tone="danger">suspended</Word>}
      {person.state === 'deprovisioned' && <Word>deactivated</Word>}
      {person.state === 'deleted' && <Word>deleted</Word>}
      {person.state === 'active' && !person.isOperator && <Text size="sm">active</Text>}
    </Group>
  )
}

function More({ person, self, onAsk }: { person: Person; self: boolean; onAsk: Ask }) {
  if (person.state === 'deleted') return null
  const { isOperator, state } = person
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for ${person.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAsk(isOperator ? 'demote' : 'promote', person)}>
          {isOperator ? 'Remove site admin…' : 'Make site admin…'}
        </Menu.Item>
        {state === 'suspended' ? (
          <Menu.Item onClick={() => onAsk('resume', person)}>Unsuspend…</Menu.Item>
        ) : (
          <Menu.Item color="red" disabled={self} onClick={() => onAsk('suspend', person)}>
            Suspend…
            {self && <Text size="xs">You can’t suspend yourself.</Text>}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
