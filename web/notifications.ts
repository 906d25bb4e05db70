import { notifications, type ReplyOf, repoTypes } from '../api/index.ts'
import { useMaybe } from './hub.ts'
import { sayDay } from './pieces/When.tsx'
import { accessRequestsPage, type Place, place, type RepoName } from './places.ts'
import { counted } from './words.ts'

type Reply = ReplyOf<typeof notifications.listNotifications>
type Notification = notifications.Notification

/** Something that waits for the reader: one sentence and the way to deal with it. */
export interface WaitingItem {
  key: string
  sentence: string
  page: Place
  action: string
}

/** Notifications of the signed-in user; undefined while they are being read. */
export function useNotifications(): WaitingItem[] | undefined {
  return useMaybe(notifications.listNotifications, {}).data?.notifications.map(itemOf)
}

/** How much is pending in an organization that the reader administers. */
export function usePending(org: string): Omit<Reply['organizations'][number], 'name'> {
  const { data } = useMaybe(notifications.listNotifications, {})
  const found = data?.organizations.find(({ name }) => name === org)
  return { requests: found?.requests ?? 0, invitations: found?.invitations ?? 0 }
}

/** How many invitations wait for the reader. */
export function useInvitationCount(): number {
  const { data } = useMaybe(notifications.listNotifications, {})
  return data?.notifications.filter(({ kind }) => kind === 'invitation').length ?? 0
}

/** Whether an invitation to an organization waits for the reader, who is signed in. */
export function useIsInvited(org: string, isSignedIn: boolean): boolean {
  const { data } = useMaybe(notifications.listNotifications, isSignedIn ? {} : undefined)
  return (
    data?.notifications.some(({ kind, organization }) => kind === 'invitation' && organization?.name === org) ?? false
  )
}

type Words = Omit<WaitingItem, 'key'>

function itemOf(notification: Notification): WaitingItem {
  const { kind, organization, id, about } = notification
  const key = [kind, organization?.name, id, about].filter(Boolean).join(' ')
  return { key, ...wordsOf[kind](partsOf(notification)) }
}

// `models/acme/whisper`
function repoNamed(path: string): RepoName {
  const [types = '', ...id] = path.split('/')
  return { type: repoTypes.find((type) => `${type}s` === types) ?? 'model', id: id.join('/') }
}

interface Parts {
  org: string
  count: number
  about: string
  id: string
  at: string | undefined
}

function partsOf({ organization, count, about, id, at }: Notification): Parts {
  const org = organization?.name ?? ''
  return { org, count, about: about ?? '', id: id ?? '', at: at === null ? undefined : sayDay(at) }
}

const wordsOf: Record<Notification['kind'], (parts: Parts) => Words> = {
  email_unverified: () => ({
    sentence: 'Verify your email address to join organizations and create repositories.',
    page: place({ to: '/settings/account' }),
    action: 'Verify email',
  }),
  invitation: ({ org, about }) => ({
    sentence: about ? `${about} invited you to join ${org}.` : `You’re invited to join ${org}.`,
    page: place({ to: '/settings/invitations' }),
    action: 'View invitation',
  }),
  two_factor_required: ({ org }) => ({
    sentence: `${org} requires two-factor authentication (2FA). Turn it on to regain access.`,
    page: place({ to: '/settings/authentication' }),
    action: 'Turn on 2FA',
  }),
  two_factor_soon: ({ org, at }) => ({
    sentence: `${org} requires two-factor authentication (2FA) from ${at}.`,
    page: place({ to: '/settings/authentication' }),
    action: 'Turn on 2FA',
  }),
  recovery_own: ({ org, at, id }) => ({
    sentence: at ? `You become admin of ${org} on ${at}.` : `Your recovery request for ${org} is open.`,
    page: place({ to: '/organizations/$org/recovery/$id', params: { org, id } }),
    action: 'View recovery request',
  }),
  recovery_object: ({ org, about, at, id }) => ({
    sentence: at
      ? `${about} becomes admin of ${org} on ${at}, unless you object.`
      : `${about} asks to become admin of ${org}.`,
    page: place({ to: '/organizations/$org/recovery/$id', params: { org, id } }),
    action: 'View recovery request',
  }),
  recovery_confirm: ({ org, about, id }) => ({
    sentence: `${about} asks to become admin of ${org} and needs confirmations.`,
    page: place({ to: '/organizations/$org/recovery/$id', params: { org, id } }),
    action: 'View recovery request',
  }),
  recovery_approve: ({ org, about }) => ({
    sentence: `The recovery of ${org} by ${about} needs a second site admin’s approval.`,
    page: place({ to: '/operator/recovery' }),
    action: 'Review',
  }),
  no_active_admins: ({ org }) => ({
    sentence: `${org} has no active admins.`,
    page: place({ to: '/organizations/$org/settings/recovery', params: { org } }),
    action: 'View recovery options',
  }),
  organizations_without_admins: ({ count }) => ({
    sentence: `${counted(count, 'organization')} ${count === 1 ? 'has' : 'have'} no active admins.`,
    page: place({ to: '/operator/organizations' }),
    action: count === 1 ? 'View organization' : 'View organizations',
  }),
  only_admin: ({ org }) => ({
    sentence: `You’re the only admin of ${org}. Invite a second admin.`,
    page: place({ to: '/organizations/$org/settings/members', params: { org } }),
    action: 'Manage members',
  }),
  join_requests: ({ org, count }) => ({
    sentence: `${count === 1 ? '1 person wants' : `${count} people want`} to join ${org}.`,
    page: place({ to: '/organizations/$org/settings/requests', params: { org } }),
    action: count === 1 ? 'Review request' : 'Review requests',
  }),
  access_requests: ({ about, count }) => ({
    sentence: `${count === 1 ? '1 person wants' : `${count.toLocaleString('en')} people want`} access to ${repoNamed(about).id}.`,
    page: accessRequestsPage(repoNamed(about)),
    action: count === 1 ? 'Review request' : 'Review requests',
  }),
  held_removals: ({ org, count }) => ({
    sentence: `The identity provider of ${org} asks for more removals than usual. ${counted(count, 'removal')} ${count === 1 ? 'waits' : 'wait'} for approval.`,
    page: place({ to: '/organizations/$org/settings/scim', params: { org } }),
    action: count === 1 ? 'Review removal' : 'Review removals',
  }),
  domain_failing: ({ org, about, at }) => ({
    sentence: `The DNS record for ${about} is missing. Publish it by ${at} to keep the domain verified for ${org}.`,
    page: place({ to: '/organizations/$org/settings/account', params: { org } }),
    action: 'View record',
  }),
  membership_ends: ({ org, at }) => ({
    sentence: `Your membership in ${org} ends on ${at}. Ask an admin to extend it if you still need access.`,
    page: place({ to: '/$name', params: { name: org } }),
    action: `View ${org}`,
  }),
  memberships_end: ({ org, count }) => ({
    sentence: `${counted(count, 'membership')} in ${org} ${count === 1 ? 'ends' : 'end'} within 14 days.`,
    page: place({ to: '/organizations/$org/settings/members', params: { org } }),
    action: 'View members',
  }),
  restorable: ({ org, at }) => ({
    sentence: `${org} was deleted. You can restore it until ${at}.`,
    page: place({ to: '/settings/organizations' }),
    action: 'Restore',
  }),
  failed_emails: ({ count }) => ({
    sentence: `${count === 1000 ? 'At least 1,000 emails' : counted(count, 'email')} could not be sent.`,
    page: place({ to: '/operator/outbox' }),
    action: 'View outbox',
  }),
}
