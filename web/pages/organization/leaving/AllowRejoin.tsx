import { Text } from '@mantine/core'
import { leaving } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'

/** Whether no door lets the person in at the moment. */
export function hasRejoinBlock({ rejoinBlockedUntil }: { rejoinBlockedUntil: string | null }): boolean {
  return rejoinBlockedUntil !== null && Date.parse(rejoinBlockedUntil) > Date.now()
}

interface Asked {
  org: string
  user: string
  id: string
  onClose: () => void
}

/** Opens the doors to someone who was offboarded, before the 90 days are over. */
export function AllowRejoin({ org, user, id, onClose }: Asked) {
  const allow = useChange(leaving.allowRejoin, () => {
    patchRows<leaving.OffboardingSummary>(leaving.listOffboardings, (row) =>
      row.id === id ? { ...row, rejoinBlockedUntil: null } : row,
    )
    showDone(`${user} may come in again.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Allow ${user} to rejoin`}
      label={`Allow ${user} to rejoin`}
      busy={allow.isPending}
      error={allow.error}
      onConfirm={() => allow.mutate({ params: { org, id } })}
      onClose={onClose}
    >
      <Text size="sm">
        This opens the doors and gives nothing back: {user} still needs an invitation, a link or a request to become a
        member of {org}, and roles, grants and trust in tokens begin again.
      </Text>
    </ConfirmByTyping>
  )
}
