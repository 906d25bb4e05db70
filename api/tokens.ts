import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyCaseId, AnyTime, Id, idParams, line, nothing, success, Time, TokenPermission, Withheld } from './shapes.ts'

const tag = 'Access tokens'

/** The kinds of token, from the one that reaches least to the one that reaches most. */
export const TokenRole = z.enum(['fineGrained', 'read', 'write'])
export type TokenRole = z.infer<typeof TokenRole>

/** What the scope of a fine-grained token can name. */
export const ScopeType = z.enum(['user', 'org', 'resource-group', 'model', 'dataset', 'space'])
export type ScopeType = z.infer<typeof ScopeType>

const onRepositories: readonly TokenPermission[] = ['repo.content.read', 'repo.write']

/** Which permissions can be given on what. */
export const permissionsOn: Record<ScopeType, readonly TokenPermission[]> = {
  user: onRepositories,
  org: TokenPermission.options,
  'resource-group': [...onRepositories, 'resourceGroup.write'],
  model: onRepositories,
  dataset: onRepositories,
  space: onRepositories,
}

/** How many things one token can name. */
export const mostScoped = 200

/** The scope of a fine-grained token. */
export const FineGrained = z.object({
  scoped: z.array(
    z.object({
      entity: z.object({
        _id: Id,
        type: ScopeType,
        name: z.string().optional().describe('Missing if you can no longer see what it is about.'),
      }),
      permissions: z.array(TokenPermission),
    }),
  ),
  canReadGatedRepos: z
    .boolean()
    .optional()
    .describe('It also reads public gated repositories that you were given access to. Left out if not.'),
})
export type FineGrained = z.infer<typeof FineGrained>

/** The token that a request came with. */
export const TokenInUse = z.object({
  displayName: z.string(),
  role: TokenRole,
  createdAt: Time,
  fineGrained: FineGrained.optional(),
})

const ScopeInput = z
  .strictObject({
    entity: z
      .strictObject({
        type: ScopeType,
        name: line(200)
          .optional()
          .describe(
            '`acme` for an organization, `acme/speech` for a resource group or a repository. For `user`, you can omit it.',
          ),
        _id: AnyCaseId.optional().describe('Instead of the name.'),
      })
      .describe('`user` is your own namespace, with the repositories that you own.'),
    permissions: z.array(TokenPermission).min(1, 'choose at least one permission').max(TokenPermission.options.length),
  })
  .superRefine(({ entity, permissions }, context) => {
    const refused = permissions.find((permission) => !permissionsOn[entity.type].includes(permission))
    if (refused !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['permissions'],
        message: `can’t include ${refused} for ${entity.type}`,
      })
  })

const fineGrainedField = z
  .strictObject({
    scoped: z.array(ScopeInput).max(mostScoped).default([]),
    canReadGatedRepos: z
      .boolean()
      .default(false)
      .describe('Whether it also reads public gated repositories that you were given access to.'),
  })
  .superRefine(({ scoped, canReadGatedRepos }, context) => {
    if (scoped.length > 0 || canReadGatedRepos) return
    const message = 'add at least one organization, resource group, or repository'
    context.addIssue({ code: 'custom', path: ['scoped'], message })
  })
  .optional()
  .describe('What a fine-grained token can reach. Required for that role.')

/** Where a token stands in an organization. */
export const OrgTokenState = z
  .enum(['active', 'pending', 'approved', 'denied', 'blocked', 'revoked'])
  .describe(
    '`pending`, `approved`, and `denied` if the organization requires approval. `blocked` if the policy refuses the token for another reason.',
  )
export type OrgTokenState = z.infer<typeof OrgTokenState>

/** Where a token stands in one organization. */
export const Standing = z.object({
  name: z.string().describe('Name of the organization.'),
  state: OrgTokenState,
  blockedBy: z.array(Withheld).describe('All reasons why the organization refuses the token.'),
})
export type Standing = z.infer<typeof Standing>

export const Token = z.object({
  id: Id,
  name: z.string(),
  role: TokenRole,
  fineGrained: FineGrained.optional(),
  last4: z.string(),
  createdAt: Time,
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  refreshExpiresAt: Time.optional().describe('A program signed in with it, and can renew it until then.'),
  organizations: z
    .array(Standing)
    .describe('Organizations with a token policy that concerns the token, and those that revoked it.'),
})
export type Token = z.infer<typeof Token>
export const NewToken = Token.extend({ token: z.string().describe('Shown only once.') })
export const tokenFields = {
  name: line(100).pipe(z.string().min(1)),
  role: TokenRole,
  fineGrained: fineGrainedField,
  expiresAt: AnyTime.nullable().optional().describe('When it expires; at most ten years ahead.'),
}

export const listTokens = operation({
  method: 'get',
  path: '/api/settings/tokens',
  action: 'token.list',
  tag,
  summary: 'List your access tokens.',
  reply: z.array(Token),
})
export const createToken = operation({
  method: 'post',
  path: '/api/settings/tokens',
  action: 'token.create',
  tag,
  summary: 'Create an access token. It is shown only once.',
  body: z.strictObject(tokenFields),
  reply: NewToken,
  status: 201,
})
export const updateToken = operation({
  method: 'patch',
  path: '/api/settings/tokens/:id',
  action: 'token.update',
  tag,
  summary: 'Rename a token, or change what a fine-grained token can reach.',
  params: idParams,
  body: z.strictObject({ name: tokenFields.name.optional(), fineGrained: fineGrainedField }),
  reply: Token,
})
export const deleteToken = operation({
  method: 'delete',
  path: '/api/settings/tokens/:id',
  action: 'token.delete',
  tag,
  summary: 'Delete a token. It stops working immediately.',
  params: idParams,
  reply: success,
})
export const rotateToken = operation({
  method: 'post',
  path: '/api/settings/tokens/:id/rotate',
  action: 'token.rotate',
  tag,
  summary: 'Replace the secret of a token. The old one stops working immediately.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: NewToken,
})
