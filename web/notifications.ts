import { notifications, type ReplyOf } from '../api/index.ts'
import { namespaceAddress, orgSettingsAddress, recoveryRequestAddress } from './addresses.ts'
import { useMaybe } from './hub.ts'
import { sayDay } from './pieces/When.tsx'
import { counted } from './words.ts'

type Reply = ReplyOf<typeof notifications.listNotifications>
type Notification = notifications.Notification

/** Something that waits for the reader: one sentence and the way to deal with it. */
export interface WaitingItem {
  key: string
  sentence: string
  to: string
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

type Words = Omit<WaitingItem, 'key'>

function itemOf(notification: Notification): WaitingItem {
  const { kind, organization, id, about } = notification
  const key = [kind, organization?.name, id, about].filter(Boolean).join(' ')
  return { key, ...wordsOf[kind](partsOf(notification)) }
}

interface Parts {
  org: string
  count: number
  about: string
  id: string
  at: string | undefined
  settings: (section: string) => string
}

function partsOf({ organization, count, about, id, at }: Notification): Parts {
  const org = organization?.name ?? ''
  const settings = (section: string) => orgSettingsAddress(org, section)
  return { org, count, about: about ?? '', id: id ?? '', at: at === null ? undefined : sayDay(at), settings }
}

const wordsOf: Record<Notification['kind'], (parts: Parts) => Words> = {
  email_unverified: () => ({
    sentence: 'Verify your email address to join organizations and create repositories.',
    to: '/settings/account',
    action: 'Verify email',
  }),
  invitation: ({ org, about }) => ({
    sentence: about ? `${about} invited you to join ${org}.` : `You’re invited to join ${org}.`,
    to: '/settings/invitations',
    action: 'View invitation',
  }),
  two_factor_required: ({ org }) => ({
    sentence: `${org} requires two-factor authentication (2FA). Enable it to regain access.`,
    to: '/settings/authentication',
    action: 'Enable 2FA',
  }),
  two_factor_soon: ({ org, at }) => ({
    sentence: `${org} requires two-factor authentication (2FA) from ${at}.`,
    to: '/settings/authentication',
    action: 'Enable 2FA',
  }),
  recovery_own: ({ org, at, id }) => ({
    sentence: at ? `You become admin of ${org} on ${at}.` : `Your recovery request for ${org} is open.`,
    to: recoveryRequestAddress(org, id),
    action: 'View recovery request',
  }),
  recovery_object: ({ org, about, at, id }) => ({
    sentence: at
      ? `${about} becomes admin of ${org} on ${at}, unless you object.`
      : `${about} asks to become admin of ${org}.`,
    to: recoveryRequestAddress(org, id),
    action: 'View recovery request',
  }),
  recovery_confirm: ({ org, about, id }) => ({
    sentence: `${about} asks to become admin of ${org} and needs confirmations.`,
    to: recoveryRequestAddress(org, id),
    action: 'View recovery request',
  }),
  recovery_approve: ({ org, about }) => ({
    sentence: `The recovery of ${org} by ${about} needs a second site admin’s approval.`,
    to: '/operator/recovery',
    action: 'Review',
  }),
  no_active_admins: ({ org, settings }) => ({
    sentence: `${org} has no active admins.`,
    to: settings('recovery'),
    action: 'View recovery options',
  }),
  organizations_without_admins: ({ count }) => ({
    sentence: `${counted(count, 'organization')} ${count === 1 ? 'has' : 'have'} no active admins.`,
    to: '/operator/organizations',
    action: count === 1 ? 'View organization' : 'View organizations',
  }),
  only_admin: ({ org, settings }) => ({
    sentence: `You’re the only admin of ${org}. Invite a second admin.`,
    to: settings('members'),
    action: 'Manage members',
  }),
  join_requests: ({ org, count, settings }) => ({
    sentence: `${count === 1 ? '1 person wants' : `${count} people want`} to join ${org}.`,
    to: settings('requests'),
    action: count === 1 ? 'Review request' : 'Review requests',
  }),
  domain_failing: ({ org, about, at, settings }) => ({
    sentence: `The DNS record for ${about} is missing. Publish it by ${at} to keep the domain verified for ${org}.`,
    to: settings('account'),
    action: 'View record',
  }),
  membership_ends: ({ org, at }) => ({
    sentence: `Your membership in ${org} ends on ${at}. Ask an admin to extend it if you still need access.`,
    to: namespaceAddress(org),
    action: `View ${org}`,
  }),
  memberships_end: ({ org, count, settings }) => ({
    sentence: `${counted(count, 'membership')} in ${org} ${count === 1 ? 'ends' : 'end'} within 14 days.`,
    to: settings('members'),
    action: 'View members',
  }),
  restorable: ({ org, at }) => ({
    sentence: `${org} was deleted. You can restore it until ${at}.`,
    to: '/settings/organizations',
    action: 'Restore',
  }),
  failed_emails: ({ count }) => ({
    sentence: `${count === 1000 ? 'At least 1,000 emails' : counted(count, 'email')} could not be sent.`,
    to: '/operator/outbox',
    action: 'View outbox',
  }),
}
