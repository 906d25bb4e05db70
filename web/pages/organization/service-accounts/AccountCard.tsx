import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Org } from '../../../organization.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { MoreMenu } from '../../../pieces/MoreMenu.tsx'
import { TokenName } from '../../../pieces/TokenDeeds.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { DeleteAccount, EditAccount } from './AccountForms.tsx'
import { type Account, reachOf, type Token, wordsOf } from './reach.ts'
import { DeleteToken, EditToken, NewToken, RotateToken } from './TokenForms.tsx'

interface Card {
  org: Org
  account: Account
}

type Deed = { on: 'account'; deed: 'edit' | 'delete' | 'new' } | { on: 'token'; deed: TokenDeed; token: Token }
type TokenDeed = 'edit' | 'rotate' | 'delete'

/** One service account: who is its owner, its tokens, and what can be done with them. */
export function AccountCard({ org, account }: Card) {
  const [asked, setAsked] = useState<Deed>()
  const columns = useMemo(
    () => columnsOf(org.name, (deed, token) => setAsked({ on: 'token', deed, token })),
    [org.name],
  )
  return (
    <Stack component="section" gap="xs" aria-label={account.name}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={0} miw={0}>
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {account.name}
          </Title>
          <Text size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>
            {account.user}
          </Text>
        </Stack>
        <Group gap="xs" wrap="nowrap">
          <Button
            size="xs"
            aria-label={`New token for ${account.name}`}
            onClick={() => setAsked({ on: 'account', deed: 'new' })}
          >
            New token
          </Button>
          <MoreMenu
            of={account.name}
            size="lg"
            items={[
              { label: 'Edit…', onClick: () => setAsked({ on: 'account', deed: 'edit' }) },
              { label: 'Delete…', danger: true, onClick: () => setAsked({ on: 'account', deed: 'delete' }) },
            ]}
          />
        </Group>
      </Group>
      {account.description !== '' && <Text size="sm">{account.description}</Text>}
      <Owner account={account} />
      {account.tokens.length > 0 ? (
        <DataTable
          label={`Tokens of ${account.name}`}
          columns={columns}
          rows={account.tokens}
          rowKey={({ id }) => id}
        />
      ) : (
        <Text size="sm" c="dimmed">
          No tokens. It can’t do anything until it has one.
        </Text>
      )}
      <Asked org={org} account={account} asked={asked} onClose={() => setAsked(undefined)} />
    </Stack>
  )
}

function Owner({ account: { owner, createdAt } }: { account: Account }) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {owner ? (
        <>
          Owner:{' '}
          <LinkTo to="/$name" params={{ name: owner.user }} inherit underline="always">
            {owner.fullname || owner.user}
          </LinkTo>
        </>
      ) : (
        <Word tone="warn">no owner</Word>
      )}
      {' · '}created <When time={createdAt} />
    </Text>
  )
}

function Asked({ org, account, asked, onClose }: Card & { asked: Deed | undefined; onClose: () => void }) {
  const of = { org, account, onClose }
  if (asked?.on === 'token') {
    if (asked.deed === 'edit') return <EditToken {...of} token={asked.token} />
    if (asked.deed === 'rotate') return <RotateToken {...of} token={asked.token} />
    return <DeleteToken {...of} token={asked.token} />
  }
  if (asked?.deed === 'edit') return <EditAccount {...of} />
  if (asked?.deed === 'delete') return <DeleteAccount {...of} />
  return asked?.deed === 'new' && <NewToken {...of} />
}

function columnsOf(org: string, onAsk: (deed: TokenDeed, token: Token) => void): Column<Token>[] {
  return [
    { id: 'name', header: 'Token', card: 'title', cell: (token) => <Name org={org} token={token} /> },
    {
      id: 'used',
      header: 'Last used',
      width: '130px',
      cell: ({ lastUsedAt }) => (lastUsedAt ? <When time={lastUsedAt} /> : 'never'),
    },
    { id: 'created', header: 'Created', width: '130px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'more',
      header: 'More',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (token) => (
        <MoreMenu
          of={token.name}
          items={[
            { label: 'Edit…', onClick: () => onAsk('edit', token) },
            { label: 'Rotate…', onClick: () => onAsk('rotate', token) },
            { label: 'Delete…', danger: true, onClick: () => onAsk('delete', token) },
          ]}
        />
      ),
    },
  ]
}

function Name({ org, token }: { org: string; token: Token }) {
  return (
    <TokenName name={token.name} last4={token.last4}>
      <Text size="xs" c="dimmed">
        {wordsOf(org, reachOf(token))}
      </Text>
    </TokenName>
  )
}
