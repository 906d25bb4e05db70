import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconMailForward, IconMailOff } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { z } from 'zod'
import { joining } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { patchRows, useEndless } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { ListPage } from '../../../pieces/ListPage.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { useInstance } from '../../../session.ts'
import { invitationColumns, nameOf } from './columns.tsx'
import { InviteButton } from './InvitePeople.tsx'

type Row = joining.Invitation
type State = joining.InvitationState

const Search = z.object({
  state: z.enum([...joining.InvitationState.options.filter((state) => state !== 'pending'), 'all']),
  search: z.string(),
})

/** The page of the invitations of an organization: the pending ones, unless another state is chosen. */
export function Invited({ org, children }: { org: Org; children: ReactNode }) {
  const [{ state, search }, setAddress] = useAddressState(Search)
  const [revoking, setRevoking] = useState<Row>()
  const list = useEndless(joining.listInvitations, {
    params: { org: org.name },
    query: { state: stateAsked(state), search, limit: 100 },
  })
  const { sendsMail } = useInstance()
  const { busy, resend, made, forget } = useResend(org)
  const columns = useMemo(
    () => invitationColumns({ busy, sendsMail, resend, revoke: setRevoking, withState: state !== undefined }),
    [busy, sendsMail, resend, state],
  )
  const isNarrowed = state !== undefined || Boolean(search)
  return (
    <ListPage
      head={{
        title: 'Invitations',
        of: org.name,
        guide: 'invitations',
        state: `People invited to ${org.name}, and links that let people join.`,
        action: <InviteButton org={org} />,
      }}
      things="invitations"
      search={{
        label: 'Search by name or email',
        value: search,
        onChange: (words) => void setAddress({ search: words }),
      }}
      filters={
        <Select
          aria-label="State"
          w={190}
          data={states}
          value={state ?? 'pending'}
          allowDeselect={false}
          onChange={(value) => void setAddress({ state: Search.shape.state.safeParse(value).data })}
        />
      }
      above={!sendsMail && state === undefined && list.rows.length > 0 && <NotSent />}
      onClear={isNarrowed ? () => void setAddress({ search: undefined, state: undefined }) : undefined}
      label={`Invitations to ${org.name}`}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      heights={{ row: 57, card: 190 }}
      empty={{
        title: 'No pending invitations',
        icon: <IconMailForward size={28} />,
        children: `Invite people by email address or username. They become members of ${org.name} when they accept. People without an account can sign up from the invitation.`,
      }}
    >
      {children}
      {made && <LinkToShare invitation={made} onClose={forget} />}
      {revoking && <Revoke org={org} invitation={revoking} onClose={() => setRevoking(undefined)} />}
    </ListPage>
  )
}

function NotSent() {
  return (
    <Alert variant="light" color="yellow" icon={<IconMailOff aria-hidden />} title="Not sent: no mail server" mb="sm">
      This instance can’t send email. To share an invitation, open its actions and get a new link.
    </Alert>
  )
}

const states = [
  { value: 'pending', label: 'Pending' },
  { value: 'accepted', label: 'Accepted' },
  { value: 'declined', label: 'Declined' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
  { value: 'superseded', label: 'Superseded' },
  { value: 'all', label: 'All' },
]

function stateAsked(state: State | 'all' | undefined): State | undefined {
  return state === 'all' ? undefined : (state ?? 'pending')
}

function showRow(row: Row): void {
  patchRows<Row>(joining.listInvitations, (before) => (before.id === row.id ? row : before))
}

function useResend(org: Org) {
  const [made, setMade] = useState<Made>()
  const { mutate, isPending } = useChange(joining.resendInvitation, (row) => {
    showRow(row)
    if (row.link === null) showDone(`Resent the invitation to ${nameOf(row)}. The previous link no longer works.`)
    else setMade(row)
  })
  const resend = useMemo(
    () => (row: Row) => mutate({ params: { org: org.name, id: row.id } }, { onError: showError }),
    [mutate, org.name],
  )
  return { busy: isPending, resend, made, forget: () => setMade(undefined) }
}

type Made = z.infer<typeof joining.MadeInvitation>

/** Where no email goes out, the link of an invitation that was made again. */
function LinkToShare({ invitation, onClose }: { invitation: Made; onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} size="lg" title="Not sent: no mail server">
      <Stack>
        <Text size="sm">
          The invitation is valid until {sayDay(invitation.expiresAt)}, but this instance can’t send email. Copy the
          link and share it with {nameOf(invitation)}. It works only for them. The previous link no longer works.
        </Text>
        <Takeaway label="Invitation link" value={invitation.link ?? ''} />
        <Group justify="flex-end">
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}

function Revoke({ org, invitation, onClose }: { org: Org; invitation: Row; onClose: () => void }) {
  const name = nameOf(invitation)
  const revoke = useChange(joining.revokeInvitation, (row) => {
    showRow(row)
    showDone(`Revoked the invitation for ${name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Revoke invitation for ${name}`}
      label="Revoke invitation"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ params: { org: org.name, id: invitation.id } })}
      onClose={onClose}
    >
      <Text size="sm">The invitation link stops working immediately. You can invite {name} again at any time.</Text>
    </ConfirmByTyping>
  )
}
