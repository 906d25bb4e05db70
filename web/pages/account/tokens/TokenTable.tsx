import { Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { tokens } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { MoreMenu } from '../../../pieces/MoreMenu.tsx'
import { ConfirmTokenDeed, TokenName } from '../../../pieces/TokenDeeds.tsx'
import { When } from '../../../pieces/When.tsx'
import { EditScope } from './EditScope.tsx'
import { Expires } from './Expires.tsx'
import type { Token } from './expiry.ts'
import { Secret } from './Secret.tsx'
import { Standings } from './Standing.tsx'
import { entriesOf, roleWords, summaryOf } from './scope.ts'

type Deed = 'rename' | 'rotate' | 'delete'
type Ask = (deed: Deed, token: Token) => void

/** Your tokens, and what can be done with each. */
export function TokenTable({ tokens: rows }: { tokens: Token[] }) {
  const [asked, setAsked] = useState<{ deed: Deed; token: Token }>()
  const columns = useMemo(() => tokenColumns((deed, token) => setAsked({ deed, token })), [])
  const close = () => setAsked(undefined)
  return (
    <>
      <DataTable label="Your access tokens" columns={columns} rows={rows} rowKey={({ id }) => id} />
      {asked?.deed === 'rename' && asked.token.role === 'fineGrained' && (
        <EditScope token={asked.token} onClose={close} />
      )}
      {asked?.deed === 'rename' && asked.token.role !== 'fineGrained' && <Rename token={asked.token} onClose={close} />}
      {asked?.deed === 'rotate' && <Rotate token={asked.token} onClose={close} />}
      {asked?.deed === 'delete' && <Delete token={asked.token} onClose={close} />}
    </>
  )
}

function tokenColumns(onAsk: Ask): Column<Token>[] {
  return [
    { id: 'name', header: 'Token', card: 'title', cell: (token) => <Name token={token} /> },
    { id: 'role', header: 'Permission', width: '120px', cell: roleWords },
    {
      id: 'used',
      header: 'Last used',
      width: '145px',
      cell: ({ lastUsedAt }) => (lastUsedAt ? <When time={lastUsedAt} /> : 'never'),
    },
    { id: 'created', header: 'Created', width: '145px', cell: ({ createdAt }) => <When time={createdAt} /> },
    { id: 'expires', header: 'Expires', width: '170px', cell: (token) => <Expires token={token} /> },
    {
      id: 'more',
      header: 'More',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (token) => <More token={token} onAsk={onAsk} />,
    },
  ]
}

function Name({ token }: { token: Token }) {
  return (
    <TokenName name={token.name} last4={token.last4}>
      {token.fineGrained && (
        <Text size="xs" c="dimmed">
          {summaryOf(entriesOf(token.fineGrained), { readsGated: token.fineGrained?.canReadGatedRepos })}
        </Text>
      )}
      <Standings of={token.organizations} />
    </TokenName>
  )
}

function More({ token, onAsk }: { token: Token; onAsk: Ask }) {
  return (
    <MoreMenu
      of={token.name}
      items={[
        { label: token.role === 'fineGrained' ? 'Edit…' : 'Rename…', onClick: () => onAsk('rename', token) },
        { label: 'Rotate…', onClick: () => onAsk('rotate', token) },
        { label: 'Delete…', danger: true, onClick: () => onAsk('delete', token) },
      ]}
    />
  )
}

interface Asked {
  token: Token
  onClose: () => void
}

function Rename({ token, onClose }: Asked) {
  const form = useApiForm(tokens.updateToken, {
    start: { name: token.name },
    input: ({ name }) => ({ params: { id: token.id }, body: { name: name.trim() } }),
    after: ({ name }) => {
      showDone(`Token renamed to ${name}.`)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={`Rename ${token.name}`}>
      <ApiForm of={form} label="Rename token">
        <TextInput label="Name" maxLength={100} autoComplete="off" required data-autofocus {...form.field('name')} />
        <FormButtons label="Rename token" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}

function Rotate({ token, onClose }: Asked) {
  const rotate = useChange(tokens.rotateToken)
  if (rotate.data) {
    return (
      <Dialog opened onClose={onClose} size="lg" title={`Copy your new token ${token.name}`} stays>
        <Secret token={rotate.data.token} organizations={rotate.data.organizations} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <ConfirmTokenDeed
      deed="Rotate"
      token={token}
      change={rotate}
      onConfirm={() => rotate.mutate({ params: { id: token.id } })}
      onClose={onClose}
    >
      You get a new token. The old one stops working immediately. Name, permission, and expiration don’t change.
      {token.refreshExpiresAt && ' The program that signed in with it is signed out.'}
    </ConfirmTokenDeed>
  )
}

function Delete({ token, onClose }: Asked) {
  const remove = useChange(tokens.deleteToken, () => {
    showDone(`Token ${token.name} deleted.`)
    onClose()
  })
  return (
    <ConfirmTokenDeed
      deed="Delete"
      token={token}
      change={remove}
      onConfirm={() => remove.mutate({ params: { id: token.id } })}
      onClose={onClose}
    >
      Anything using this token loses access immediately. This can’t be undone.
    </ConfirmTokenDeed>
  )
}
