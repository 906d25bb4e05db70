import { z } from 'zod'
import { operation } from './operation.ts'
import { EmailAddress, Id, idParams, nothing, success, Time } from './shapes.ts'

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
  summary: 'Your email addresses.',
  reply: z.array(Email),
})
export const addEmail = operation({
  method: 'post',
  path: '/api/settings/emails',
  action: 'email.create',
  tag,
  summary: 'Add an email address; a mail asks to verify it.',
  body: z.strictObject({ address: EmailAddress }),
  reply: Email,
  status: 201,
})
export const makeEmailPrimary = operation({
  method: 'post',
  path: '/api/settings/emails/:id/primary',
  action: 'email.update',
  tag,
  summary: 'Make a verified address the one mail goes to.',
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
  summary: 'Send the verification mail once more.',
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
  summary: 'Remove an email address; the last verified one stays.',
  params: idParams,
  reply: success,
})

export const verifyEmail = operation({
  method: 'post',
  path: '/api/verify-email',
  action: 'email.verify',
  tag,
  summary: 'Verify an email address with the token from the mail.',
  body: z.strictObject({ token: z.string().max(200) }),
  reply: z.object({ success: z.boolean(), email: z.string(), username: z.string() }),
})
