import { Radio, Select, Stack, TextInput } from '@mantine/core'
import { tokens } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { inDays } from './expiry.ts'
import { ScopeField } from './ScopeField.tsx'
import { Secret } from './Secret.tsx'
import { type Entry, scopeOf } from './scope.ts'

/** Creates a token, and shows its secret once. */
export function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const form = useTokenForm()
  const made = form.change.data
  const close = () => {
    onClose()
    form.change.reset()
  }
  return (
    <Dialog
      opened={opened}
      onClose={close}
      size="lg"
      title={made ? `Copy your new token ${made.name}` : 'New access token'}
      stays={made !== undefined}
    >
      {made ? (
        <Secret token={made.token} organizations={made.organizations} onDone={close} />
      ) : (
        <TokenForm form={form} onClose={close} />
      )}
    </Dialog>
  )
}

function useTokenForm() {
  return useApiForm(tokens.createToken, {
    start: {
      name: '',
      role: 'read' as tokens.TokenRole,
      fineGrained: [] as Entry[],
      readsGated: false,
      expiresAt: '90',
    },
    input: ({ name, role, fineGrained, readsGated, expiresAt: days }) => ({
      body: {
        name: name.trim(),
        role,
        ...(role === 'fineGrained' && { fineGrained: scopeOf(fineGrained, readsGated) }),
        expiresAt: days === '' ? null : inDays(Number(days)),
      },
    }),
    clears: true,
  })
}

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'No expiration' },
]

function TokenForm({ form, onClose }: { form: ReturnType<typeof useTokenForm>; onClose: () => void }) {
  return (
    <ApiForm of={form} label="New access token">
      <TextInput
        label="Name"
        description="For example “Laptop” or “Nightly training”."
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
        {...form.field('name')}
      />
      <Radio.Group label="Permission" {...form.field('role')}>
        <Stack gap="xs" mt={6}>
          <Radio value="read" label="Read" description="Can read everything you can read." />
          <Radio
            value="write"
            label="Write"
            description="Can do everything you can: repositories, members, settings."
          />
          <Radio
            value="fineGrained"
            label="Fine-grained"
            description="Can access only what you choose. Best for scripts and CI."
          />
        </Stack>
      </Radio.Group>
      {form.values.role === 'fineGrained' && (
        <ScopeField
          entries={form.values.fineGrained}
          readsGated={form.values.readsGated}
          onChange={(fineGrained) => form.set({ fineGrained })}
          onGated={(readsGated) => form.set({ readsGated })}
          problem={form.problem}
        />
      )}
      <Select label="Expiration" data={lifetimes} allowDeselect={false} {...form.field('expiresAt')} />
      <FormButtons label="Create token" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
