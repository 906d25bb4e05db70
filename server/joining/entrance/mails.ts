import type { OrgRole } from '../../../api/index.ts'
import { dayOf } from '../../kernel/clock.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import { joinPath } from './entrance.ts'

interface Letter {
  to: string
  /** Name of the organization. */
  org: string
}

/** What is known of the person who gets an invitation; only they learn it, by the mail. */
export type Recipient = 'account' | 'no_account' | 'member'

interface InvitationLetter extends Letter {
  by: string
  role: OrgRole
  message: string
  expiresAt: Date
  token: string
  /** Shows that its holder reads the mail of this address. */
  proof: string
  recipient: Recipient
}

/** Invites someone; who is a member already is told so instead. */
export function invitationMail(letter: InvitationLetter): Mail {
  const { to, org, by, role, message, token, proof, recipient } = letter
  if (recipient === 'member') return memberAlreadyMail(letter)
  const words = {
    account: 'Sign in to accept it.',
    no_account: `To accept it, create an account for ${to}.`,
  }
  return composeMail({
    to,
    kind: 'invitation',
    subject: `${by} invited you to join ${org}`,
    paragraphs: [
      `${by} invited you to join ${org} with the ${role} role.`,
      ...(message === '' ? [] : [`Message from ${by}: ${message}`]),
      `${words[recipient]} The invitation expires on ${dayOf(letter.expiresAt)}.`,
    ],
    button: {
      label: recipient === 'account' ? 'View invitation' : 'Sign up and join',
      // The page takes the proof out of the address bar.
      path:
        recipient === 'account' ? joinPath(token) : `${joinPath(token)}&${new URLSearchParams({ email: to, proof })}`,
      secret: token,
    },
    footer:
      recipient === 'account'
        ? 'If you weren’t expecting this invitation, you can ignore this email.'
        : 'Don’t forward this email. Its link verifies your email address. If you weren’t expecting this invitation, you can ignore this email.',
  })
}

function memberAlreadyMail({ to, org, by }: InvitationLetter): Mail {
  return composeMail({
    to,
    kind: 'invitation',
    subject: `${by} invited you to join ${org}`,
    paragraphs: [`${by} invited you to join ${org}, but you are already a member. You don’t need to do anything.`],
    button: orgButton(org),
    footer: `${by} won’t see that this email address is yours.`,
  })
}

/** Tells who invited, or who made the link, that someone came in. */
export function joinedMail({ to, org, user }: Letter & { user: string }, by: string): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `${user} joined ${org}`,
    paragraphs: [`${user} joined ${org} through ${by}.`],
    button: membersButton(org),
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}

/** Tells an admin that someone came in by their address. */
export function cameByDomainMail({
  to,
  org,
  user,
  domain,
  role,
}: Letter & { user: string; domain: string; role: OrgRole }): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `${user} joined ${org}`,
    paragraphs: [`${user} joined ${org} with the ${role} role through an email address at ${domain}.`],
    button: membersButton(org),
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}

/** Tells who invited that the invitation was declined, naming only what they named themselves. */
export function declinedMail({ to, org, whom }: Letter & { whom: string }): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `${whom} declined the invitation to ${org}`,
    paragraphs: [`${whom} declined your invitation to ${org}.`],
    button: membersButton(org),
    footer: 'You’re receiving this email because you sent the invitation.',
  })
}

/** Tells an admin that someone asks to join. */
export function requestMail({
  to,
  org,
  user,
  message,
  domain,
  link,
}: Letter & { user: string; message: string; domain?: string | undefined; link?: string | undefined }): Mail {
  const who = domain === undefined ? user : `${user}, who has an email address at ${domain},`
  return composeMail({
    to,
    kind: 'join_request',
    subject: `${user} requested to join ${org}`,
    paragraphs: [
      link === undefined ? `${who} requested to join ${org}.` : `${who} opened ${link}, and requested to join.`,
      ...(message === '' ? [] : [`Message from ${user}: ${message}`]),
    ],
    button: { label: 'Review request', path: `${membersPath(org)}/requests` },
    footer: `You’re receiving this email because you’re an admin of ${org}.`,
  })
}

/** Tells an admin that a person with an invitation that does not work asks for another. */
export function askedAgainMail({
  to,
  org,
  whom,
  user,
  why,
}: Letter & { whom: string; user: string | undefined; why: string }): Mail {
  const who = user ?? 'A person who isn’t signed in'
  return composeMail({
    to,
    kind: 'join_request',
    subject: `New invitation to ${org} requested`,
    paragraphs: [
      `${who} opened the link of the invitation to ${org} for ${whom}, which ${why}, and asks for a new one.`,
      'If you expect this person, invite them again. Otherwise, you can ignore this email.',
    ],
    button: { label: 'View invitations', path: `/organizations/${org}/settings/invitations` },
    footer: `You’re receiving this email because you’re an admin of ${org}. It is sent at most once a day for each invitation.`,
  })
}

/** Tells a person that their request was approved. */
export function approvedMail({ to, org, role }: Letter & { role: OrgRole }): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `You are now a member of ${org}`,
    paragraphs: [`Your request to join ${org} was approved. You are now a member with the ${role} role.`],
    button: orgButton(org),
    footer: 'You can leave an organization at any time in your settings.',
  })
}

/** Tells a person that their request was rejected. */
export function rejectedMail({ to, org, reason, again }: Letter & { reason: string; again: Date }): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `Your request to join ${org} was rejected`,
    paragraphs: [
      `An admin of ${org} rejected your request to join.`,
      ...(reason === '' ? [] : [`Reason: ${reason}`]),
      `You can ask again from ${dayOf(again)}.`,
    ],
  })
}

function orgButton(org: string): { label: string; path: string } {
  return { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` }
}

function membersButton(org: string): { label: string; path: string } {
  return { label: 'View members', path: membersPath(org) }
}

function membersPath(org: string): string {
  return `/organizations/${org}/settings/members`
}
