import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyCaseId, dryRun, GroupRole, Id, line, nothing, orgParams, queryBoolean, Time } from './shapes.ts'

const tag = 'SCIM'

/** How many SCIM tokens an organization can have: two, so that one can be replaced without a gap. */
export const mostScimTokens = 2

const ScimToken = z.object({
  id: Id,
  name: z.string(),
  last4: z.string(),
  createdAt: Time,
  lastUsedAt: Time.nullable(),
})
export type ScimToken = z.infer<typeof ScimToken>

const NewScimToken = ScimToken.extend({ token: z.string().describe('Shown only once.') })
const tokenParams = orgParams.extend({ tokenId: AnyCaseId.describe('ID of the SCIM token.') })

export const getScimSettings = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/scim',
  action: 'scim.view',
  tag,
  summary: 'Get the SCIM settings of an organization: where SCIM answers, its tokens, and what is provisioned.',
  params: orgParams,
  reply: z.object({
    managed: z.boolean().describe('Whether the organization uses Managed SSO, and owns the accounts.'),
    tenantUrl: z.string().describe('The URL to enter at the identity provider.'),
    tokens: z.array(ScimToken),
    users: z.object({ total: z.number().int(), active: z.number().int() }),
    groups: z.object({ total: z.number().int(), linked: z.number().int() }),
    held: z.number().int().describe('Removals that wait for an admin.'),
  }),
})

export const createScimToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/scim/tokens',
  action: 'scimToken.create',
  tag,
  summary: `Create a SCIM token. An organization can have ${mostScimTokens}, so that one can replace the other.`,
  details: 'The token opens only the SCIM endpoints of this organization. It is shown only once.',
  params: orgParams,
  body: z.object({ name: line(100).pipe(z.string().min(1)).default('Identity provider').describe('Optional label.') }),
  reply: NewScimToken,
  status: 201,
  secret: true,
})

export const rotateScimToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/scim/tokens/:tokenId/rotate',
  action: 'scimToken.rotate',
  tag,
  summary: 'Replace the secret of a SCIM token. The old one stops working immediately.',
  params: tokenParams,
  reply: NewScimToken,
  secret: true,
})

export const revokeScimToken = operation({
  method: 'delete',
  path: '/api/organizations/:org/settings/scim/tokens/:tokenId',
  action: 'scimToken.revoke',
  tag,
  summary: 'Revoke a SCIM token. It stops working immediately.',
  params: tokenParams,
  reply: nothing,
})

const page = z.object({
  search: z.string().max(200).optional().describe('Part of a name.'),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

const ProvisionedUser = z.object({
  id: Id,
  userName: z.string(),
  user: z.string().describe('Username of the account.'),
  fullname: z.string(),
  avatarUrl: z.string(),
  active: z.boolean(),
  isInvited: z.boolean().describe('Has not accepted the invitation yet.'),
  groups: z.array(z.string()).describe('Names of the SCIM groups.'),
})
export type ProvisionedUser = z.infer<typeof ProvisionedUser>

export const listProvisionedUsers = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/scim/users',
  action: 'scim.view',
  tag,
  summary: 'List provisioned users with their SCIM groups.',
  params: orgParams,
  query: page,
  reply: z.array(ProvisionedUser),
  kind: 'page',
})

const Link = z.object({ id: Id, name: z.string(), role: GroupRole })
const ProvisionedGroup = z.object({
  id: Id,
  displayName: z.string(),
  members: z.number().int(),
  links: z.array(Link).describe('The resource groups that its users get, with the role.'),
})
export type ProvisionedGroup = z.infer<typeof ProvisionedGroup>

export const listProvisionedGroups = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/scim/groups',
  action: 'scim.view',
  tag,
  summary: 'List SCIM groups, and the resource groups that they are linked to.',
  params: orgParams,
  query: page,
  reply: z.array(ProvisionedGroup),
  kind: 'page',
})

export const setScimGroupLinks = operation({
  method: 'put',
  path: '/api/organizations/:org/settings/scim/groups/:groupId/links',
  action: 'scim.link',
  tag,
  summary: 'Link a SCIM group to resource groups. Its users get the roles immediately.',
  details:
    'A resource group that is not linked yet must have no people that were added manually, and no auto-join. From then on only the identity provider decides who is in it.',
  params: orgParams.extend({ groupId: AnyCaseId.describe('ID of the SCIM group.') }),
  query: dryRun,
  body: z.object({
    links: z
      .array(z.unknown())
      .max(50)
      .pipe(
        z.array(
          z.object({
            resourceGroup: z.string().min(1).max(200).describe('ID or name of the resource group.'),
            role: GroupRole,
          }),
        ),
      )
      .describe('All links of the group. Those that are left out end.'),
  }),
  reply: z.object({
    group: ProvisionedGroup,
    gains: z.number().int().describe('People who get a role that they did not have.'),
    loses: z.number().int().describe('People who lose a role.'),
    changes: z.number().int().describe('People whose role is another one.'),
  }),
})

const ScimOperation = z.object({
  id: Id,
  at: Time,
  method: z.string(),
  resource: z.string(),
  subject: z.string().describe('The userName or displayName that it was about.'),
  status: z.number().int(),
  error: z.string().nullable(),
})
export type ScimOperation = z.infer<typeof ScimOperation>

export const listScimOperations = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/scim/operations',
  action: 'scim.view',
  tag,
  summary: 'List the last changes by the identity provider, and the errors that it got. Kept for 30 days.',
  params: orgParams,
  query: page.omit({ search: true }).extend({ errors: queryBoolean.optional().describe('Only errors.') }),
  reply: z.array(ScimOperation),
  kind: 'page',
})

const HeldRemoval = z.object({
  id: Id,
  state: z.enum(['waiting', 'approved', 'denied', 'expired']),
  summary: z.string().describe('What the identity provider asked for, for example `deactivate grace`.'),
  people: z.number().int().describe('People who lose access by it.'),
  createdAt: Time,
  expiresAt: Time,
  decidedAt: Time.nullable(),
  decidedBy: z.string().nullable(),
})
export type HeldRemoval = z.infer<typeof HeldRemoval>

export const listHeldRemovals = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/scim/held',
  action: 'scim.view',
  tag,
  summary: 'List removals that were held back because there were too many in a short time.',
  params: orgParams,
  reply: z.array(HeldRemoval),
})

const heldParams = orgParams.extend({ id: AnyCaseId.describe('ID of the held removal.') })

export const approveHeldRemoval = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/scim/held/:id/approve',
  action: 'scim.decide',
  tag,
  summary: 'Approve a held removal. It is carried out immediately.',
  params: heldParams,
  reply: HeldRemoval,
})

export const refuseHeldRemoval = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/scim/held/:id/refuse',
  action: 'scim.decide',
  tag,
  summary: 'Deny a held removal. The same request is refused for 72 hours.',
  params: heldParams,
  reply: HeldRemoval,
})
