import { Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { members, type OrgRole, requests } from '../../../../api/index.ts'
import { patchRows, restart } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { roleNames } from '../../../words.ts'
import { RoleField, useDefaultRole } from '../invitations/fields.tsx'

type Row = requests.JoinRequest

interface Asked {
  org: Org
  request: Row
  onClose: () => void
}

function showRow(row: Row): void {
  patchRows<Row>(requests.listRequests, (before) => (before.id === row.id ? row : before))
}

/** Approves a request, with the role that is chosen here. */
export function Approve({ org, request, onClose }: Asked) {
  const { user } = request.user
  const usual = useDefaultRole(org)
  const first = request.inviteLink?.role ?? usual
  const [role, setRole] = useState<OrgRole>()
  const given = role ?? first
  const approve = useChange(requests.approveRequest, (row) => {
    showRow(row)
    restart(members.listMembers)
    showDone(`Approved ${user} with the ${roleNames[row.role ?? given]} role.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Approve request from ${user}`}
      label="Approve request"
      busy={approve.isPending}
      error={approve.error}
      onConfirm={() => approve.mutate({ params: { org: org.name, id: request.id }, body: { role: given } })}
      onClose={onClose}
    >
      <RoleField org={org} value={given} onChange={setRole} />
      <Text size="sm" c="dimmed">
        {user} gets an email and joins the resource groups that have auto-join.
      </Text>
    </ConfirmByTyping>
  )
}

/** Rejects a request, optionally with a reason. */
export function Reject({ org, request, onClose }: Asked) {
  const { user } = request.user
  const [reason, setReason] = useState('')
  const reject = useChange(requests.rejectRequest, (row) => {
    showRow(row)
    showDone(`Rejected the request from ${user}.`)
    onClose()
  })
  const words = reason.trim()
  const body = words === '' ? {} : { reason: words }
  return (
    <ConfirmByTyping
      opened
      title={`Reject request from ${user}`}
      label="Reject request"
      busy={reject.isPending}
      error={reject.error}
      onConfirm={() => reject.mutate({ params: { org: org.name, id: request.id }, body })}
      onClose={onClose}
    >
      <Textarea
        label="Reason"
        description="Optional. The person sees it."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        data-autofocus
      />
      <Text size="sm">
        {user} can request again after 30 days. You can’t approve this request later, but you can invite them.
      </Text>
    </ConfirmByTyping>
  )
}
