import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyCaseId, Id, line, nothing, orgParams, RepoType, Time, TokenPermission, text } from './shapes.ts'
import { mostScoped, permissionsOn, TokenRole } from './tokens.ts'

const tag = 'Service accounts'

const accountParams = orgParams.extend({ serviceAccountId: AnyCaseId.describe('ID of the service account.') })
const tokenParams = accountParams.extend({ tokenId: AnyCaseId.describe('ID of the token.') })

const RepoPermission = z.enum(permissionsOn.model as ['repo.content.read', 'repo.write'])

const name = line(50).pipe(z.string().min(1))
const description = text(500)
const owner = z.string().max(100).describe('Username of the owner, who must be a member.')

const tokenFields = {
  displayName: line(100).pipe(z.string().min(1)).describe('Name of the token.'),
  permissions: z.array(TokenPermission).max(20).describe('Permissions on the whole organization.'),
  repoIds: z
    .array(AnyCaseId)
    .max(mostScoped)
    .describe(
      'Repositories of the organization that get `repoPermissions` instead of `permissions`. Public repositories of others can be named, too: the token reads them, as everyone can.',
    ),
  repositories: z
    .array(z.strictObject({ type: RepoType, name: line(200).describe('`acme/encoder`') }))
    .max(mostScoped)
    .optional()
    .describe('Repositories of the organization by name, instead of `repoIds`.'),
  repoPermissions: z.array(RepoPermission).max(2),
  endpointPatterns: z.array(z.string()).max(0, 'must be empty: there are no inference endpoints here'),
  skipNetworkSecurity: z
    .boolean()
    .describe('The token works from any IP address, whatever IP ranges the organization has.'),
}

const ServiceAccount = z.object({
  _id: Id,
  user: z.string().describe('Username, made from the names of the organization and the service account.'),
  name: z.string(),
  email: z.string().describe('Author address of its commits. It receives no email.'),
  description: z.string().optional(),
  createdAt: Time,
})

const ServiceTokenInfo = z.object({
  _id: Id,
  displayName: z.string(),
  permissions: z.array(TokenPermission),
  repoIds: z.array(Id),
  repoPermissions: z.array(RepoPermission),
  endpointPatterns: z.array(z.string()),
  skipNetworkSecurity: z.boolean(),
})

export const listServiceAccounts = operation({
  method: 'get',
  path: '/api/organizations/:org/service-accounts',
  action: 'serviceAccount.list',
  tag,
  summary: 'List the service accounts of an organization.',
  params: orgParams,
  reply: z.array(ServiceAccount),
  dialect: 'hub',
})

export const createServiceAccount = operation({
  method: 'post',
  path: '/api/organizations/:org/service-accounts',
  action: 'serviceAccount.create',
  tag,
  summary: 'Create a service account. It can do nothing until it has a token.',
  params: orgParams,
  body: z.object({
    name,
    description: description.optional(),
    owner: owner.optional().describe('Username of the owner, a member. You, if omitted.'),
  }),
  reply: z.object({
    _id: Id,
    user: z.string(),
    fullname: z.string(),
    description: z.string().optional(),
    createdAt: Time,
  }),
  status: 201,
  dialect: 'hub',
})

export const getServiceAccount = operation({
  method: 'get',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId',
  action: 'serviceAccount.list',
  tag,
  summary: 'Get a service account and its tokens, without their secrets.',
  params: accountParams,
  reply: ServiceAccount.extend({
    accessTokens: z.array(
      z.object({
        _id: Id,
        displayName: z.string(),
        createdAt: Time,
        lastUsedAt: Time.optional(),
        role: TokenRole,
        permissions: z.array(TokenPermission),
        repoIds: z.array(Id),
        repoPermissions: z.array(RepoPermission),
        endpointPatterns: z.array(z.string()),
        last4: z.string(),
        skipNetworkSecurity: z.boolean(),
      }),
    ),
  }),
  dialect: 'hub',
})

export const deleteServiceAccount = operation({
  method: 'delete',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId',
  action: 'serviceAccount.delete',
  tag,
  summary: 'Delete a service account and its tokens. They stop working immediately.',
  params: accountParams,
  reply: nothing,
  status: 204,
  dialect: 'hub',
})

