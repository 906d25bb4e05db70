import { z } from 'zod'
import { invitationDays } from './joining.ts'
import { operation } from './operation.ts'
import { AnyCaseId, GroupRole, Id, OrgRole, orgParams, Time, text } from './shapes.ts'

const tag = 'Many at once'

/** The most rows that one request may hold. */
export const bulkLimits = { members: 10_000, invitations: 5_000 } as const
const csvCharacters = 8_000_000
const maxBodyBytes = 16 * 1024 * 1024

const GroupRoleAsked = z.strictObject({
  id: z.string().min(1).max(200).describe('Id of the group, or its name.'),
  role: GroupRole,
})
const mode = z.enum(['plan', 'apply']).describe('`plan` changes nothing and gives every row a verdict.')
const planHash = z
  .string()
  .max(100)
  .optional()
  .describe('Of the plan that is applied; needed to apply. `409` when the plan would come out differently now.')
const csv = z.string().max(csvCharacters)

export const bulkOps = ['set', 'add', 'invite', 'remove'] as const
export const BulkOp = z.enum(bulkOps)
export type BulkOp = z.infer<typeof BulkOp>

/** One wish about one person. */
export const BulkRow = z.strictObject({
  op: BulkOp.default('set').describe(
    '`set`: role and groups are to be these. `add`: the groups are added, the role is raised to this. `invite`: a non-member. `remove`.',
  ),
  username: z.string().min(1).max(100).optional(),
  email: z.string().min(1).max(254).optional().describe('For `invite`, instead of the user name.'),
  role: OrgRole.optional().describe('Unless said: `set` and `add` leave it, `invite` takes the default role.'),
  groups: z.array(GroupRoleAsked).max(100).optional().describe('`set` without them leaves them as they are.'),
})
export type BulkRow = z.infer<typeof BulkRow>

const RoleAndGroups = z.object({
  role: OrgRole,
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
})

export const BulkVerdict = z.object({
  row: z.number().int().describe('Its place among the rows, from 1; the line of the file where CSV was sent.'),
  op: z.string(),
  who: z.string(),
  verdict: z.enum(['change', 'unchanged', 'invite', 'remove', 'error']),
  message: z.string().describe('One sentence.'),
  before: RoleAndGroups.nullable(),
  after: RoleAndGroups.nullable(),
  loses: z.array(z.string()).describe('What the person can reach no more, in words.'),
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
    remove: z.number().int(),
    error: z.number().int(),
    loseAccess: z.number().int().describe('People who lose something.'),
  }),
  removalLimit: z.number().int().describe('The most removals this request may do.'),
  problems: z.array(z.string()).describe('Why the whole cannot be applied as it is; empty when it can.'),
  rows: z.array(BulkVerdict),
  inverse: z
    .string()
    .describe('CSV that undoes it, to send to this operation; who was removed is invited again by it.'),
})
export type BulkResult = z.infer<typeof BulkResult>

export const bulkMembers = operation({
  method: 'post',
  path: '/api/organizations/:org/members/bulk',
  action: 'member.bulk',
  tag,
  summary: 'Change, invite and remove up to 10,000 people, judged on the final state: all or nothing.',
  details:
    'Send `rows`, or `csv` with the header `username` (or `email`), and as wanted `op`, `role`, `groups` (`name:role`, separated by `;`). ' +
    'First `mode: plan`, then `mode: apply` with the `planHash` of that plan. More removals than the larger of 5 and a tenth of the members need `removalLimit`.',
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
      message: 'give either this or `csv`',
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
  summary: 'Every member as CSV: what `POST …/members/bulk` reads, and more columns for people.',
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
    .describe('Only `invite` and `reinvite` are mailed; the others are left out when the rest is applied.'),
  message: z.string(),
  role: OrgRole.nullable(),
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
})
export type InviteVerdict = z.infer<typeof InviteVerdict>

export const BulkInvitations = z.object({
  mode,
  applied: z.boolean(),
  planHash: z.string(),
  batch: Id.nullable().describe('Under this id the progress of the mails is told, once applied.'),
  counts: z.object({ rows: z.number().int(), mailed: z.number().int(), leftOut: z.number().int() }),
  rows: z.array(InviteVerdict),
})
export type BulkInvitations = z.infer<typeof BulkInvitations>

export const bulkInvite = operation({
  method: 'post',
  path: '/api/organizations/:org/invitations/bulk',
  action: 'invitation.createMany',
  tag,
  summary: 'Invite up to 5,000 people, with a verdict a row first; applied as a whole, the mails go out afterwards.',
  details:
    'Send `rows`, or `csv` with the header `email` or `username`, and as wanted `role` and `groups` (`name:role`, separated by `;`). ' +
    'No verdict tells whether an address has an account. First `mode: plan`, then `mode: apply` with its `planHash`.',
  params: orgParams,
  body: z
    .strictObject({
      mode,
      planHash,
      rows: z.array(InviteRow).min(1).max(bulkLimits.invitations).optional(),
      csv: csv.optional(),
      role: OrgRole.optional().describe('Of rows that name none; the default role of the organization unless said.'),
      groups: z.array(GroupRoleAsked).max(100).optional().describe('Of rows that name none.'),
      emailDomain: z.string().max(253).optional().describe('Only addresses in this domain are let through.'),
      expiresInDays: z.number().int().min(1).max(invitationDays.most).default(invitationDays.usual),
      message: text(1000).optional().describe('Words of yours for the mails.'),
    })
    .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), {
      message: 'give either this or `csv`',
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
  sent: z.number().int().describe('Handed to the mail server, or kept in the outbox where there is none.'),
  failed: z.number().int(),
})
export type InvitationBatch = z.infer<typeof InvitationBatch>

export const getInvitationBatch = operation({
  method: 'get',
  path: '/api/organizations/:org/invitations/bulk/:id',
  action: 'invitation.viewBatch',
  tag,
  summary: 'How far the mails of a bulk invitation are.',
  params: orgParams.extend({ id: AnyCaseId }),
  reply: InvitationBatch,
})
