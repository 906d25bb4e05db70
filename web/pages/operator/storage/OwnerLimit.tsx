import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { bytesIn, sized, storage } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'

type Choice = 'default' | 'unlimited' | 'custom'

function choiceOf(setting: storage.StorageOwner['setting']): Choice {
  return typeof setting === 'number' ? 'custom' : setting
}

function wantedBy({ choice, limit }: { choice: Choice; limit: string }) {
  return choice === 'custom' ? bytesIn(limit) : choice
}

/** Sets how much one account or organization may store. */
export function OwnerLimit({ owner, onClose }: { owner: storage.StorageOwner; onClose: () => void }) {
  const { name, used, setting } = owner
  const form = useApiForm(storage.setStorageLimit, {
    start: { choice: choiceOf(setting), limit: typeof setting === 'number' ? sized(setting) : '' },
    input: (values) => ({ params: { owner: name }, body: { limit: wantedBy(values) ?? 'default' } }),
    check: (values) => ({
      limit: values.limit !== '' && wantedBy(values) === undefined ? 'Enter a size, for example 500 GB.' : undefined,
    }),
    after: (set) => {
      showDone(`${set.name} has ${set.limit === null ? 'no storage limit' : `a storage limit of ${sized(set.limit)}`}.`)
      onClose()
    },
  })
  const wanted = wantedBy(form.values)
  return (
    <Dialog opened onClose={onClose} title={`Storage limit of ${name}`}>
      <ApiForm of={form} label={`Storage limit of ${name}`}>
        <Radio.Group label="Limit" {...form.field('choice')}>
          <Stack gap="xs" mt={8}>
            <Radio value="default" label="Default" />
            <Radio value="unlimited" label="No limit" />
            <Radio value="custom" label="Custom" />
          </Stack>
        </Radio.Group>
        {form.values.choice === 'custom' && (
          <TextInput
            label="Size"
            description="For example 500 GB or 2 TB."
            autoComplete="off"
            data-autofocus
            {...form.field('limit')}
          />
        )}
        <Text size="sm">
          {`${name} uses ${sized(used)}.`}
          {typeof wanted === 'number' && wanted <= used && ' No data is deleted, but nothing can be added.'}
        </Text>
        <FormButtons
          label="Set limit"
          disabled={wanted === undefined || wanted === setting}
          busy={form.change.isPending}
          onClose={onClose}
        />
      </ApiForm>
    </Dialog>
  )
}
