import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { commits } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { client, refresh } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
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

/** How the API calls the new name, and what it stands for. */
const fieldNames = {
  branch: { name: 'rev', from: 'startingPoint' },
  tag: { name: 'tag', from: 'rev' },
} as const

function CreationForm({ kind, onClose }: Creation) {
  const { name, from } = fieldNames[kind]
  const create = useCreation(kind, onClose)
  const { values, field, rest } = useFields<Record<string, string>>(
    { [name]: '', [from]: mainBranch, message: '' },
    create.error,
  )
  const wanted = {
    name: (values[name] ?? '').trim(),
    from: (values[from] ?? '').trim(),
    message: (values.message ?? '').trim(),
  }
  const input = { required: true, maxLength: 200, spellCheck: false, autoComplete: 'off' }
  return (
    <Form label={`New ${kind}`} onSubmit={() => create.mutate(wanted)} error={create.error} rest={rest}>
      <TextInput label="Name" data-autofocus {...input} {...field(name)} />
      <TextInput
        label={kind === 'tag' ? 'What it names' : 'Where it begins'}
        description="A branch, a tag, or the id of a commit."
        {...input}
        {...field(from)}
      />
      {kind === 'tag' && (
        <TextInput
          label="Message"
          description="Kept with the tag; may be left out."
          maxLength={1000}
          {...field('message')}
        />
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={!wanted.name || !wanted.from} loading={create.isPending}>
          Create {wanted.name || kind}
        </Button>
      </Group>
    </Form>
  )
}

interface Wanted {
  name: string
  from: string
  message: string
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
