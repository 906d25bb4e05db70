import { TextInput } from '@mantine/core'
import { commits } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
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
    <Dialog opened={creation.opened} onClose={creation.onClose} title={`New ${creation.kind}`}>
      {creation.opened && (creation.kind === 'tag' ? <TagForm {...creation} /> : <BranchForm {...creation} />)}
    </Dialog>
  )
}

const input = { required: true, maxLength: 200, spellCheck: false, autoComplete: 'off' }
const commitish = 'A branch, tag, or commit ID.'

function BranchForm({ onClose }: Creation) {
  const { params } = useRepository()
  const form = useApiForm(commits.createBranch, {
    start: { rev: '', startingPoint: mainBranch },
    input: ({ rev, startingPoint }) => ({
      params: { ...params, rev: rev.trim() },
      body: { startingPoint: startingPoint.trim() },
    }),
    after: (_, { params: { rev } }) => {
      showDone(`Created the branch ${rev}.`)
      onClose()
    },
  })
  return (
    <ApiForm of={form} label="New branch">
      <TextInput label="Name" data-autofocus {...input} {...form.field('rev')} />
      <TextInput label="Source" description={commitish} {...input} {...form.field('startingPoint')} />
      <FormButtons label={`Create ${form.values.rev || 'branch'}`} busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}

function TagForm({ onClose }: Creation) {
  const { params } = useRepository()
  const form = useApiForm(commits.createTag, {
    start: { tag: '', rev: mainBranch, message: '' },
    input: ({ tag, rev, message }) => ({
      params: { ...params, rev: rev.trim() },
      body: { tag: tag.trim(), ...(message.trim() && { message: message.trim() }) },
    }),
    after: (_, { body: { tag } }) => {
      showDone(`Created the tag ${tag}.`)
      onClose()
    },
  })
  return (
    <ApiForm of={form} label="New tag">
      <TextInput label="Name" data-autofocus {...input} {...form.field('tag')} />
      <TextInput label="Target" description={commitish} {...input} {...form.field('rev')} />
      <TextInput
        label="Message"
        description="Optional. Stored with the tag."
        maxLength={1000}
        {...form.field('message')}
      />
      <FormButtons label={`Create ${form.values.tag || 'tag'}`} busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
