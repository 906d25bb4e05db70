import { Text } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'

/** Makes new recovery codes; the old ones stop working. */
export function RenewCodes({ onDone, onCancel }: { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const renew = useChange(users.renewRecoveryCodes, ({ recoveryCodes }) => onDone(recoveryCodes))
  return (
    <ConfirmByTyping
      opened
      title="Regenerate recovery codes"
      label="Regenerate codes"
      danger={false}
      busy={renew.isPending}
      error={renew.error}
      onConfirm={() => renew.mutate({})}
      onClose={onCancel}
    >
      <Text size="sm">Your current recovery codes stop working.</Text>
    </ConfirmByTyping>
  )
}
