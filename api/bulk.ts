import { z } from 'zod'
import { AddressDomain } from './email-address.ts'
import { invitationDays } from './joining.ts'
import { operation } from './operation.ts'
import { AnyCaseId, cursorQuery, GroupRole, Id, OrgRole, orgParams, Time, text } from './shapes.ts'

const tag = 'Bulk changes'

/** The most rows that one request may hold. */
export const bulkLimits = { members: 10_000, invitations: 5_000 } as const
const csvCharacters = 8_000_000
const maxBodyBytes = 16 * 1024 * 1024

const GroupRoleAsked = z.strictObject({
  id: z.string().min(1).max(200).describe('ID or name of the group.'),
  role: GroupRole,
})
const mode = z
  .enum(['plan', 'apply'])
  .describe('`plan` is a preview: it changes nothing and returns a result for each row.')
const planHash = z
  .string()
  .max(100)
  .optional()
  .describe('Hash of the plan. Required to apply. `409` if the result would now be different.')
const csv = z.string().max(csvCharacters)

export const bulkOps = ['set', 'add', 'invite', 'remove'] as const
export const BulkOp = z.enum(bulkOps)
export type BulkOp = z.infer<typeof BulkOp>

/** One wish about one person. */
export const BulkRow = z.strictObject({
  op: BulkOp.default('set').describe(
    '`set`: sets the role and groups. `add`: adds groups and raises the role. `invite`: invites a non-member. `remove`: removes a member.',
  ),
  username: z.string().min(1).max(100).optional(),
  email: z.string().min(1).max(254).optional().describe('For `invite`, instead of the username.'),
  role: OrgRole.optional().describe('If omitted, `set` and `add` don’t change it, and `invite` uses the default role.'),
  groups: z.array(GroupRoleAsked).max(100).optional().describe('If `set` has no groups, they don’t change.'),
})
export type BulkRow = z.infer<typeof BulkRow>

const RoleAndGroups = z.object({
  role: OrgRole,
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
})

export const BulkVerdict = z.object({
  row: z.number().int().describe('Position of the row, starting at 1. For CSV, the line in the file.'),
  op: z.string(),
  who: z.string(),
  verdict: z.enum(['change', 'unchanged', 'invite', 'remove', 'error']),
  message: z.string().describe('One sentence.'),
  before: RoleAndGroups.nullable(),
  after: RoleAndGroups.nullable(),
  loses: z.array(z.string()).describe('What the person loses access to.'),
})
export type BulkVerdict = z.infer<typeof BulkVerdict>

export const BulkResult = z.object({
  mode,
  applied: z.boolean(),
  planHash: z.string(),
  counts: z.object({
    rows: z.number().int(),
    change: z.number().int(),
    unchanged: z.number().int(),
    invite: z.number().int(),
    remove: z.number().int().describe('Members, without revoked invitations.'),
    revoke: z.number().int().describe('Pending invitations that are revoked.'),
    error: z.number().int(),
    loseAccess: z.number().int().describe('People who lose access.'),
  }),
  removalLimit: z.number().int().describe('Maximum number of removals in this request.'),
  problems: z.array(z.string()).describe('Reasons why the changes can’t be applied. Empty if they can.'),
  rows: z.array(BulkVerdict),
  inverse: z.string().describe('Undo file (CSV) for this operation. It invites removed people again.'),
})
export type BulkResult = z.infer<typeof BulkResult>

export const bulkMembers = operation({
  method: 'post',
  path: '/api/organizations/:org/members/bulk',
  action: 'member.bulk',
  tag,
  summary: 'Change, invite, and remove up to 10,000 people. Either all changes are applied or none.',
  details:
    'Send `rows`, or `csv` with the header `username` (or `email`), and optionally `op`, `role`, and `groups` (`name:role`, separated by `;`). ' +
    'First `mode: plan`, then `mode: apply` with the `planHash` of that plan. If you remove more than 5 members, or more than a tenth of them if that is more, set `removalLimit`.',
  params: orgParams,
  body: z
    .strictObject({
      mode,
      planHash,
      removalLimit: z.number().int().min(0).max(bulkLimits.members).optional(),
      rows: z.array(BulkRow).min(1).max(bulkLimits.members).optional(),
      csv: csv.optional(),
    })
    .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), {
      message: 'Give either `rows` or `csv`',
      path: ['rows'],
    }),
  reply: BulkResult,
  maxBodyBytes,
})

export const exportMembers = operation({
  method: 'get',
  path: '/api/organizations/:org/members/export',
  action: 'member.export',
  tag,
  summary: 'Download all members as CSV, in the format of `POST …/members/bulk`, with additional columns.',
  params: orgParams,
  reply: z.string(),
  kind: 'stream',
  changes: true,
})

