import { z } from 'zod'
import { Idle } from './billing.ts'
import { EmailAddress } from './email-address.ts'
import { operation } from './operation.ts'
import {
  AnyTime,
  dryRun,
  GroupRole,
  GroupRoleSource,
  Id,
  MemberSource,
  memberParams,
  nothing,
  OrgRole,
  orgParams,
  queryBoolean,
  success,
  Time,
} from './shapes.ts'

const tag = 'Members'

const MemberGroup = z.object({ name: z.string(), id: Id, numUsers: z.number().int(), role: OrgRole })

export const Member = z.object({
  avatarUrl: z.string(),
  fullname: z.string(),
  isPro: z.boolean(),
  user: z.string(),
  type: z.literal('user'),
  _id: Id,
  role: OrgRole.optional(),
  resourceGroups: z.array(MemberGroup).optional(),
  twoFaEnabled: z.boolean().optional(),
  verifiedEmail: z.string().nullable().optional(),
  isExternalCollaborator: z.boolean().optional(),
  joinedAt: Time.optional().describe('Only with `details`, as are the fields that follow.'),
  source: MemberSource.optional(),
  lastActiveAt: Time.nullable().optional().describe('For admins. null if never active since joining.'),
  expiresAt: Time.nullable().optional(),
  may: z.array(z.string()).optional().describe('Actions that you can take on this member.'),
  mayGrant: z.array(OrgRole).optional().describe('The roles that you can give to this member.'),
})
export type Member = z.infer<typeof Member>

const orders = ['joined', 'name', 'role', 'lastActive'] as const
/** What a list of members can be sorted by; a minus sign reverses it. */
export const MemberSort = z.enum(orders.flatMap((order) => [order, `-${order}`] as const))
export type MemberSort = z.infer<typeof MemberSort>

/** Whether a member has two-factor authentication. */
export const TwoFactor = z.enum(['on', 'off'])

export const listMembers = operation({
  method: 'get',
  path: '/api/organizations/:org/members',
  action: 'member.list',
  tag,
  summary: 'List the members of an organization, in a stable order.',
  params: orgParams,
  query: z.object({
    search: z.string().max(200).optional().describe('Part of the username or full name.'),
    email: EmailAddress.optional().describe(
      'A verified address in a verified domain of the organization. For members who can change roles.',
    ),
    role: OrgRole.optional().describe('Only members with this role.'),
    group: z.string().max(200).optional().describe('Only members of this resource group (ID or name).'),
    idle: Idle.optional().describe(
      'Only members who haven’t been active for this number of days, or never. For admins.',
    ),
    twoFactor: TwoFactor.optional().describe('Only members who have 2FA on, or off. For admins.'),
    sort: MemberSort.default('joined').describe(
      '`role` for members with the read role or higher, `lastActive` for admins. A minus sign reverses the order.',
    ),
    details: queryBoolean
      .optional()
      .describe('Adds dates, source, and what you can do with each member, as far as you can see them.'),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(500),
  }),
  reply: z.array(Member),
  kind: 'page',
  dialect: 'hub',
})

export const countMembers = operation({
  method: 'get',
  path: '/api/organizations/:org/members-summary',
  action: 'member.summary',
  tag,
  summary: 'Count the members by role, and the active admins.',
  params: orgParams,
  reply: z.object({
    total: z.number().int(),
    byRole: z.record(OrgRole, z.number().int()),
    usableAdmins: z.number().int(),
    withoutTwoFactor: z.number().int().optional().describe('For admins.'),
  }),
})

export const MemberRecord = z.object({
  _id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  role: OrgRole,
  source: MemberSource,
  isExternalCollaborator: z.boolean(),
  twoFaEnabled: z.boolean().optional(),
  verifiedEmail: z
    .string()
    .nullable()
    .optional()
    .describe('For admins: a verified address in a verified domain of the organization.'),
  joinedAt: Time,
  lastActiveAt: Time.nullable(),
  expiresAt: Time.nullable(),
  groups: z.array(
    z.object({
      id: Id,
      name: z.string(),
      role: GroupRole,
      sources: z.array(
        z.object({ source: GroupRoleSource, role: GroupRole, addedBy: z.string().nullable(), since: Time }),
      ),
    }),
  ),
  may: z.array(z.string()).describe('Actions that you can take on this member.'),
  mayGrant: z.array(OrgRole).describe('The roles that you can give to this member.'),
})
export type MemberRecord = z.infer<typeof MemberRecord>

