import { List, Skeleton, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { members } from '../../../../api/index.ts'
import { namespaceAddress, offboardAddress } from '../../../addresses.ts'
import { useChange, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted, listed, roleNames } from '../../../words.ts'
import { dropMember, memberAddress } from './rows.ts'

interface Asked {
  org: Org
  user: string
  onClose: () => void
  /** Closes what shows the member, before anything is read again. */
  onDone: () => Promise<unknown>
}

const dryRun = { dryRun: 'true' } as const

/** Removes a member, after saying what ends and what remains. */
export function RemoveMember({ org, user, onClose, onDone }: Asked) {
  const input = { params: { org: org.name, username: user } }
  const rehearsal = useRehearsal(members.removeMember, { ...input, query: dryRun })
  const remove = useChange(members.removeMember, async () => {
    await onDone()
    dropMember(user)
    showDone(`${user} is no longer a member of ${org.name}.`)
  })
  return (
    <ConfirmByTyping
      opened
      title={`Remove ${user} from ${org.name}?`}
      label={`Remove ${user}`}
      waiting={!rehearsal.data}
      busy={remove.isPending}
      error={remove.error ?? rehearsal.error}
      candidateAddress={memberAddress(org)}
      onConfirm={() => remove.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who={user} /> : !rehearsal.error && <Skeleton height={80} />}
      {org.may.includes('member.offboard') && (
        <Text size="sm">
          When {user} leaves for good, <LinkTo to={offboardAddress(org.name, user)}>offboard them</LinkTo> instead: that
          ends grants and invitations too, hands over what only they look after, and creates an offboarding report.
        </Text>
      )}
    </ConfirmByTyping>
  )
}

/** The same for oneself. */
export function LeaveOrganization({ org, user, onClose }: Omit<Asked, 'onDone'>) {
  const navigate = useNavigate()
  const input = { params: { org: org.name } }
  const rehearsal = useRehearsal(members.leaveOrganization, { ...input, query: dryRun })
  const leave = useChange(members.leaveOrganization, async () => {
    dropMember(user)
    showDone(`You have left ${org.name}.`)
    await navigate({ to: namespaceAddress(org.name) })
  })
  return (
    <ConfirmByTyping
      opened
      title={`Leave ${org.name}?`}
      label={`Leave ${org.name}`}
      waiting={!rehearsal.data}
      busy={leave.isPending}
      error={leave.error ?? rehearsal.error}
      candidateAddress={memberAddress(org)}
      onConfirm={() => leave.mutate(input)}
      onClose={onClose}
    >
      {rehearsal.data ? <Effects removal={rehearsal.data} who="you" /> : !rehearsal.error && <Skeleton height={80} />}
    </ConfirmByTyping>
  )
}

/** What ends and what remains when someone is no longer a member. */
export function Effects({ removal, who }: { removal: members.Removal; who: string }) {
  const { removed, remains } = removal
  return (
    <Stack gap="sm">
      <Part title="Ends at once">
        <List.Item>the role {roleNames[removed.role]} in the organization</List.Item>
        {removed.groups.length > 0 && (
          <List.Item>roles in {listed(removed.groups.map(({ name, role }) => `${name} (${role})`))}</List.Item>
        )}
        {removed.seatFreed && <List.Item>the seat, which becomes available</List.Item>}
        <Counts of={endingWords} counts={removed.counts} />
      </Part>
      <Part title="Remains">
        {remains.repositoryCount > 0 && <List.Item>{repositories(remains)}</List.Item>}
        <List.Item>{tokens(remains.personalTokens, who)}</List.Item>
        {remains.grants.map(({ kind, on, role }) => (
          <List.Item key={`${kind} ${on}`}>
            {roleNames[role as keyof typeof roleNames] ?? role} on {on} ({kind})
          </List.Item>
        ))}
        <Counts of={remainingWords} counts={remains.counts} />
      </Part>
    </Stack>
  )
}

type Words = Record<string, (count: number) => string>

// What the lines beside these do not name already.
const endingWords: Words = {
  fileLocks: (count) => `${counted(count, 'file lock')}: others can change these files again`,
  successorPlace: () => 'position on the list of successors',
}

const remainingWords: Words = {
  invitationsSent: (count) => `${counted(count, 'sent invitation')}, now void`,
  inviteLinks: (count) => `${counted(count, 'invite link')}, now void`,
  invitationsReceived: (count) => `${counted(count, 'received invitation')}, now void for them`,
  joinRequests: (count) => counted(count, 'request to join', 'requests to join'),
}

function Counts({ of, counts }: { of: Words; counts: Record<string, number> }) {
  return Object.entries(of).map(([kind, words]) => {
    const count = counts[kind] ?? 0
    return count > 0 && <List.Item key={kind}>{words(count)}</List.Item>
  })
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" spacing={2} mt={4}>
        {children}
      </List>
    </div>
  )
}

const namedAtMost = 5

function repositories({ repositories, repositoryCount }: members.Removal['remains']): string {
  const names = repositories.slice(0, namedAtMost).map(({ name }) => name)
  const more = repositoryCount - names.length
  const all = listed(more > 0 ? [...names, `${more.toLocaleString('en')} more`] : names)
  return `${counted(repositoryCount, 'repository', 'repositories')} made here, which stay in the organization: ${all}`
}

function tokens(count: number, who: string): string {
  if (count === 0) return who === 'you' ? 'your account' : `the account of ${who}`
  const whose = who === 'you' ? 'your' : `${who}’s`
  return `${whose} account, and ${counted(count, 'access token')} that will not open anything here any more`
}
