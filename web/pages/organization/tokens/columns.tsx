import { Button, Group, Text } from '@mantine/core'
import type { orgTokens } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import { Expires } from '../../account/tokens/Expires.tsx'
import { Standing } from '../../account/tokens/Standing.tsx'
import { entriesOf, roleWords, summaryOf } from '../../account/tokens/scope.ts'

type Row = orgTokens.OrgToken

/** What an admin can decide about a token. */
export type Deed = 'approve' | 'deny' | 'revoke'
type Ask = (deed: Deed, token: Row) => void

/** The columns of the tokens, with a button for each decision that is open. */
export function tokenColumns(org: string, onAsk: Ask): Column<Row>[] {
  return [
    { id: 'owner', header: 'Owner', card: 'title', width: '200px', cell: ({ owner }) => <Owner owner={owner} /> },
    { id: 'token', header: 'Token', cell: (token) => <Reach token={token} /> },
    { id: 'used', header: 'Last used', width: '150px', cell: (token) => <Used token={token} /> },
    { id: 'expires', header: 'Expires', width: '100px', cell: (token) => <Expires token={token} /> },
    { id: 'state', header: 'State', width: '100px', card: 'aside', cell: (token) => <Standing of={token} /> },
    {
      id: 'decide',
      header: 'Decision',
      width: '208px',
      card: 'foot',
      cell: (token) => <Decisions org={org} token={token} onAsk={onAsk} />,
    },
  ]
}

function Owner({ owner: { user, fullname, isServiceAccount } }: Pick<Row, 'owner'>) {
  if (isServiceAccount)
    return (
      <>
        <Named name={user} fullname={fullname} />
        <Text size="xs" c="dimmed" pl={40}>
          Service account
        </Text>
      </>
    )
  return (
    <LinkTo to="/$name" params={{ name: user }} c="inherit" underline="never">
      <Named name={user} fullname={fullname} />
    </LinkTo>
  )
}

/** What a token is called in a sentence: `token ci (…o55b) of ada`, or without a name where admins see none. */
export function tokenWords({ name, last4, owner: { user } }: Row): string {
  return name === null ? `token …${last4} of ${user}` : `token ${name} (…${last4}) of ${user}`
}

function Reach({ token }: { token: Row }) {
  return (
    <>
      <Text size="sm" component="div">
        {token.name ?? roleWords(token)} <span className="mono">hf_…{token.last4}</span>
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {reachWords(token)}
      </Text>
    </>
  )
}

const wholeReach: Partial<Record<Row['role'], string>> = {
  read: 'Can read everything that its owner can read.',
  write: 'Can read and change everything that its owner can.',
}

function reachWords({ role, fineGrained }: Row): string {
  return wholeReach[role] ?? summaryOf(entriesOf(fineGrained), { ending: ', within its owner’s access' })
}

function Used({ token: { lastUsedAt, createdAt, rotatedAt } }: { token: Row }) {
  return (
    <>
      {lastUsedAt ? <When time={lastUsedAt} /> : 'never'}
      <Text size="xs" c="dimmed">
        created <When time={createdAt} />
        {rotatedAt && (
          <>
            , rotated <When time={rotatedAt} />
          </>
        )}
      </Text>
    </>
  )
}

const decisions: { deed: Deed; label: string; isOpen: (token: Row) => boolean }[] = [
  { deed: 'approve', label: 'Approve', isOpen: ({ state }) => state === 'pending' || state === 'denied' },
  { deed: 'deny', label: 'Deny', isOpen: ({ state }) => state === 'pending' || state === 'approved' },
  { deed: 'revoke', label: 'Revoke', isOpen: ({ state }) => state !== 'revoked' },
]

function Decisions({ org, token, onAsk }: { org: string; token: Row; onAsk: Ask }) {
  if (token.owner.isServiceAccount)
    return (
      <LinkTo to="/organizations/$org/settings/service-accounts" params={{ org }} size="sm">
        Manage account
      </LinkTo>
    )
  return (
    <Group gap={6}>
      {decisions
        .filter(({ isOpen }) => isOpen(token))
        .map(({ deed, label }) => (
          <Button key={deed} size="xs" aria-label={`${label} ${tokenWords(token)}`} onClick={() => onAsk(deed, token)}>
            {label}…
          </Button>
        ))}
    </Group>
  )
}