export const createServiceToken = operation({
  method: 'post',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId/tokens',
  action: 'serviceToken.create',
  tag,
  summary: 'Create a token of a service account. It is shown only once.',
  params: accountParams,
  body: z.object({
    displayName: tokenFields.displayName.default('API Token'),
    permissions: tokenFields.permissions.default([]),
    repoIds: tokenFields.repoIds.optional(),
    repositories: tokenFields.repositories,
    repoPermissions: tokenFields.repoPermissions.default([]),
    endpointPatterns: tokenFields.endpointPatterns.optional(),
    skipNetworkSecurity: tokenFields.skipNetworkSecurity.optional(),
  }),
  bodyOptional: true,
  reply: z.object({ token: z.string(), tokenInfo: ServiceTokenInfo.extend({ createdAt: Time }) }),
  status: 201,
  dialect: 'hub',
})

export const updateServiceToken = operation({
  method: 'patch',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId',
  action: 'serviceToken.update',
  tag,
  summary: 'Rename a token of a service account, or change what it can reach from its next request on.',
  params: tokenParams,
  body: z.object({
    displayName: tokenFields.displayName.optional(),
    permissions: tokenFields.permissions.optional(),
    repoIds: tokenFields.repoIds.optional(),
    repositories: tokenFields.repositories,
    repoPermissions: tokenFields.repoPermissions.optional(),
    endpointPatterns: tokenFields.endpointPatterns.optional(),
    skipNetworkSecurity: tokenFields.skipNetworkSecurity.optional(),
  }),
  reply: ServiceTokenInfo,
  dialect: 'hub',
})

export const deleteServiceToken = operation({
  method: 'delete',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId',
  action: 'serviceToken.delete',
  tag,
  summary: 'Delete a token of a service account. It stops working immediately.',
  params: tokenParams,
  reply: nothing,
  status: 204,
  dialect: 'hub',
})

export const rotateServiceToken = operation({
  method: 'post',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId/tokens/:tokenId/rotate',
  action: 'serviceToken.rotate',
  tag,
  summary: 'Replace the secret of a token of a service account. The old one stops working immediately.',
  params: tokenParams,
  body: nothing,
  bodyOptional: true,
  reply: z.object({
    token: z.string().describe('Shown only once.'),
    tokenInfo: z.object({ _id: Id, displayName: z.string(), createdAt: Time, last4: z.string() }),
  }),
  dialect: 'hub',
})

const Repository = z.object({ id: Id, type: RepoType, name: z.string().describe('`acme/speech`') })

/** A service account as the pages and the command line show it. */
export const ServiceAccountDetails = z.object({
  id: Id,
  user: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: Time,
  owner: z
    .object({ user: z.string(), fullname: z.string() })
    .nullable()
    .describe('The owner; null after that member left.'),
  tokens: z.array(
    z.object({
      id: Id,
      name: z.string(),
      last4: z.string(),
      createdAt: Time,
      lastUsedAt: Time.nullable(),
      permissions: z.array(TokenPermission),
      repositories: z.array(Repository),
      repositoryPermissions: z.array(RepoPermission),
      skipsNetworkSecurity: z.boolean(),
    }),
  ),
})
export type ServiceAccountDetails = z.infer<typeof ServiceAccountDetails>

export const listServiceAccountDetails = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/service-accounts',
  action: 'serviceAccount.list',
  tag,
  summary: 'List the service accounts of an organization with their owners and what their tokens can reach.',
  params: orgParams,
  reply: z.array(ServiceAccountDetails),
})

export const updateServiceAccount = operation({
  method: 'patch',
  path: '/api/organizations/:org/service-accounts/:serviceAccountId',
  action: 'serviceAccount.update',
  tag,
  summary: 'Change the name, the description, or the owner of a service account.',
  params: accountParams,
  body: z.strictObject({ name: name.optional(), description: description.optional(), owner: owner.optional() }),
  reply: ServiceAccountDetails,
})
