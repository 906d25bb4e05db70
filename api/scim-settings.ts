import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyCaseId, Id, line, nothing, orgParams, Time } from './shapes.ts'

const tag = 'SCIM'

/** How many SCIM tokens an organization can have at once: two, so that one can be replaced without a gap. */
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
    kind: z.enum(['basic', 'managed']).describe('`managed`: the identity provider creates and deletes the accounts.'),
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
  summary: 'Replace the secret of a SCIM token. The old one stops working at once.',
  params: tokenParams,
  reply: NewScimToken,
  secret: true,
})

export const revokeScimToken = operation({
  method: 'delete',
  path: '/api/organizations/:org/settings/scim/tokens/:tokenId',
  action: 'scimToken.revoke',
  tag,
  summary: 'Revoke a SCIM token. It stops working at once.',
  params: tokenParams,
  reply: nothing,
})
