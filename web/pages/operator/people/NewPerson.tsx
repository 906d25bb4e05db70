import { Checkbox, TextInput } from '@mantine/core'
import { operator } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { whyNotAName } from '../../../names.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm, NewPasswordField } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'

/** Creates an account for someone. */
export function NewPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="New account">
      {opened && <PersonForm onClose={onClose} />}
    </Dialog>
  )
}

function PersonForm({ onClose }: { onClose: () => void }) {
  const form = useApiForm(operator.createPerson, {
    start: { username: '', fullname: '', email: '', password: '', operator: false },
    input: ({ username, fullname, email, password, operator: isOperator }) => ({
      body: {
        username: username.trim(),
        email: email.trim(),
        ...(fullname.trim() && { fullname: fullname.trim() }),
        ...(password && { password }),
        ...(isOperator && { operator: true }),
      },
    }),
    check: ({ username }) => ({ username: username === '' ? undefined : whyNotAName(username.trim()) }),
    after: ({ name }) => {
      restart(operator.listPeople)
      showDone(`Account ${name} created.`)
      onClose()
    },
  })
  const { field } = form
  return (
    <ApiForm of={form} label="New account">
      <TextInput
        label="Username"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={42}
        required
        data-autofocus
        {...field('username')}
      />
      <TextInput label="Full name" autoComplete="off" maxLength={100} {...field('fullname')} />
      <TextInput
        label="Email address"
        description="Counts as verified."
        type="email"
        autoComplete="off"
        maxLength={254}
        required
        {...field('email')}
      />
      <NewPasswordField
        description="Leave blank to send an email with a link to set it."
        required={false}
        {...field('password')}
      />
      <Checkbox label="Site admin" description="Can manage the instance and all accounts." {...form.tick('operator')} />
      <FormButtons label="Create account" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
