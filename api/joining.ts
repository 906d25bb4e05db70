import { z } from 'zod'
import { AddressDomain, EmailAddress } from './email-address.ts'
import { operation } from './operation.ts'
import {
  AnyCaseId,
  cursorQuery,
  GroupRole,
  Id,
  idParams,
  line,
  nothing,
  OrgRole,
  orgParams,
  success,
  Time,
  text,
} from './shapes.ts'

const invitationsTag = 'Invitations'
const linksTag = 'Invite links'

/** Longest that an invitation lives, and how long it does unless said, in days. */
export const invitationDays = { most: 30, usual: 7 } as const
/** Longest that an invite link lives, and how long it does unless said, in days. */
export const inviteLinkDays = { most: 365, usual: 7 } as const

const orgIdParams = orgParams.extend({ id: AnyCaseId })
// In the body: addresses end up in logs and histories
const tokenBody = z.strictObject({
  token: z.string().min(1).max(100).describe('The secret of the link, after `#token=`.'),
})

const Person = z.object({ user: z.string(), fullname: z.string(), avatarUrl: z.string() })
const GroupAsked = z.strictObject({
  id: z.string().min(1).max(200).describe('ID or name of the group.'),
  role: GroupRole,
})

export const InvitationState = z.enum(['pending', 'accepted', 'declined', 'expired', 'revoked', 'superseded'])
export type InvitationState = z.infer<typeof InvitationState>

export const Invitation = z.object({
  id: Id,
  email: z.string().nullable().describe('The address it was sent to; null for an invitation by username.'),
  user: Person.nullable().describe('The account it is for; null for an invitation sent to an email address.'),
  role: OrgRole,
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
  message: z.string(),
  state: InvitationState,
  isVoid: z.boolean().describe('Pending, but the person who sent it can no longer invite. Resend it in your own name.'),
  invitedBy: Person.nullable(),
  acceptedBy: Person.nullable(),
  createdAt: Time,
  sentAt: Time,
  expiresAt: Time,
  endedAt: Time.nullable().describe('When it was accepted, declined, revoked, or expired.'),
})
export type Invitation = z.infer<typeof Invitation>

/** An invitation that was just made, or sent again. */
export const MadeInvitation = Invitation.extend({
  link: z
    .string()
    .nullable()
    .describe(
      'Only if the instance has no mail server, so that no email was sent: the link to share. It works only for the invited account or address.',
    ),
})

export const listInvitations = operation({
  method: 'get',
  path: '/api/organizations/:org/invitations',
  action: 'invitation.list',
  tag: invitationsTag,
  summary: 'List the invitations of an organization, newest first.',
  params: orgParams,
  query: cursorQuery.extend({
    state: InvitationState.optional(),
    search: z.string().max(200).optional().describe('Part of an address or username.'),
  }),
  reply: z.array(Invitation),
  kind: 'page',
})

export const createInvitation = operation({
  method: 'post',
  path: '/api/organizations/:org/invitations',
  action: 'invitation.create',
  tag: invitationsTag,
  summary: 'Invite a person by username or email address. Inviting again renews the pending invitation.',
  details: 'The response doesn’t reveal whether an account has the address. Only the email differs.',
  params: orgParams,
  body: z
    .strictObject({
      username: z.string().min(1).max(100).optional(),
      email: EmailAddress.optional(),
      role: OrgRole.optional().describe('At most your own role. Default: the default role of the organization.'),
      groups: z.array(GroupAsked).max(100).optional().describe('Resource groups that you administer.'),
      expiresInDays: z
        .number()
        .int()
        .min(1)
        .max(invitationDays.most)
        .default(invitationDays.usual)
        .describe('How many days the invitation is valid.'),
      message: text(1000).optional().describe('Your message in the email.'),
    })
    .refine(({ username, email }) => (username === undefined) !== (email === undefined), {
      message: 'Give either `username` or `email`',
      path: ['username'],
    }),
  reply: MadeInvitation,
  status: 201,
})

export const resendInvitation = operation({
  method: 'post',
  path: '/api/organizations/:org/invitations/:id/resend',
  action: 'invitation.resend',
  tag: invitationsTag,
  summary: 'Resend an invitation in your name, for the same number of days. The previous link stops working.',
  params: orgIdParams,
  body: nothing,
  bodyOptional: true,
  reply: MadeInvitation,
})

export const revokeInvitation = operation({
  method: 'delete',
  path: '/api/organizations/:org/invitations/:id',
  action: 'invitation.revoke',
  tag: invitationsTag,
  summary: 'Revoke a pending invitation. Its link stops working immediately.',
  params: orgIdParams,
  reply: Invitation,
})

const OfferedOrganization = z.object({
  name: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  isVerified: z.boolean(),
})

/** What a link into an organization is. */
export const Offer = z.object({
  kind: z.enum(['invitation', 'link']),
  organization: OfferedOrganization,
  role: OrgRole,
  groups: z.array(z.object({ name: z.string(), role: GroupRole })).describe('Sent to the invited person.'),
  message: z.string(),
  invitedBy: Person.nullable(),
  expiresAt: Time,
  for: z.enum(['email', 'user', 'anyone']),
  address: z.string().nullable().describe('The invited address. Shown only to an account that has this address.'),
  emailDomain: z.string().nullable().describe('Only people with a verified address in this domain can use the link.'),
  state: z
    .enum(['sign_in', 'verify_email', 'ready', 'member'])
    .describe('What you have to do next: sign in, sign up, verify the address, accept, or nothing.'),
  maySignUp: z
    .boolean()
    .describe('A person without an account can create one by sending the token to `POST /api/signup`.'),
})
export type Offer = z.infer<typeof Offer>

