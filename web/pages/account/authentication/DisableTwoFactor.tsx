import { Text } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { candidatePageOf, LastAdminLinks } from '../LastAdmin.tsx'

/** Turns off 2FA after showing the consequences. */
export function DisableTwoFactor({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const disable = useChange(users.disableTwoFactor, () => {
    showDone('2FA is off.')
    close()
  })
  const close = () => {
    disable.reset()
    onClose()
  }
  return (
    <ConfirmByTyping
      opened={opened}
      title="Turn off 2FA"
      label="Turn off 2FA"
      busy={disable.isPending}
      error={disable.error}
      {...candidatePageOf(disable.error)}
      onConfirm={() => disable.mutate({})}
      onClose={close}
    >
      <Text size="sm">
        Your password alone will be enough to sign in. You lose access to organizations that require 2FA until you turn
        it on again. Your recovery codes stop working.
      </Text>
      <LastAdminLinks error={disable.error} />
    </ConfirmByTyping>
  )
}
