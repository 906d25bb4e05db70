import { Text } from '@mantine/core'
import { leaving } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'

/** Whether the person can’t rejoin at the moment. */
export function hasRejoinBlock({ rejoinBlockedUntil }: { rejoinBlockedUntil: string | null }): boolean {
  return rejoinBlockedUntil !== null && Date.parse(rejoinBlockedUntil) > Date.now()
}

interface Asked {
  org: string
  user: string
  id: string
  onClose: () => void
}

/** Lets an offboarded person rejoin before the 90 days are over. */
export function AllowRejoin({ org, user, id, onClose }: Asked) {
  const allow = useChange(leaving.allowRejoin, () => {
    patchRows<leaving.OffboardingSummary>(leaving.listOffboardings, (row) =>
      row.id === id ? { ...row, rejoinBlockedUntil: null } : row,
    )
    showDone(`${user} can rejoin.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Allow ${user} to rejoin`}
      label="Allow to rejoin"
      busy={allow.isPending}
      error={allow.error}
      onConfirm={() => allow.mutate({ params: { org, id } })}
      onClose={onClose}
    >
      <Text size="sm">
        {user} can join {org} again with an invitation, a link, or a request. This restores no roles, access, or tokens.
      </Text>
    </ConfirmByTyping>
  )
}
