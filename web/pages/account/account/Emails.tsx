import { Button, Group, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { emails } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'

const whyNotRemove = 'To remove your primary address, make another verified address primary first.'

/** Your addresses: which are verified, which one gets the mail. */
export function Emails({ addresses }: { addresses: emails.Email[] }) {
  const [removing, setRemoving] = useState<emails.Email>()
  const remove = useChange(emails.deleteEmail, () => {
    showDone(`Removed ${removing?.address}.`)
    setRemoving(undefined)
  })
  const columns = useMemo(() => emailColumns(setRemoving), [])
  const close = () => {
    setRemoving(undefined)
    remove.reset()
  }
  return (
    <>
      <DataTable label="Your email addresses" columns={columns} rows={addresses} rowKey={({ id }) => id} />
      <Text size="sm" c="dimmed">
        {whyNotRemove}
      </Text>
      <ConfirmByTyping
        opened={removing !== undefined}
        title={`Remove ${removing?.address}`}
        label={`Remove ${removing?.address}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate({ params: { id: removing.id } })}
        onClose={close}
      >
        <Text size="sm">You can no longer sign in with it. Links in emails sent to it stop working.</Text>
      </ConfirmByTyping>
    </>
  )
}

function emailColumns(onRemove: (email: emails.Email) => void): Column<emails.Email>[] {
  return [
    {
      id: 'address',
      header: 'Address',
      card: 'title',
      cell: ({ address }) => <span style={{ overflowWrap: 'anywhere' }}>{address}</span>,
    },
    { id: 'state', header: 'State', width: '215px', card: 'line', cell: (email) => <State email={email} /> },
    { id: 'added', header: 'Added', width: '150px', cell: ({ createdAt }) => <When time={createdAt} /> },
    {
      id: 'actions',
      header: 'Actions',
      quiet: true,
      width: '240px',
      card: 'foot',
      cell: (email) => <Actions email={email} onRemove={() => onRemove(email)} />,
    },
  ]
}

function State({ email }: { email: emails.Email }) {
  return (
    <Group gap={6}>
      {email.primary && <Word>primary</Word>}
      {email.verified ? <Word>verified</Word> : <Word tone="warn">unverified</Word>}
    </Group>
  )
}

function Actions({ email, onRemove }: { email: emails.Email; onRemove: () => void }) {
  const { id, address, verified, primary } = email
  const resend = useChange(emails.resendVerification, () => showDone(`Verification email sent to ${address}.`))
  const makePrimary = useChange(emails.makeEmailPrimary, () =>
    showDone(`${address} is now your primary email address.`),
  )
  const input = [{ params: { id } }, { onError: showError }] as const
  return (
    <Group gap="xs" justify="flex-end">
      {!verified && (
        <Button size="xs" loading={resend.isPending} onClick={() => resend.mutate(...input)}>
          Resend email
        </Button>
      )}
      {verified && !primary && (
        <Button size="xs" loading={makePrimary.isPending} onClick={() => makePrimary.mutate(...input)}>
          Make primary
        </Button>
      )}
      <Why reason={primary ? whyNotRemove : undefined}>
        <Button size="xs" disabled={primary} aria-label={`Remove ${address}`} onClick={onRemove}>
          Remove
        </Button>
      </Why>
    </Group>
  )
}

/** Adds an address. */
export function AddEmail() {
  const form = useApiForm(emails.addEmail, {
    start: { address: '' },
    input: ({ address }) => ({ body: { address: address.trim() } }),
    after: ({ address }) => showDone(`Verification email sent to ${address}.`),
    clears: true,
  })
  return (
    <ApiForm of={form} label="Add email address">
      <Group align="flex-start" gap="xs">
        <TextInput
          aria-label="Email address"
          placeholder="Email address"
          type="email"
          autoComplete="email"
          maxLength={254}
          required
          flex="1 1 14rem"
          {...form.field('address')}
        />
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Add email address
        </Button>
      </Group>
    </ApiForm>
  )
}
