import { Group, Text } from '@mantine/core'
import { useMemo } from 'react'
import { scimSettings } from '../../../../api/index.ts'
import { useEndless } from '../../../endless.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Word } from '../../../pieces/Word.tsx'

type User = scimSettings.ProvisionedUser

/** Provisioned users, with their SCIM groups. */
export function Users({ org }: { org: Org }) {
  const list = useEndless(scimSettings.listProvisionedUsers, { params: { org: org.name }, query: {} })
  const columns = useMemo(columnsOf, [])
  return (
    <Block title="Provisioned users" wide>
      <EndlessTable
        label="Provisioned users"
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        empty={
          <Text size="sm">
            No provisioned users. Assign people to the app at your identity provider to see them here.
          </Text>
        }
      />
    </Block>
  )
}

function columnsOf(): Column<User>[] {
  return [
    {
      id: 'user',
      header: 'User',
      card: 'title',
      cell: ({ user, fullname, userName }) => (
        <>
          <LinkTo to="/$name" params={{ name: user }} size="sm" fw={500}>
            {fullname || user}
          </LinkTo>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {userName}
          </Text>
        </>
      ),
    },
    { id: 'state', header: 'State', width: '130px', card: 'aside', cell: (user) => <State user={user} /> },
    {
      id: 'groups',
      header: 'SCIM groups',
      cell: ({ groups }) => (
        <Group gap={4}>{groups.length === 0 ? '–' : groups.map((name) => <Word key={name}>{name}</Word>)}</Group>
      ),
    },
  ]
}

function State({ user: { active, isInvited } }: { user: User }) {
  if (isInvited) return <Word tone="accent">invited</Word>
  return active ? <Word tone="good">active</Word> : <Word tone="warn">deactivated</Word>
}
