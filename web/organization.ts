import type { ReplyOf } from '../api/index.ts'
import { organizations } from '../api/index.ts'
import { usePathName } from './address-state.ts'
import { useReply } from './hub.ts'

/** An organization as the person who looks at it sees it: with their role and what they may do. */
export type Org = ReplyOf<typeof organizations.getOrganization>

/** The organization whose settings are open. */
export function useOrg(): Org {
  return useReply(organizations.getOrganization, { params: { org: usePathName('org') } })
}

/** Why an action on an organization is out of reach, in words; undefined when it is allowed. */
export function whyNot(org: Org, action: string, words: string): string | undefined {
  if (org.may.includes(action)) return undefined
  if (org.role === null) return `You’re not a member of ${org.name}.`
  if (org.blockedBy.includes('mfa'))
    return `${org.name} requires two-factor authentication (2FA). Turn it on in your settings first.`
  if (org.blockedBy.includes('sso')) return `${org.name} requires single sign-on (SSO). Sign in with SSO first.`
  return words
}
