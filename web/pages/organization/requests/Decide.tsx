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

/** Makes the person a member, with the role that is chosen here. */
export function Approve({ org, request, onClose }: Asked) {
  const { user } = request.user
  const usual = useDefaultRole(org)
  const [role, setRole] = useState<OrgRole>()
  const given = role ?? usual
  const approve = useChange(requests.approveRequest, (row) => {
    showRow(row)
    restart(members.listMembers)
    showDone(`${user} is a member now, as ${roleNames[row.role ?? given]}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={false}
      title={`Let ${user} into ${org.name}?`}
      label={`Approve ${user}`}
      busy={approve.isPending}
      error={approve.error}
      onConfirm={() => approve.mutate({ params: { org: org.name, id: request.id }, body: { role: given } })}
      onClose={onClose}
    >
      <RoleField org={org} value={given} onChange={setRole} />
      <Text size="sm" c="dimmed">
        They are told by mail, and join the resource groups with auto-join.
      </Text>
    </ConfirmByTyping>
  )
}

/** Turns a request down, with a reason if there is one to tell. */
export function Reject({ org, request, onClose }: Asked) {
  const { user } = request.user
  const [reason, setReason] = useState('')
  const reject = useChange(requests.rejectRequest, (row) => {
    showRow(row)
    showDone(`The request of ${user} is rejected.`)
    onClose()
  })
  const words = reason.trim()
  const body = words === '' ? {} : { reason: words }
  return (
    <ConfirmByTyping
      opened
      title={`Reject the request of ${user}?`}
      label={`Reject ${user}`}
      busy={reject.isPending}
      error={reject.error}
      onConfirm={() => reject.mutate({ params: { org: org.name, id: request.id }, body })}
      onClose={onClose}
    >
      <Textarea
        label="Reason"
        description="Told to the person; may stay empty."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        data-autofocus
      />
      <Text size="sm">
        They may ask again after 30 days. A rejected request cannot be approved any more; you can still invite them.
      </Text>
    </ConfirmByTyping>
  )
}