/** One wish to invite someone. */
export const InviteRow = z.strictObject({
  email: z.string().min(1).max(254).optional(),
  username: z.string().min(1).max(100).optional(),
  role: OrgRole.optional(),
  groups: z.array(GroupRoleAsked).max(100).optional(),
})
export type InviteRow = z.infer<typeof InviteRow>

export const InviteVerdict = z.object({
  row: z.number().int(),
  who: z.string(),
  verdict: z
    .enum([
      'invite',
      'reinvite',
      'already_member',
      'duplicate',
      'invalid',
      'not_allowed',
      'over_seat_limit',
      'domain_not_allowed',
    ])
    .describe('Only `invite` and `reinvite` send an email. Other rows are skipped.'),
  message: z.string(),
  role: OrgRole.nullable(),
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
  link: z
    .string()
    .nullable()
    .describe(
      'After applying, if the instance has no mail server, so that no email was sent: the link to share. It works only for the invited account or address.',
    ),
})
export type InviteVerdict = z.infer<typeof InviteVerdict>

export const BulkInvitations = z.object({
  mode,
  applied: z.boolean(),
  planHash: z.string(),
  batch: Id.nullable().describe('ID to get the progress of the emails, after applying.'),
  counts: z.object({ rows: z.number().int(), mailed: z.number().int(), leftOut: z.number().int() }),
  rows: z.array(InviteVerdict),
  inverse: z
    .string()
    .describe(
      'Undo file (CSV) for `members/bulk`. It revokes these invitations, and removes people who have accepted one.',
    ),
})
export type BulkInvitations = z.infer<typeof BulkInvitations>

export const bulkInvite = operation({
  method: 'post',
  path: '/api/organizations/:org/invitations/bulk',
  action: 'invitation.createMany',
  tag,
  summary: 'Preview and send invitations to up to 5,000 people. Emails are sent afterwards.',
  details:
    'Send `rows`, or `csv` with the header `email` or `username`, and optionally `role` and `groups` (`name:role`, separated by `;`). ' +
    'The results don’t reveal whether an address has an account. First `mode: plan`, then `mode: apply` with its `planHash`.',
  params: orgParams,
  body: z
    .strictObject({
      mode,
      planHash,
      rows: z.array(InviteRow).min(1).max(bulkLimits.invitations).optional(),
      csv: csv.optional(),
      role: OrgRole.optional().describe('For rows without a role. Default: the default role of the organization.'),
      groups: z.array(GroupRoleAsked).max(100).optional().describe('For rows without groups.'),
      emailDomain: AddressDomain.optional().describe('Only addresses in this domain are invited.'),
      expiresInDays: z
        .number()
        .int()
        .min(1)
        .max(invitationDays.most)
        .default(invitationDays.usual)
        .describe('How many days the invitation is valid.'),
      message: text(1000).optional().describe('Your message in the emails.'),
    })
    .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), {
      message: 'Give either `rows` or `csv`',
      path: ['rows'],
    }),
  reply: BulkInvitations,
  maxBodyBytes,
})

export const InvitationBatch = z.object({
  id: Id,
  createdAt: Time,
  createdBy: z.string().nullable(),
  total: z.number().int(),
  waiting: z.number().int(),
  sent: z.number().int(),
  kept: z.number().int().describe('Not sent, since there is no mail server. Site admins can read them in the outbox.'),
  failed: z.number().int(),
})
export type InvitationBatch = z.infer<typeof InvitationBatch>

export const getInvitationBatch = operation({
  method: 'get',
  path: '/api/organizations/:org/invitations/bulk/:id',
  action: 'invitation.viewBatch',
  tag,
  summary: 'Get the progress of the emails of a bulk invitation.',
  params: orgParams.extend({ id: AnyCaseId }),
  reply: InvitationBatch,
})

/** How long undo files are kept, and how many of one organization. */
export const importsKept = { days: 30, most: 500 } as const

export const Import = z.object({
  id: Id,
  kind: z.enum(['members', 'invitations']).describe('A bulk change of members, or a bulk invitation.'),
  createdAt: Time,
  createdBy: z.string().nullable(),
  keptUntil: Time,
  counts: z.object({
    changed: z.number().int(),
    invited: z.number().int(),
    removed: z.number().int(),
    revoked: z.number().int().describe('Revoked invitations.'),
  }),
})
export type Import = z.infer<typeof Import>

export const listImports = operation({
  method: 'get',
  path: '/api/organizations/:org/imports',
  action: 'import.view',
  tag,
  summary: 'List the bulk changes and bulk invitations of the last 30 days, newest first.',
  params: orgParams,
  query: cursorQuery,
  reply: z.array(Import),
  kind: 'page',
})

export const getImport = operation({
  method: 'get',
  path: '/api/organizations/:org/imports/:id',
  action: 'import.view',
  tag,
  summary: 'Get a bulk change or bulk invitation with its undo file.',
  params: orgParams.extend({ id: AnyCaseId }),
  reply: Import.extend({ inverse: z.string().describe('Undo file (CSV) for `members/bulk`.') }),
})
