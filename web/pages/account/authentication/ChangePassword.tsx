import { Button, Group } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm, NewPasswordField, PasswordField } from '../../../pieces/Form.tsx'

/** Sets another password. */
export function ChangePassword() {
  const form = useApiForm(users.updateAccount, {
    start: { currentPassword: '', newPassword: '' },
    input: (body) => ({ body }),
    after: () => showDone('Password changed. You’re signed out of all other sessions.'),
    clears: true,
  })
  return (
    <ApiForm of={form} label="Change password">
      <PasswordField label="Current password" autoComplete="current-password" {...form.field('currentPassword')} />
      <NewPasswordField label="New password" {...form.field('newPassword')} />
      <Group>
        <Button type="submit" loading={form.change.isPending}>
          Change password
        </Button>
      </Group>
    </ApiForm>
  )
}
