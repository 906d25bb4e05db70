import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconEyeOff, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { scimSettings } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { MoreMenu } from '../../../pieces/MoreMenu.tsx'
import { ConfirmTokenDeed, TokenName } from '../../../pieces/TokenDeeds.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'

type Token = scimSettings.ScimToken
type Deed = 'rotate' | 'revoke'

/** The SCIM tokens: two at most, so that one can replace the other. */
export function Tokens({ org, tokens }: { org: Org; tokens: Token[] }) {
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<{ deed: Deed; token: Token }>()
  const columns = useMemo(() => columnsOf((deed, token) => setAsked({ deed, token })), [])
  const close = () => setAsked(undefined)
  const full =
    tokens.length < scimSettings.mostScimTokens
      ? undefined
      : 'Two tokens is the maximum. Revoke one first, or rotate it.'
  const reason = whyNot(org, 'scimToken.create', 'Only admins can create SCIM tokens.') ?? full
  return (
    <Stack gap="xs">
      {tokens.length > 0 && <DataTable label="SCIM tokens" columns={columns} rows={tokens} rowKey={({ id }) => id} />}
      <Group>
        <Why reason={reason}>
          <Button
            variant={tokens.length === 0 ? 'filled' : 'default'}
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={reason !== undefined}
            onClick={() => setCreating(true)}
          >
            Create SCIM token
          </Button>
        </Why>
      </Group>
      {creating && <NewToken org={org} onClose={() => setCreating(false)} />}
      {asked?.deed === 'rotate' && <Rotate org={org} token={asked.token} onClose={close} />}
      {asked?.deed === 'revoke' && <Revoke org={org} token={asked.token} onClose={close} />}
    </Stack>
  )
}

function columnsOf(onAsk: (deed: Deed, token: Token) => void): Column<Token>[] {
  return [
    {
      id: 'name',
      header: 'SCIM token',
      card: 'title',
      cell: ({ name, last4 }) => <TokenName name={name} last4={last4} />,
    },
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
            { label: 'Rotate…', onClick: () => onAsk('rotate', token) },
            { label: 'Revoke…', danger: true, onClick: () => onAsk('revoke', token) },
          ]}
        />
      ),
    },
  ]
}

interface OnToken {
  org: Org
  token: Token
  onClose: () => void
}

function NewToken({ org, onClose }: Omit<OnToken, 'token'>) {
  const form = useApiForm(scimSettings.createScimToken, {
    start: { name: 'Identity provider' },
    input: ({ name }) => ({ params: { org: org.name }, body: { name: name.trim() } }),
  })
  const made = form.change.data
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={made ? 'Copy the new SCIM token' : 'Create a SCIM token'}
      stays={made !== undefined}
    >
      {made ? (
        <Shown token={made.token} onDone={onClose} />
      ) : (
        <ApiForm of={form} label="New SCIM token">
          <TextInput
            label="Name"
            description="For example “Entra ID” or “Okta”."
            maxLength={100}
            autoComplete="off"
            required
            data-autofocus
            {...form.field('name')}
          />
          <FormButtons label="Create SCIM token" busy={form.change.isPending} onClose={onClose} />
        </ApiForm>
      )}
    </Dialog>
  )
}

function Shown({ token, onDone }: { token: string; onDone: () => void }) {
  return (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff aria-hidden />}>
        Copy this token now. You won’t be able to see it again.
      </Alert>
      <Takeaway
        label="SCIM token"
        value={token}
        description="Enter it as the secret token at your identity provider."
      />
      <Group justify="flex-end">
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}

function Rotate({ org, token, onClose }: OnToken) {
  const rotate = useChange(scimSettings.rotateScimToken)
  if (rotate.data) {
    return (
      <Dialog opened onClose={onClose} size="lg" title={`Copy the new token ${token.name}`} stays>
        <Shown token={rotate.data.token} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <ConfirmTokenDeed
      deed="Rotate"
      token={token}
      change={rotate}
      onConfirm={() => rotate.mutate({ params: { org: org.name, tokenId: token.id } })}
      onClose={onClose}
    >
      You get a new token. The old one stops working immediately. To change it without a gap, create a second token
      instead.
    </ConfirmTokenDeed>
  )
}

function Revoke({ org, token, onClose }: OnToken) {
  const revoke = useChange(scimSettings.revokeScimToken, () => {
    showDone(`SCIM token ${token.name} revoked.`)
    onClose()
  })
  return (
    <ConfirmTokenDeed
      deed="Revoke"
      token={token}
      change={revoke}
      onConfirm={() => revoke.mutate({ params: { org: org.name, tokenId: token.id } })}
      onClose={onClose}
    >
      An identity provider that uses this token can no longer provision the organization. Members and their roles stay
      as they are.
    </ConfirmTokenDeed>
  )
}
