import { Button, Text } from '@mantine/core'
import { useMemo } from 'react'
import { type ReplyOf, sso } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { counted } from '../../../words.ts'

type Identity = ReplyOf<typeof sso.listMySso>[number]

/** The identities of organizations that are linked to the account, and where SSO sessions are live. */
export function SingleSignOn({ identities }: { identities: Identity[] }) {
  const columns = useMemo(identityColumns, [])
  return (
    <DataTable
      label="Your SSO identities"
      columns={columns}
      rows={identities}
      rowKey={({ organization }) => organization}
    />
  )
}

function identityColumns(): Column<Identity>[] {
  return [
    {
      id: 'organization',
      header: 'Organization',
      card: 'title',
      cell: ({ organization }) => (
        <LinkTo to="/$name" params={{ name: organization }} fw={500}>
          {organization}
        </LinkTo>
      ),
    },
    { id: 'identity', header: 'Signed in as', cell: ({ email, subject }) => email ?? subject },
    { id: 'used', header: 'Last sign-in', width: '140px', cell: ({ lastUsedAt }) => <When time={lastUsedAt} /> },
    { id: 'session', header: 'SSO sessions', width: '190px', cell: (identity) => <Session identity={identity} /> },
    {
      id: 'end',
      header: 'Sign out',
      quiet: true,
      width: '130px',
      card: 'aside',
      cell: (identity) => <End identity={identity} />,
    },
  ]
}

function Session({ identity: { sessionUntil, sessions } }: { identity: Identity }) {
  if (sessions === 0) return <Text size="sm">None</Text>
  return (
    <Text size="sm">
      {sessionUntil === null ? (
        `${counted(sessions, 'session')} in other browsers`
      ) : (
        <>
          This one ends <When time={sessionUntil} />
          {sessions > 1 && `, ${sessions - 1} more`}
        </>
      )}
    </Text>
  )
}

function End({ identity: { organization, sessions } }: { identity: Identity }) {
  const end = useChange(sso.signOutOfSso, () => showDone(`Signed out of SSO in ${organization}.`))
  if (sessions === 0) return null
  return (
    <Button
      size="xs"
      loading={end.isPending}
      aria-label={`Sign out of SSO in ${organization}`}
      onClick={() => end.mutate({ params: { org: organization } }, { onError: showError })}
    >
      Sign out
    </Button>
  )
}
