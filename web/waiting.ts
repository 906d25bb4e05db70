import { joining, users } from '../api/index.ts'
import { orgSettingsAddress } from './addresses.ts'
import { useMaybe } from './hub.ts'

/** Something that waits for the person: one sentence and where to deal with it. */
export interface WaitingItem {
  key: string
  sentence: string
  to: string
  action: string
}

/** Notifications of the signed-in user; undefined while they are being read. */
export function useWaiting(account: users.Account): WaitingItem[] | undefined {
  const { data } = useMaybe(users.listMyOrganizations, {})
  const { data: invitations = [] } = useMaybe(joining.listMyInvitations, {})
  if (!data) return undefined
  const items: WaitingItem[] = invitations.map(invitationItem)
  if (!account.emailVerified) {
    items.push({
      key: 'email',
      sentence: 'Your email address is not verified.',
      to: '/settings/account',
      action: 'Verify it',
    })
  }
  for (const { name, blockedBy, isAdmin, numAdmins } of data.organizations) {
    if (blockedBy.includes('mfa')) {
      const sentence = `${name} requires two-factor authentication (2FA). Turn it on to get access.`
      items.push({ key: `mfa-${name}`, sentence, to: '/settings/authentication', action: 'Turn it on' })
    } else if (isAdmin && numAdmins === 1) {
      const sentence = `You are the only admin of ${name}.`
      items.push({ key: `admin-${name}`, sentence, to: orgSettingsAddress(name), action: 'Add a second' })
    }
  }
  for (const { name } of data.restorable) {
    const sentence = `${name} was deleted and can still be restored.`
    items.push({ key: `restore-${name}`, sentence, to: '/settings/organizations', action: 'Restore' })
  }
  return items
}

function invitationItem({ id, organization, invitedBy }: joining.MyInvitation): WaitingItem {
  const into = organization.fullname || organization.name
  const sentence = invitedBy
    ? `${invitedBy.fullname || invitedBy.user} invited you into ${into}.`
    : `You are invited into ${into}.`
  return { key: `invitation-${id}`, sentence, to: '/settings/invitations', action: 'Answer' }
}
