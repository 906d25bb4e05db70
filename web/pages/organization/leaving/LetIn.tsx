import { Text } from '@mantine/core'
import { leaving } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'

/** Whether no door lets the person in at the moment. */
export function isKeptOut({ keptOutUntil }: { keptOutUntil: string | null }): boolean {
  return keptOutUntil !== null && Date.parse(keptOutUntil) > Date.now()
}

interface Asked {
  org: string
  user: string
  id: string
  onClose: () => void
}

/** Opens the doors to somebody who was offboarded, before the 90 days are over. */
export function LetIn({ org, user, id, onClose }: Asked) {
  const lift = useChange(leaving.liftTombstone, () => {
    patchRows<leaving.OffboardingSummary>(leaving.listOffboardings, (row) =>
      row.id === id ? { ...row, keptOutUntil: null } : row,
    )
    showDone(`${user} may come in again.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Let ${user} in again?`}
      label={`Let ${user} in again`}
      busy={lift.isPending}
      error={lift.error}
      onConfirm={() => lift.mutate({ params: { org, id } })}
      onClose={onClose}
    >
      <Text size="sm">
        This opens the doors and gives nothing back: {user} still needs an invitation, a link or a request to become a
        member of {org}, and roles, grants and trust in tokens begin anew.
      </Text>
    </ConfirmByTyping>
  )
}
