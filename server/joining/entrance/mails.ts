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
    account: 'Accept with the button; you sign in first if you are not.',
    no_account: `There is no account with this address yet: the button leads through making one, with ${to} as its address.`,
  }
  return composeMail({
    to,
    kind: 'invitation',
    subject: `${by} invites you to ${org}`,
    paragraphs: [
      `${by} invites you to become a member of ${org} with the role ${role}.`,
      ...(message === '' ? [] : [`${by} writes: ${message}`]),
      `${words[recipient]} The invitation is good until ${dayOf(letter.expiresAt)}.`,
    ],
    button: {
      label: recipient === 'account' ? 'See the invitation' : 'Sign up and join',
      // The page takes the proof out of the address bar.
      path:
        recipient === 'account' ? joinPath(token) : `${joinPath(token)}&${new URLSearchParams({ email: to, proof })}`,
      secret: token,
    },
    footer:
      recipient === 'account'
        ? 'If you do not know what this is about, ignore this mail: nothing happens.'
        : 'Do not forward this mail: its link proves that this address is yours. If you do not know what it is about, ignore it.',
  })
}

function memberAlreadyMail({ to, org, by }: InvitationLetter): Mail {
  return composeMail({
    to,
    kind: 'invitation',
    subject: `${by} invites you to ${org}`,
    paragraphs: [`${by} invites you to ${org}, where you are a member already. There is nothing to do.`],
    button: orgButton(org),
    footer: 'Who invited you does not learn that this address is yours.',
  })
}

/** Tells who invited, or who made the link, that someone came in. */
export function joinedMail({ to, org, user }: Letter & { user: string }, by: string): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `${user} joined ${org}`,
    paragraphs: [`${user} is now a member of ${org}, by ${by}.`],
    button: membersButton(org),
    footer: `You get this because you are admin of ${org}.`,
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
    paragraphs: [`${user} is now a member of ${org} with the role ${role}, by an address at ${domain}.`],
    button: membersButton(org),
    footer: `You get this because you are admin of ${org}.`,
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
    footer: `You get this because you sent the invitation.`,
  })
}

/** Tells an admin that someone asks to join. */
export function requestMail({
  to,
  org,
  user,
  message,
  domain,
}: Letter & { user: string; message: string; domain?: string | undefined }): Mail {
  return composeMail({
    to,
    kind: 'join_request',
    subject: `${user} asks to join ${org}`,
    paragraphs: [
      `${user}${domain === undefined ? '' : `, who has an address at ${domain},`} asks to become a member of ${org}.`,
      ...(message === '' ? [] : [`${user} writes: ${message}`]),
    ],
    button: { label: 'Look at the requests', path: `${membersPath(org)}/requests` },
    footer: `You get this because you are admin of ${org}.`,
  })
}

/** Tells a person that their request was approved. */
export function approvedMail({ to, org, role }: Letter & { role: OrgRole }): Mail {
  return composeMail({
    to,
    kind: 'membership',
    subject: `You are a member of ${org}`,
    paragraphs: [`Your request was approved: you are now a member of ${org} with the role ${role}.`],
    button: orgButton(org),
    footer: 'You can leave an organization at any time, in your settings.',
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
      ...(reason === '' ? [] : [`Their reason: ${reason}`]),
      `You may ask again from ${dayOf(again)} on.`,
    ],
  })
}

function orgButton(org: string): { label: string; path: string } {
  return { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` }
}

function membersButton(org: string): { label: string; path: string } {
  return { label: 'Open the members', path: membersPath(org) }
}

function membersPath(org: string): string {
  return `/organizations/${org}/settings/members`
}
