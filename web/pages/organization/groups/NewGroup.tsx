import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { groups } from '../../../../api/index.ts'
import { groupAddress } from '../../../addresses.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { useAccount } from '../../../session.ts'

/** Creates a resource group; its creator becomes its admin. */
export function NewGroup({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Create resource group">
      {opened && <Form org={org} onClose={onClose} />}
    </Dialog>
  )
}

function Form({ org, onClose }: { org: Org; onClose: () => void }) {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const account = useAccount()
  const navigate = useNavigate()
  const create = useChange(groups.createGroup, (group) => navigate({ to: groupAddress(org.name, group.name) }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const users = account ? [{ user: account.name, role: 'admin' as const }] : []
    create.mutate({ params: { org: org.name }, body: { name: name.trim(), description, users } })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Textarea
          label="Description"
          value={description}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          You become its admin. Add members and repositories on the next page.
        </Text>
        <ErrorNote error={create.error} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={name.trim() === ''} loading={create.isPending}>
            Create group
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
