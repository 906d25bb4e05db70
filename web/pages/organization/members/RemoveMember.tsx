import { Skeleton, Stack, Text } from '@mantine/core'
import { members } from '../../../../api/index.ts'
import { useGo } from '../../../go.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Losses } from '../../../pieces/Losses.tsx'
import { counted, listed } from '../../../words.ts'
import { dropMember, memberPage } from './rows.ts'

interface Asked {
  org: Org
  user: string
  onClose: () => void
  /** Closes what shows the member, before anything is read again. */
  onDone: () => Promise<unknown>
}

const dryRun = { dryRun: 'true' } as const

/** Removes a member, after saying what they lose and what stays. */
export function RemoveMember({ org, user, onClose, onDone }: Asked) {
  const input = { params: { org: org.name, username: user } }
  const rehearsal = useRehearsal(members.removeMember, { ...input, query: dryRun })
  const remove = useChange(members.removeMember, async () => {
    await onDone()
    dropMember(user)
    showDone(`Removed ${user} from ${org.name}.`)
  })
  return (
    <ConfirmByTyping
      opened
      title={`Remove ${user} from ${org.name}`}
      label="Remove from organization"
      waiting={!rehearsal.data}
      busy={remove.isPending}
      error={remove.error ?? rehearsal.error}
      candidatePage={memberPage(org)}
      onConfirm={() => remove.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who={user} /> : !rehearsal.error && <Skeleton height={80} />}
      {org.may.includes('member.offboard') && (
        <Text size="sm">
          If {user} is leaving for good,{' '}
          <LinkTo to="/organizations/$org/settings/members/$user/offboard" params={{ org: org.name, user }}>
            offboard them
          </LinkTo>{' '}
          instead. Offboarding also removes collaborator access and invitations, hands over what has no other owner, and
          creates a report.
        </Text>
      )}
    </ConfirmByTyping>
  )
}

/** Leaves the organization, after saying the same. */
export function LeaveOrganization({ org, user, onClose }: Omit<Asked, 'onDone'>) {
  const go = useGo()
  const input = { params: { org: org.name } }
  const rehearsal = useRehearsal(members.leaveOrganization, { ...input, query: dryRun })
  const leave = useChange(members.leaveOrganization, async () => {
    dropMember(user)
    showDone(`You left ${org.name}.`)
    await go({ to: '/$name', params: { name: org.name } })
  })
  return (
    <ConfirmByTyping
      opened
      title={`Leave ${org.name}`}
      label={`Leave ${org.name}`}
      waiting={!rehearsal.data}
      busy={leave.isPending}
      error={leave.error ?? rehearsal.error}
      candidatePage={memberPage(org)}
      onConfirm={() => leave.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who="you" /> : !rehearsal.error && <Skeleton height={80} />}
    </ConfirmByTyping>
  )
}

/** What a person loses with their membership, and what stays. */
export function Effects({ removal, who }: { removal: members.Removal; who: string }) {
  const { removed, remains, loses } = removal
  const ends = countLines(endingWords, removed.counts)
  const isYou = who === 'you'
  const stays = [
    remains.repositoryCount > 0 && repositories(remains, isYou),
    tokens(remains.personalTokens, isYou),
    ...remains.grants.map(({ kind, on, role }) => `${role} access to ${on} (${kind})`),
    ...countLines(remainingWords, remains.counts),
  ]
  return (
    <Stack gap="sm">
      <Losses title={isYou ? 'You lose:' : `${who} loses:`} phrases={[...loses, ...ends]} />
      <Losses title="What stays:" phrases={stays.filter((line) => line !== false)} />
      {removed.seatFreed && (
        <Text size="sm" c="dimmed">
          Frees one seat.
        </Text>
      )}
    </Stack>
  )
}

type Words = Record<string, (count: number) => string>

// What the lines beside these do not name already.
const endingWords: Words = {
  fileLocks: (count) => `${counted(count, 'file lock')}, so others can change these files`,
  successorPlace: () => 'position on the list of successors',
  serviceAccounts: (count) =>
    `role as owner of ${counted(count, 'service account')}, which ${count === 1 ? 'keeps' : 'keep'} working`,
  ssoIdentities: () => 'linked SSO identity',
}

const remainingWords: Words = {
  invitationsSent: (count) => `${counted(count, 'sent invitation')}, which no longer ${count === 1 ? 'works' : 'work'}`,
  inviteLinks: (count) => `${counted(count, 'invite link')}, which no longer ${count === 1 ? 'works' : 'work'}`,
  invitationsReceived: (count) =>
    `${counted(count, 'received invitation')}, which no longer ${count === 1 ? 'works' : 'work'} for them`,
  joinRequests: (count) => counted(count, 'request to join', 'requests to join'),
  provisioned: () => 'link to the identity provider, which can activate them again',
}

function countLines(words: Words, counts: Record<string, number>): string[] {
  return Object.entries(words).flatMap(([kind, line]) => {
    const count = counts[kind] ?? 0
    return count > 0 ? [line(count)] : []
  })
}

const namedAtMost = 5

function repositories({ repositories, repositoryCount }: members.Removal['remains'], isYou: boolean): string {
  const names = repositories.slice(0, namedAtMost).map(({ name }) => name)
  const more = repositoryCount - names.length
  const all = listed(more > 0 ? [...names, `${more.toLocaleString('en')} more`] : names)
  const whose = isYou ? 'that you created' : 'that they created'
  return `${counted(repositoryCount, 'repository', 'repositories')} ${whose}: ${all}`
}

function tokens(count: number, isYou: boolean): string {
  const whose = isYou ? 'your account' : 'their account'
  return count === 0 ? whose : `${whose} and ${counted(count, 'access token')}, which lose access to the organization`
}
