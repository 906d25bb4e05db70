import { List, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type members, serviceAccounts } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { counted } from '../../../words.ts'
import { PickMember } from '../members/PickMember.tsx'
import type { Account } from './reach.ts'

const empty = { name: '', description: '' }

/** Creates a service account. Its creator is its owner. */
export function NewAccount({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  const form = useApiForm(serviceAccounts.createServiceAccount, {
    start: empty,
    input: ({ name, description }) => ({
      params: { org: org.name },
      body: { name: name.trim(), description: description.trim() },
    }),
    after: ({ fullname }) => {
      showDone(`Service account ${fullname} created. Now create a token for it.`)
      onClose()
    },
    clears: true,
  })
  return (
    <Dialog opened={opened} onClose={onClose} title="New service account">
      <ApiForm of={form} label="New service account">
        <Said form={form} />
        <Text size="sm" c="dimmed">
          You become its owner. It keeps working if you leave.
        </Text>
        <FormButtons label="Create service account" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}

interface Said {
  field: (name: 'name' | 'description') => object
}

function Said({ form }: { form: Said }) {
  return (
    <>
      <TextInput
        label="Name"
        description="For example “Nightly training”."
        maxLength={50}
        autoComplete="off"
        required
        data-autofocus
        {...form.field('name')}
      />
      <Textarea
        label="Description"
        description="Optional. What it is used for."
        maxLength={500}
        autosize
        minRows={2}
        maxRows={6}
        {...form.field('description')}
      />
    </>
  )
}

interface Asked {
  org: Org
  account: Account
  onClose: () => void
}

/** Changes the name, the description, and the owner. */
export function EditAccount({ org, account, onClose }: Asked) {
  const [owner, setOwner] = useState<members.Member>()
  const form = useApiForm(serviceAccounts.updateServiceAccount, {
    start: { name: account.name, description: account.description },
    input: ({ name, description }) => ({
      params: { org: org.name, serviceAccountId: account.id },
      body: { name: name.trim(), description: description.trim(), ...(owner && { owner: owner.user }) },
    }),
    after: ({ name }) => {
      showDone(`Service account ${name} saved.`)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={`Edit ${account.name}`}>
      <ApiForm of={form} label="Edit service account">
        <Said form={form} />
        <PickMember
          org={org}
          label="New owner"
          description={`Current owner: ${account.owner ? account.owner.fullname || account.owner.user : 'none'}.`}
          without={account.owner ? [account.owner.user] : []}
          picked={owner}
          onPick={setOwner}
        />
        <FormButtons label="Save changes" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}

/** Deletes a service account with its tokens, once its name is typed. */
export function DeleteAccount({ org, account, onClose }: Asked) {
  const remove = useChange(serviceAccounts.deleteServiceAccount, () => {
    showDone(`Service account ${account.name} deleted.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Delete ${account.name}`}
      word={account.name}
      label={`Delete ${account.name}`}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { org: org.name, serviceAccountId: account.id } })}
      onClose={onClose}
    >
      <List size="sm">
        {account.tokens.length > 0 && (
          <List.Item>{counted(account.tokens.length, 'token stops', 'tokens stop')} working immediately.</List.Item>
        )}
        <List.Item>Repositories and commits that it created stay.</List.Item>
        <List.Item>This can’t be undone.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}
