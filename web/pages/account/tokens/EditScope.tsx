import { Text, TextInput } from '@mantine/core'
import { tokens } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { counted } from '../../../words.ts'
import type { Token } from './expiry.ts'
import { ScopeField } from './ScopeField.tsx'
import { entriesOf, scopeOf } from './scope.ts'

/** Changes the name of a fine-grained token, and what it can reach. */
export function EditScope({ token, onClose }: { token: Token; onClose: () => void }) {
  const form = useApiForm(tokens.updateToken, {
    start: {
      name: token.name,
      fineGrained: entriesOf(token.fineGrained),
      readsGated: token.fineGrained?.canReadGatedRepos ?? false,
    },
    input: ({ name, fineGrained, readsGated }) => ({
      params: { id: token.id },
      body: { name: name.trim(), fineGrained: scopeOf(fineGrained, readsGated) },
    }),
    after: ({ name }) => {
      showDone(`Token ${name} saved.`)
      onClose()
    },
  })
  const lost = (token.fineGrained?.scoped.length ?? 0) - entriesOf(token.fineGrained).length
  return (
    <Dialog opened onClose={onClose} size="lg" title={`Edit ${token.name}`}>
      <ApiForm of={form} label="Edit token">
        <TextInput label="Name" maxLength={100} autoComplete="off" required data-autofocus {...form.field('name')} />
        <ScopeField
          entries={form.values.fineGrained}
          readsGated={form.values.readsGated}
          onChange={(fineGrained) => form.set({ fineGrained })}
          onGated={(readsGated) => form.set({ readsGated })}
          problem={form.problem}
        />
        {lost > 0 && (
          <Text size="sm">
            You no longer have access to {counted(lost, 'thing')} that this token names. Saving removes{' '}
            {lost === 1 ? 'it' : 'them'}.
          </Text>
        )}
        <FormButtons label="Save token" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}
