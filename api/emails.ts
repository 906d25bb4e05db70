import { z } from 'zod'
import { EmailAddress } from './email-address.ts'
import { operation } from './operation.ts'
import { Id, idParams, nothing, success, Time } from './shapes.ts'

const tag = 'Accounts'

export const Email = z.object({
  id: Id,
  address: z.string(),
  verified: z.boolean(),
  primary: z.boolean(),
  createdAt: Time,
})
export type Email = z.infer<typeof Email>

export const listEmails = operation({
  method: 'get',
  path: '/api/settings/emails',
  action: 'email.list',
  tag,
  summary: 'List your email addresses.',
  reply: z.array(Email),
})
export const addEmail = operation({
  method: 'post',
  path: '/api/settings/emails',
  action: 'email.create',
  tag,
  summary: 'Add an email address. You get a verification email.',
  body: z.strictObject({ address: EmailAddress }),
  reply: Email,
  status: 201,
})
export const makeEmailPrimary = operation({
  method: 'post',
  path: '/api/settings/emails/:id/primary',
  action: 'email.update',
  tag,
  summary: 'Make a verified address your primary address.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: Email,
})
export const resendVerification = operation({
  method: 'post',
  path: '/api/settings/emails/:id/resend',
  action: 'email.resend',
  tag,
  summary: 'Resend the verification email.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: success,
  status: 202,
})
export const deleteEmail = operation({
  method: 'delete',
  path: '/api/settings/emails/:id',
  action: 'email.delete',
  tag,
  summary: 'Remove an email address. You can’t remove the last verified one.',
  params: idParams,
  reply: success,
})

const token = z.string().max(200).describe('From the link in the email.')

export const viewClaim = operation({
  method: 'post',
  path: '/api/verify-email/claim',
  action: 'email.viewClaim',
  tag,
  summary:
    'Show what a verification link is for: the address, the account that asked, and the organizations it can join.',
  body: z.strictObject({ token }),
  reads: true,
  reply: z.object({
    email: z.string(),
    username: z.string(),
    isYours: z.boolean().describe('Whether you are signed in to the account that asked.'),
    organizations: z.array(
      z.object({
        name: z.string(),
        fullname: z.string(),
        approvalRequired: z.boolean().describe('Whether an admin approves each person.'),
      }),
    ),
  }),
})
export const verifyEmail = operation({
  method: 'post',
  path: '/api/verify-email',
  action: 'email.verify',
  tag,
  summary: 'Verify an email address with the token from the email, signed in to the account that asked.',
  body: z.strictObject({ token }),
  reply: z.object({ success: z.boolean(), email: z.string(), username: z.string() }),
})
export const rejectClaim = operation({
  method: 'post',
  path: '/api/verify-email/reject',
  action: 'email.rejectClaim',
  tag,
  summary: 'Reject a verification you did not ask for. The account that asked loses the address.',
  body: z.strictObject({ token }),
  reply: success,
})