const Joined = z.object({ organization: z.string(), role: OrgRole })

export const viewOffer = operation({
  method: 'post',
  path: '/api/join/view',
  action: 'invitation.view',
  tag: invitationsTag,
  summary: 'Describe an invitation or invite link.',
  details:
    'An invite link that has expired, was revoked, or is used up gets `410`. Everything else that doesn’t work gets the same `404`.',
  body: tokenBody,
  reads: true,
  reply: Offer,
})

export const askAgain = operation({
  method: 'post',
  path: '/api/join/ask',
  action: 'invitation.askAgain',
  tag: invitationsTag,
  summary: 'Ask the admins for a new invitation or invite link, with one that doesn’t work for you.',
  details:
    'With an invitation, the admins of the organization get an email, at most one a day for each. The response says nothing about the invitation. With an invite link, you make a request to join, once for each link. You need an account with a verified address.',
  body: tokenBody,
  reply: success,
})

export const acceptOffer = operation({
  method: 'post',
  path: '/api/join/accept',
  action: 'invitation.accept',
  tag: invitationsTag,
  summary: 'Join an organization with an invitation or invite link.',
  body: tokenBody,
  reply: Joined,
})

export const declineOffer = operation({
  method: 'post',
  path: '/api/join/decline',
  action: 'invitation.decline',
  tag: invitationsTag,
  summary: 'Decline an invitation.',
  body: tokenBody,
  reply: success,
})

export const MyInvitation = z.object({
  id: Id,
  organization: OfferedOrganization,
  email: z.string().nullable().describe('Your verified address that it was sent to.'),
  role: OrgRole,
  groups: z.array(z.object({ name: z.string(), role: GroupRole })),
  message: z.string(),
  invitedBy: Person.nullable(),
  sentAt: Time,
  expiresAt: Time,
})
export type MyInvitation = z.infer<typeof MyInvitation>

export const listMyInvitations = operation({
  method: 'get',
  path: '/api/settings/invitations',
  action: 'invitation.listOwn',
  tag: invitationsTag,
  summary: 'List your pending invitations, by username or verified address.',
  reply: z.array(MyInvitation),
})

export const acceptMyInvitation = operation({
  method: 'post',
  path: '/api/settings/invitations/:id/accept',
  action: 'invitation.accept',
  tag: invitationsTag,
  summary: 'Accept a pending invitation.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: Joined,
})

export const declineMyInvitation = operation({
  method: 'post',
  path: '/api/settings/invitations/:id/decline',
  action: 'invitation.decline',
  tag: invitationsTag,
  summary: 'Decline a pending invitation.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: success,
})

/** What a link may give: everything but admin. */
export const LinkRole = OrgRole.exclude(['admin'])
export type LinkRole = z.infer<typeof LinkRole>

export const InviteLink = z.object({
  id: Id,
  label: z.string(),
  last4: z.string().describe('Last characters of the secret.'),
  role: LinkRole,
  emailDomain: z.string().nullable(),
  maxUses: z.number().int().nullable(),
  uses: z.number().int(),
  state: z.enum(['active', 'used_up', 'expired', 'revoked', 'void']),
  createdBy: Person.nullable(),
  createdAt: Time,
  expiresAt: Time,
})
export type InviteLink = z.infer<typeof InviteLink>
const ShownLink = InviteLink.extend({
  url: z.string().describe('The link to share. Shown only once; stored as a hash.'),
  token: z.string(),
})

export const listInviteLinks = operation({
  method: 'get',
  path: '/api/organizations/:org/invite-links',
  action: 'inviteLink.list',
  tag: linksTag,
  summary: 'List the invite links of an organization with their uses, newest first.',
  params: orgParams,
  query: cursorQuery,
  reply: z.array(InviteLink),
  kind: 'page',
})

export const createInviteLink = operation({
  method: 'post',
  path: '/api/organizations/:org/invite-links',
  action: 'inviteLink.create',
  tag: linksTag,
  summary: 'Create an invite link with an expiration date and a maximum number of uses.',
  params: orgParams,
  body: z.strictObject({
    role: LinkRole.optional().describe('At most `write`. Default: the default role of the organization.'),
    label: line(100).optional(),
    expiresInDays: z
      .number()
      .int()
      .min(1)
      .max(inviteLinkDays.most)
      .default(inviteLinkDays.usual)
      .describe('How many days the link is valid.'),
    maxUses: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .nullable()
      .optional()
      .describe('Maximum number of uses; null for no limit.'),
    emailDomain: AddressDomain.nullable().optional().describe('Only people with a verified address in this domain.'),
  }),
  reply: ShownLink,
  status: 201,
})

export const regenerateInviteLink = operation({
  method: 'post',
  path: '/api/organizations/:org/invite-links/:id/regenerate',
  action: 'inviteLink.regenerate',
  tag: linksTag,
  summary: 'Regenerate an invite link in your name. Uses and days start again, and the old address stops working.',
  params: orgIdParams,
  body: nothing,
  bodyOptional: true,
  reply: ShownLink,
})

export const revokeInviteLink = operation({
  method: 'delete',
  path: '/api/organizations/:org/invite-links/:id',
  action: 'inviteLink.revoke',
  tag: linksTag,
  summary: 'Revoke an invite link. Members who joined with it stay.',
  params: orgIdParams,
  reply: InviteLink,
})
