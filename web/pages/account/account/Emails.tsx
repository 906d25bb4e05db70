import { Button, Group, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { emails } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'

/** Your addresses: which are verified, which one gets the mail. */
export function Emails({ addresses }: { addresses: emails.Email[] }) {
  const [removing, setRemoving] = useState<emails.Email>()
  const remove = useChange(emails.deleteEmail, () => {
    showDone(`${removing?.address} is removed.`)
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
      <ConfirmByTyping
        opened={removing !== undefined}
        title={`Remove ${removing?.address}?`}
        label={`Remove ${removing?.address}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate({ params: { id: removing.id } })}
        onClose={close}
      >
        <Text size="sm">You no longer sign in with it, and links in mails to it stop working.</Text>
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
    { id: 'added', header: 'Added', width: '120px', cell: ({ createdAt }) => <When time={createdAt} /> },
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
      {email.verified ? <Word>verified</Word> : <Word tone="warn">not verified</Word>}
    </Group>
  )
}

function Actions({ email, onRemove }: { email: emails.Email; onRemove: () => void }) {
  const { id, address, verified, primary } = email
  const resend = useChange(emails.resendVerification, () => showDone(`The mail to ${address} is on its way.`))
  const makePrimary = useChange(emails.makeEmailPrimary, () => showDone(`Mail goes to ${address} from now on.`))
  const input = [{ params: { id } }, { onError: showError }] as const
  return (
    <Group gap="xs" justify="flex-end">
      {!verified && (
        <Button size="xs" loading={resend.isPending} onClick={() => resend.mutate(...input)}>
          Send again
        </Button>
      )}
      {verified && !primary && (
        <Button size="xs" loading={makePrimary.isPending} onClick={() => makePrimary.mutate(...input)}>
          Make primary
        </Button>
      )}
      <Why reason={primary ? 'Mail goes to this one. Make another verified address primary first.' : undefined}>
        <Button size="xs" disabled={primary} aria-label={`Remove ${address}`} onClick={onRemove}>
          Remove
        </Button>
      </Why>
    </Group>
  )
}

/** Adds an address. */
export function AddEmail() {
  const add = useChange(emails.addEmail, ({ address }) => showDone(`A mail to ${address} asks to verify it.`))
  const { values, set, field, rest } = useFields({ address: '' }, add.error)
  const submit = () => {
    const address = values.address.trim()
    add.mutate({ body: { address } }, { onSuccess: () => set({ address: '' }) })
  }
  return (
    <Form label="Add an address" error={add.error} rest={rest} onSubmit={submit}>
      <Group align="flex-start" gap="xs" maw={560}>
        <TextInput
          aria-label="Another address"
          placeholder="Another address"
          type="email"
          autoComplete="email"
          maxLength={254}
          required
          flex="1 1 14rem"
          {...field('address')}
        />
        <Button type="submit" variant="filled" loading={add.isPending}>
          Add the address
        </Button>
      </Group>
    </Form>
  )
}
