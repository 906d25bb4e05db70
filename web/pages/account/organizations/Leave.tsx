import { Skeleton, Text } from '@mantine/core'
import { ApiError, members } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { place } from '../../../places.ts'
import { Effects } from '../../organization/members/RemoveMember.tsx'

/** Leaves an organization, after the server has said what ends and what remains. */
export function Leave({ name, onClose }: { name: string; onClose: () => void }) {
  const input = { params: { org: name } }
  const rehearsal = useRehearsal(members.leaveOrganization, { ...input, query: { dryRun: 'true' } })
  const leave = useChange(members.leaveOrganization, () => {
    restart(members.listMembers)
    showDone(`You left ${name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Leave ${name}`}
      label={`Leave ${name}`}
      waiting={!rehearsal.data}
      busy={leave.isPending}
      error={leave.error ?? rehearsal.error}
      candidatePage={(member) =>
        place({
          to: '/organizations/$org/settings/members',
          params: { org: name },
          search: { member },
        })
      }
      onConfirm={() => leave.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who="you" /> : !rehearsal.error && <Skeleton height={80} />}
      <WayOn name={name} error={leave.error ?? rehearsal.error} />
    </ConfirmByTyping>
  )
}

/** What the last admin can do instead of leaving. */
function WayOn({ name, error }: { name: string; error: unknown }) {
  if (!(error instanceof ApiError) || error.code !== 'LastAdmin') return null
  return (
    <Text size="sm">
      You’re the only admin.{' '}
      <LinkTo to="/organizations/$org/settings/members" params={{ org: name }}>
        Make another member an admin
      </LinkTo>
      , or{' '}
      <LinkTo to="/organizations/$org/settings/danger" params={{ org: name }}>
        delete the organization
      </LinkTo>{' '}
      if you no longer need it.
    </Text>
  )
}
