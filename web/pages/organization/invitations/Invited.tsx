import { Group, Select, Text } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { joining } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { patchRows, useEndless } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { invitationColumns, nameOf } from './columns.tsx'

type Row = joining.Invitation
type State = joining.InvitationState

const Search = z.object({
  state: z.enum([...joining.InvitationState.options.filter((state) => state !== 'pending'), 'all']),
  search: z.string(),
})

/** The invitations of an organization: those that wait, unless others are asked for. */
export function Invited({ org }: { org: Org }) {
  const [{ state, search }, setAddress] = useAddressState(Search)
  const [revoking, setRevoking] = useState<Row>()
  const list = useEndless(joining.listInvitations, {
    params: { org: org.name },
    query: { state: stateAsked(state), search, limit: 100 },
  })
  const { busy, resend } = useResend(org)
  const columns = useMemo(
    () => invitationColumns({ busy, resend, revoke: setRevoking, withState: state !== undefined }),
    [busy, resend, state],
  )
  return (
    <section aria-label="Invitations">
      <Group gap="sm" mb="sm">
        <SearchField
          label="Search by name or address"
          value={search ?? ''}
          reading={list.reading}
          onChange={(words) => void setAddress({ search: words })}
        />
        <Select
          aria-label="State"
          w={190}
          data={states}
          value={state ?? 'pending'}
          allowDeselect={false}
          onChange={(value) => void setAddress({ state: Search.shape.state.safeParse(value).data })}
        />
      </Group>
      <EndlessTable
        label={`Invitations into ${org.name}`}
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        heights={{ row: 57, card: 190 }}
        empty={<NoPeople org={org} filtered={state !== undefined || Boolean(search)} />}
      />
      {revoking && <Revoke org={org} invitation={revoking} onClose={() => setRevoking(undefined)} />}
    </section>
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
  const { mutate, isPending } = useChange(joining.resendInvitation, (row) => {
    showRow(row)
    showDone(`${nameOf(row)} is invited again, until ${sayDay(row.expiresAt)}. The earlier link stops working.`)
  })
  const resend = useMemo(
    () => (row: Row) => mutate({ params: { org: org.name, id: row.id } }, { onError: showError }),
    [mutate, org.name],
  )
  return { busy: isPending, resend }
}

function Revoke({ org, invitation, onClose }: { org: Org; invitation: Row; onClose: () => void }) {
  const name = nameOf(invitation)
  const revoke = useChange(joining.revokeInvitation, (row) => {
    showRow(row)
    showDone(`Invitation for ${name} revoked.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Take the invitation of ${name} back?`}
      label={`Revoke the invitation for ${name}`}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ params: { org: org.name, id: invitation.id } })}
      onClose={onClose}
    >
      <Text size="sm">The link in their mail stops working at once. You can invite them again at any time.</Text>
    </ConfirmByTyping>
  )
}

function NoPeople({ org, filtered }: { org: Org; filtered: boolean }) {
  if (filtered) return <Text c="dimmed">No invitation matches. Choose another state, or search for less.</Text>
  return (
    <Empty title="No pending invitations" icon={<IconMailForward size={28} />}>
      Invite people by user name or email address: they get a mail with a link, good for as many days as you say, and
      are members of {org.name} once they accept. Who has no account yet makes one on the way.
    </Empty>
  )
}
