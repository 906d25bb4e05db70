import { Text, TextInput } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { PasswordField } from '../../../pieces/Form.tsx'
import { candidateAddressOf, LastAdminLinks } from '../LastAdmin.tsx'

const blank = { currentPassword: '', code: '' }

/** Turns off 2FA after showing the consequences. */
export function DisableTwoFactor({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const disable = useChange(users.disableTwoFactor, () => {
    showDone('2FA is off.')
    close()
  })
  const { values, set, field, rest } = useFields(blank, disable.error)
  const close = () => {
    set(blank)
    disable.reset()
    onClose()
  }
  return (
    <ConfirmByTyping
      opened={opened}
      title="Turn off 2FA"
      label="Turn off 2FA"
      waiting={values.currentPassword === '' || values.code.trim() === ''}
      busy={disable.isPending}
      error={rest}
      {...candidateAddressOf(disable.error)}
      onConfirm={() => disable.mutate({ body: { ...values, code: values.code.trim() } })}
      onClose={close}
    >
      <Text size="sm">
        Your password alone will be enough to sign in. You lose access to organizations that require 2FA until it is on
        again, and your recovery codes stop working.
      </Text>
      <PasswordField label="Your password" autoComplete="current-password" {...field('currentPassword')} />
      <TextInput
        label="Code from the authenticator, or a recovery code"
        autoComplete="one-time-code"
        maxLength={64}
        required
        {...field('code')}
      />
      <LastAdminLinks error={disable.error} />
    </ConfirmByTyping>
  )
}
