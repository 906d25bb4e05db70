import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { commits } from '../../../../api/index.ts'
import { client, refresh } from '../../../hub.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { mainBranch, useRepository } from '../../../repository.ts'
import type { ReferenceKind } from '../references.ts'

interface Creation {
  kind: ReferenceKind
  opened: boolean
  onClose: () => void
}

/** A dialog that makes a branch or a tag. */
export function NewReference(creation: Creation) {
  return (
    <Modal opened={creation.opened} onClose={creation.onClose} title={`New ${creation.kind}`}>
      {creation.opened && <CreationForm {...creation} />}
    </Modal>
  )
}

interface Wanted {
  name: string
  from: string
  message: string
}

function CreationForm({ kind, onClose }: Creation) {
  const [wanted, setWanted] = useState<Wanted>({ name: '', from: mainBranch, message: '' })
  const create = useCreation(kind, onClose)
  const set = (change: Partial<Wanted>) => setWanted({ ...wanted, ...change })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(wanted)
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          value={wanted.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value.trim() })}
        />
        <TextInput
          label={kind === 'tag' ? 'What it names' : 'Where it begins'}
          description="A branch, a tag, or the id of a commit."
          required
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          value={wanted.from}
          onChange={({ currentTarget }) => set({ from: currentTarget.value.trim() })}
        />
        {kind === 'tag' && (
          <TextInput
            label="Message"
            description="Kept with the tag; may be left out."
            maxLength={1000}
            value={wanted.message}
            onChange={({ currentTarget }) => set({ message: currentTarget.value })}
          />
        )}
        <ErrorNote error={create.error} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={!wanted.name || !wanted.from} loading={create.isPending}>
            Create {wanted.name || kind}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function useCreation(kind: ReferenceKind, onDone: () => void) {
  const { params } = useRepository()
  return useMutation({
    mutationFn: ({ name, from, message }: Wanted) =>
      kind === 'tag'
        ? client.call(commits.createTag, {
            params: { ...params, rev: from },
            body: { tag: name, ...(message === '' ? {} : { message }) },
          })
        : client.call(commits.createBranch, { params: { ...params, rev: name }, body: { startingPoint: from } }),
    onSuccess: async (_, { name }) => {
      await refresh()
      showDone(`The ${kind} ${name} is made.`)
      onDone()
    },
  })
}
