import { z } from 'zod'
import { operation } from './operation.ts'
import {
  AnyCaseId,
  cursorQuery,
  GroupRole,
  Id,
  memberParams,
  OrgRole,
  orgParams,
  Problems,
  success,
  Time,
  text,
} from './shapes.ts'

const tag = 'Offboarding'

const Named = z.object({ id: Id, name: z.string() })

/** What someone has of an organization. */
export const Holdings = z.object({
  membership: z.object({ role: OrgRole, source: z.string(), joinedAt: Time }).nullable(),
  groupRoles: z.array(Named.extend({ role: GroupRole })),
  collaboratorGrants: z.array(z.object({ repository: z.string(), type: z.string(), role: z.string() })),
  gatedAccess: z
    .array(z.object({ repository: z.string(), type: z.string() }))
    .describe(
      'Gated repositories whose files they can get because their own request was accepted or an author gave them access.',
    ),
  gatedRequests: z
    .array(z.object({ repository: z.string(), type: z.string() }))
    .describe('Gated repositories for which their request is pending.'),
  tokens: z
    .array(z.object({ id: Id, name: z.string(), last4: z.string(), role: z.string(), lastUsedAt: Time.nullable() }))
    .describe(
      'Personal access tokens with access to the organization. They are no longer trusted here, but work elsewhere.',
    ),
  invitationsReceived: z
    .array(z.object({ id: Id, to: z.string() }))
    .describe('By username, and to email addresses that admins can see.'),
  invitationsSent: z.array(z.object({ id: Id, to: z.string() })),
  inviteLinks: z.array(z.object({ id: Id, label: z.string() })).describe('Created by the person and still valid.'),
  joinRequests: z.array(z.object({ id: Id })),
  successorPlace: z.number().int().nullable().describe('Position among the successors.'),
  fileLocks: z
    .array(z.object({ id: Id, repository: z.string(), path: z.string() }))
    .describe('Files that they locked with git-lfs.'),
  serviceAccounts: z.array(Named).describe('Service accounts that they own.'),
  ssoIdentities: z
    .array(z.object({ subject: z.string(), email: z.string().nullable() }))
    .describe('Their account at the identity provider that is linked to the organization.'),
  ssoSessions: z.array(z.object({ id: Id, expiresAt: Time })).describe('Live SSO sessions.'),
  provisioned: z.array(Named).describe('As what the identity provider has provisioned them with SCIM.'),
})
export type Holdings = z.infer<typeof Holdings>

/** What no one but the person looks after. */
export const NeedsOwner = z.object({
  groups: z.array(Named).describe('Resource groups in which no other person is admin.'),
  repositories: z
    .array(z.object({ repository: z.string(), type: z.string() }))
    .describe('Repositories that no other member with a role below admin can write to; at most 100 listed.'),
  repositoryCount: z.number().int(),
  serviceAccounts: z.array(Named).describe('Service accounts that they own. Their tokens still work.'),
})
export type NeedsOwner = z.infer<typeof NeedsOwner>

/** What an offboarding did. */
export const OffboardingReport = z.object({
  id: Id,
  organization: z.string(),
  user: z.string(),
  fullname: z.string(),
  reason: z.string(),
  by: z.string(),
  at: Time,
  successor: z.string().nullable(),
  removed: Holdings,
  counts: z
    .record(z.string(), z.number().int())
    .describe('Number of items of each kind. Reassigned invitations and links still work.'),
  loses: z.array(z.string()).describe('What the person lost, one phrase each.'),
  handedOver: NeedsOwner.describe('What had no other owner. It went to `successor`, or has no owner if `leftAsIs`.'),
  leftAsIs: z.boolean(),
  invitations: z
    .enum(['revoke', 'reassign'])
    .describe('What happened to invitations and invite links that they created.'),
  remains: z.array(z.string()).describe('What offboarding does not remove.'),
  rejoinBlockedUntil: Time.nullable().describe(
    'End of the rejoin block; null once an admin has allowed the person to rejoin.',
  ),
  hash: z
    .string()
    .describe('SHA-256 of the report without this field and `rejoinBlockedUntil`. Also in the audit log.'),
})
export type OffboardingReport = z.infer<typeof OffboardingReport>

export const offboardMember = operation({
  method: 'post',
  path: '/api/organizations/:org/members/:username/offboard',
  action: 'member.offboard',
  tag,
  summary:
    'Remove all of a person’s access to the organization in one step, with an offboarding report. A second call changes nothing.',
  details:
    'First `mode: plan`: what the person has, and what needs a new owner. Then `mode: apply` with a `successor`, or `leaveAsIs`. ' +
    'Works also for people who are not members but hold grants. For 90 days a rejoin block keeps the person out, unless an admin allows them to rejoin.',
  params: memberParams,
  body: z.strictObject({
    mode: z.enum(['plan', 'apply']),
    successor: z
      .string()
      .max(100)
      .optional()
      .describe('The member who takes over groups and repositories without another owner.'),
    leaveAsIs: z.boolean().optional().describe('Leave them without an owner.'),
    invitations: z
      .enum(['revoke', 'reassign'])
      .default('revoke')
      .describe('What happens to invitations and invite links that they created. `reassign` transfers them to you.'),
    reason: text(500).optional().describe('Required to apply. Part of the offboarding report.'),
  }),
  reply: z.object({
    mode: z.enum(['plan', 'apply']),
    has: Holdings,
    needsOwner: NeedsOwner,
    loses: z.array(z.string()).describe('What the person loses, one phrase each.'),
    remains: z.array(z.string()),
    problems: Problems,
    report: OffboardingReport.nullable().describe(
      'Present after applying, and in a plan if the person was offboarded before and has nothing left.',
    ),
  }),
})

export const OffboardingSummary = z.object({
  id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  by: z.string(),
  at: Time,
  reason: z.string(),
  removed: z.number().int().describe('Number of removed items.'),
  rejoinBlockedUntil: Time.nullable(),
})
export type OffboardingSummary = z.infer<typeof OffboardingSummary>

export const listOffboardings = operation({
  method: 'get',
  path: '/api/organizations/:org/offboardings',
  action: 'offboarding.list',
  tag,
  summary: 'List offboarded people, latest first.',
  params: orgParams,
  query: cursorQuery,
  reply: z.array(OffboardingSummary),
  kind: 'page',
})

export const getOffboarding = operation({
  method: 'get',
  path: '/api/organizations/:org/offboardings/:id',
  action: 'offboarding.view',
  tag,
  summary: 'Get an offboarding report.',
  params: orgParams.extend({ id: AnyCaseId }),
  reply: OffboardingReport,
})

export const allowRejoin = operation({
  method: 'delete',
  path: '/api/organizations/:org/offboardings/:id/rejoin-block',
  action: 'offboarding.allowRejoin',
  tag,
  summary:
    'Allow an offboarded person to rejoin before the 90 days are over. They still need an invitation or another way to join.',
  params: orgParams.extend({ id: AnyCaseId }),
  reply: success,
})
