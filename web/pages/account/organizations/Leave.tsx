import { Skeleton } from '@mantine/core'
import { members } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import { restart } from '../../../endless.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Effects } from '../../organization/members/RemoveMember.tsx'

/** Leaves an organization, after the server has said what ends and what remains. */
export function Leave({ name, onClose }: { name: string; onClose: () => void }) {
  const input = { params: { org: name } }
  const rehearsal = useRehearsal(members.leaveOrganization, { ...input, query: { dryRun: 'true' } })
  const leave = useChange(members.leaveOrganization, () => {
    restart(members.listMembers)
    showDone(`You have left ${name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Leave ${name}?`}
      label={`Leave ${name}`}
      waiting={!rehearsal.data}
      busy={leave.isPending}
      error={leave.error ?? rehearsal.error}
      candidateAddress={(user) => `${orgSettingsAddress(name)}?member=${encodeURIComponent(user)}`}
      onConfirm={() => leave.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who="you" /> : !rehearsal.error && <Skeleton height={80} />}
    </ConfirmByTyping>
  )
}
