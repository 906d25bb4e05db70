import { Button, Group } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form, NewPasswordField, PasswordField } from '../../../pieces/Form.tsx'

const blank = { currentPassword: '', newPassword: '' }

/** Sets another password. */
export function ChangePassword() {
  const change = useChange(users.updateAccount, () =>
    showDone('The password is changed; your other sessions have ended.'),
  )
  const { values, set, field, rest } = useFields(blank, change.error)
  const submit = () => change.mutate({ body: values }, { onSuccess: () => set(blank) })
  return (
    <Form label="Change the password" error={change.error} rest={rest} onSubmit={submit}>
      <PasswordField label="Current password" autoComplete="current-password" {...field('currentPassword')} />
      <NewPasswordField label="New password" {...field('newPassword')} />
      <Group>
        <Button type="submit" loading={change.isPending}>
          Change the password
        </Button>
      </Group>
    </Form>
  )
}
