import { Text } from '@mantine/core'
import { joining } from '../../../../api/index.ts'
import { patchRows, restart } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkShown } from './LinkShown.tsx'

type Row = joining.InviteLink

interface Asked {
  org: Org
  link: Row
  onClose: () => void
}

/** The name of a link. */
export function linkName({ label }: { label: string }): string {
  return label === '' ? 'Invite link' : label
}

/** Regenerates a link, after asking, and shows it once. */
export function RenewLink({ org, link, onClose }: Asked) {
  const renew = useChange(joining.regenerateInviteLink, () => restart(joining.listInviteLinks))
  if (renew.data) {
    return (
      <Dialog opened onClose={onClose} size="lg" title="Copy your new invite link" stays>
        <LinkShown link={renew.data} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Regenerate ${linkName(link)} …${link.last4}`}
      label="Regenerate link"
      busy={renew.isPending}
      error={renew.error}
      onConfirm={() => renew.mutate({ params: { org: org.name, id: link.id } })}
      onClose={onClose}
    >
      <Text size="sm">
        The current link stops working immediately. Uses and days start again, and the new link is in your name.
      </Text>
    </ConfirmByTyping>
  )
}

/** Revokes a link, after asking. */
export function EndLink({ org, link, onClose }: Asked) {
  const end = useChange(joining.revokeInviteLink, (row) => {
    patchRows<Row>(joining.listInviteLinks, (before) => (before.id === row.id ? row : before))
    showDone('Revoked the invite link.')
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Revoke ${linkName(link)} …${link.last4}`}
      label="Revoke link"
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate({ params: { org: org.name, id: link.id } })}
      onClose={onClose}
    >
      <Text size="sm">The link stops working immediately. This can’t be undone. Members who joined with it stay.</Text>
    </ConfirmByTyping>
  )
}