export const getMember = operation({
  method: 'get',
  path: '/api/organizations/:org/members/:username',
  action: 'member.view',
  tag,
  summary: 'Get a member with their role, source, group roles, and dates.',
  params: memberParams,
  reply: MemberRecord,
})

export const changeRole = operation({
  method: 'put',
  path: '/api/organizations/:org/members/:username/role',
  action: 'member.changeRole',
  tag,
  summary: 'Set the role of a member and their roles in resource groups.',
  details:
    'Sets both. A missing or empty `resourceGroups` removes the member from every group that they were added to manually.',
  params: memberParams,
  body: z.object({
    role: OrgRole,
    resourceGroups: z
      .array(
        z.object({
          id: z.string().min(1).max(200).describe('ID or name of the group.'),
          role: GroupRole,
        }),
      )
      .max(1000)
      .optional(),
  }),
  reply: success,
  dialect: 'hub',
})

export const updateMember = operation({
  method: 'patch',
  path: '/api/organizations/:org/members/:username',
  action: 'member.update',
  tag,
  summary: 'Change only the fields that you send: role, group roles (merged or replaced), and end date.',
  params: memberParams,
  query: dryRun,
  body: z.strictObject({
    role: OrgRole.optional(),
    groups: z
      .strictObject({
        mode: z.enum(['merge', 'replace']),
        roles: z
          .array(
            z.strictObject({
              id: z.string().min(1).max(200),
              role: GroupRole.nullable().describe('null removes the role.'),
            }),
          )
          .max(1000),
      })
      .optional(),
    expiresAt: AnyTime.nullable().optional().describe('When the membership ends; null for never.'),
  }),
  reply: z.object({
    dryRun: z.boolean(),
    before: MemberRecord,
    after: MemberRecord,
    gains: z.array(z.string()).optional().describe('In a preview: what the member gains, one phrase each.'),
    loses: z.array(z.string()).optional().describe('In a preview: what the member loses, one phrase each.'),
  }),
})

const Counts = z.record(z.string(), z.number().int())

/** What a person loses, and what stays with them. */
export const Removal = z.object({
  success: z.boolean(),
  dryRun: z.boolean(),
  loses: z.array(z.string()).describe('What the person loses, one phrase each.'),
  removed: z.object({
    role: OrgRole,
    groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
    seatFreed: z.boolean(),
    counts: Counts.describe('Number of items of each kind that end with the membership.'),
  }),
  remains: z.object({
    repositories: z
      .array(z.object({ type: z.string(), name: z.string() }))
      .describe('Repositories that the person created. They stay in the organization. At most 100 listed.'),
    repositoryCount: z.number().int(),
    personalTokens: z.number().int().describe('They still work elsewhere, but give no access to the organization.'),
    grants: z
      .array(z.object({ kind: z.string(), on: z.string(), role: z.string() }))
      .describe('Access outside the membership. It stays unless the person is offboarded.'),
    counts: Counts.describe('Number of items of each kind that end only when the person is offboarded.'),
  }),
})
export type Removal = z.infer<typeof Removal>

export const removeMember = operation({
  method: 'delete',
  path: '/api/organizations/:org/members/:username',
  action: 'member.remove',
  tag,
  summary: 'Remove a member immediately. The response lists what stays.',
  params: memberParams,
  query: dryRun,
  reply: Removal,
})

export const leaveOrganization = operation({
  method: 'post',
  path: '/api/organizations/:org/leave',
  action: 'member.leave',
  tag,
  summary: 'Leave an organization. The last active admin can’t leave.',
  params: orgParams,
  query: dryRun,
  body: nothing,
  bodyOptional: true,
  reply: Removal,
})
