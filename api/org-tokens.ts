import { z } from 'zod'
import { operation } from './operation.ts'
import { organizationSettings } from './organization-settings.ts'
import { AnyCaseId, cursorQuery, dryRun, Id, line, nothing, orgParams, queryBoolean, Time, Withheld } from './shapes.ts'
import { FineGrained, mostScoped, OrgTokenState, TokenRole } from './tokens.ts'

const tag = 'Tokens of an organization'
const tokenParams = orgParams.extend({ id: AnyCaseId.describe('ID of the token.') })

/** A token lasts at most this long before it counts as expiring soon. */
export const expiresSoonDays = 14
/** A token that was not used for so long counts as unused. */
export const unusedDays = 90

const Owner = z.object({
  _id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  isServiceAccount: z.boolean(),
})

/** A token that can reach an organization, as its admins see it. */
export const OrgToken = z.object({
  id: Id,
  owner: Owner,
  name: z
    .string()
    .nullable()
    .describe('Only if the organization requires approval, or if the owner is a service account.'),
  role: TokenRole,
  fineGrained: FineGrained.optional().describe('What a fine-grained token can reach in this organization.'),
  last4: z.string(),
  createdAt: Time,
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  rotatedAt: Time.nullable().describe('When its secret was last replaced. null if never.'),
  state: OrgTokenState,
  blockedBy: z.array(Withheld).describe('All reasons why the organization refuses the token. Empty if it accepts it.'),
})
export type OrgToken = z.infer<typeof OrgToken>

const filters = z.object({
  state: OrgTokenState.optional().describe('Without it: all but revoked tokens.'),
  owner: z.string().max(100).optional().describe('Username of the owner.'),
  search: z.string().max(200).optional().describe('Part of the username or full name of the owner.'),
  unused: queryBoolean.optional().describe(`\`true\`: not used for ${unusedDays} days.`),
  neverRotated: queryBoolean.optional().describe('`true`: still has its first secret.'),
  expiresSoon: queryBoolean.optional().describe(`\`true\`: expires within ${expiresSoonDays} days.`),
  broad: queryBoolean
    .optional()
    .describe('`true`: can change things in the whole organization, as far as its owner can.'),
})

export const listOrgTokens = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/tokens',
  action: 'orgToken.list',
  tag,
  summary: 'List the access tokens that can reach an organization, the newest first.',
  params: orgParams,
  query: cursorQuery.extend(filters.shape),
  reply: z.array(OrgToken),
  kind: 'page',
})

export const countOrgTokens = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/tokens/summary',
  action: 'orgToken.list',
  tag,
  summary: 'Count the access tokens that can reach an organization.',
  params: orgParams,
  reply: z.object({
    tokens: z.number().int().describe('All but revoked tokens.'),
    pending: z.number().int(),
    denied: z.number().int(),
    blocked: z.number().int(),
    revoked: z.number().int(),
    unused: z.number().int(),
    neverRotated: z.number().int(),
    expiresSoon: z.number().int(),
    broad: z.number().int(),
  }),
})

export const exportOrgTokens = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/tokens/export',
  action: 'orgToken.list',
  tag,
  summary: 'Download the access tokens that can reach an organization as CSV, with the filters of the list.',
  params: orgParams,
  query: filters,
  reply: z.string(),
  kind: 'stream',
  changes: true,
})

export const approveOrgToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/tokens/:id/approve',
  action: 'orgToken.review',
  tag,
  summary: 'Approve a fine-grained token, if the organization requires approval.',
  params: tokenParams,
  body: z.strictObject({
    scope: z
      .array(z.string().max(1000))
      .max(mostScoped)
      .optional()
      .describe(
        'What you reviewed, such as `model:acme/encoder=repo.write`. Refused if the token has a different scope by now.',
      ),
  }),
  bodyOptional: true,
  reply: OrgToken,
})

export const denyOrgToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/tokens/:id/deny',
  action: 'orgToken.review',
  tag,
  summary: 'Deny a fine-grained token, if the organization requires approval. You can approve it later.',
  params: tokenParams,
  body: nothing,
  bodyOptional: true,
  reply: OrgToken,
})

export const revokeOrgToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/tokens/:id/revoke',
  action: 'orgToken.revoke',
  tag,
  summary: 'Revoke a token for an organization. This can’t be undone. The token still works elsewhere.',
  params: tokenParams,
  body: nothing,
  bodyOptional: true,
  reply: OrgToken,
})

export const revokeOrgTokenByValue = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/tokens/revoke',
  action: 'orgToken.revoke',
  tag,
  summary: 'Revoke a token for an organization by its value, for example one that leaked.',
  params: orgParams,
  body: z.strictObject({ token: line(200).pipe(z.string().min(1)).describe('The token itself: `hf_…`.') }),
  reply: OrgToken,
})

const { tokenPolicy, tokenMaxLifetimeDays } = organizationSettings
const Policy = z.object({ tokenPolicy: tokenPolicy.schema, tokenMaxLifetimeDays: tokenMaxLifetimeDays.schema })

export const getTokenPolicy = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/token-policy',
  action: 'org.viewSettings',
  tag,
  summary: 'Get the token policy of an organization.',
  params: orgParams,
  reply: Policy,
})

export const setTokenPolicy = operation({
  method: 'put',
  path: '/api/organizations/:org/settings/token-policy',
  action: 'org.updateSettings',
  tag,
  summary: 'Set the token policy of an organization. With `dryRun`, lists the tokens that would stop working.',
  params: orgParams,
  query: dryRun,
  body: z.strictObject({
    tokenPolicy: tokenPolicy.schema,
    tokenMaxLifetimeDays: tokenMaxLifetimeDays.schema.default(null),
  }),
  reply: Policy.extend({
    dryRun: z.boolean(),
    affected: z
      .object({
        count: z.number().int(),
        tokens: z.array(OrgToken).describe('At most 100.'),
      })
      .describe('Tokens that stop working in the organization.'),
  }),
})
