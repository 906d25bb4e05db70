import { Modal, Text } from '@mantine/core'
import { joining } from '../../../../api/index.ts'
import { patchRows, restart } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkShown } from './LinkShown.tsx'

type Row = joining.InviteLink

interface Asked {
  org: Org
  link: Row
  onClose: () => void
}

/** What a link is called. */
export function linkName({ label }: { label: string }): string {
  return label === '' ? 'Invite link' : label
}

/** Gives a link a new address, after asking, and shows it once. */
export function RenewLink({ org, link, onClose }: Asked) {
  const renew = useChange(joining.regenerateInviteLink, () => restart(joining.listInviteLinks))
  if (renew.data) {
    return (
      <Modal
        opened
        onClose={onClose}
        size="lg"
        title="The new address"
        closeOnClickOutside={false}
        closeOnEscape={false}
      >
        <LinkShown link={renew.data} onDone={onClose} />
      </Modal>
    )
  }
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Give ${linkName(link)} …${link.last4} a new address?`}
      label="Regenerate it"
      busy={renew.isPending}
      error={renew.error}
      onConfirm={() => renew.mutate({ params: { org: org.name, id: link.id } })}
      onClose={onClose}
    >
      <Text size="sm">
        The old address stops working at once. Uses and days are counted again, and the link is in your name from then
        on.
      </Text>
    </ConfirmByTyping>
  )
}

/** Ends a link, after asking. */
export function EndLink({ org, link, onClose }: Asked) {
  const end = useChange(joining.revokeInviteLink, (row) => {
    patchRows<Row>(joining.listInviteLinks, (before) => (before.id === row.id ? row : before))
    showDone('Invite link revoked.')
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Revoke ${linkName(link)} …${link.last4}?`}
      label={`Revoke …${link.last4}`}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate({ params: { org: org.name, id: link.id } })}
      onClose={onClose}
    >
      <Text size="sm">It stops working at once, for good. Who came in by it stays a member.</Text>
    </ConfirmByTyping>
  )
}
