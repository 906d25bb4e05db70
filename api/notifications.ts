import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, Time } from './shapes.ts'

/** What can wait for a person. */
export const NotificationKind = z.enum([
  'email_unverified',
  'invitation',
  'two_factor_required',
  'two_factor_soon',
  'recovery_own',
  'recovery_object',
  'recovery_confirm',
  'recovery_approve',
  'no_active_admins',
  'organizations_without_admins',
  'only_admin',
  'join_requests',
  'access_requests',
  'held_removals',
  'domain_failing',
  'membership_ends',
  'memberships_end',
  'restorable',
  'failed_emails',
])

export const Notification = z.object({
  kind: NotificationKind,
  organization: z.object({ name: z.string(), fullname: z.string() }).nullable(),
  count: z.number().int().describe('How many of them. 1 if it is about one thing.'),
  id: Id.nullable().describe('ID of the invitation or recovery request.'),
  about: z
    .string()
    .nullable()
    .describe(
      'Username of the inviter or requester, the email domain, or the repository, such as `models/acme/whisper`.',
    ),
  at: Time.nullable().describe('When it takes effect or ends.'),
})
export type Notification = z.infer<typeof Notification>

export const listNotifications = operation({
  method: 'get',
  path: '/api/settings/notifications',
  action: 'account.notifications',
  tag: 'Accounts',
  summary:
    'List everything that needs your attention, and the number of pending requests and invitations per organization.',
  reply: z.object({
    notifications: z.array(Notification),
    organizations: z
      .array(z.object({ name: z.string(), requests: z.number().int(), invitations: z.number().int() }))
      .describe('Organizations that you administer, if anything is pending there.'),
  }),
})
