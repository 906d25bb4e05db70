import { z } from 'zod'
import { operation } from './operation.ts'
import { orgParams } from './shapes.ts'

const tag = 'SCIM'

/** The two places where clients look for SCIM: for people with accounts of their own, and for managed accounts. */
export const scimBases = ['scim-provisioning', 'scim'] as const
export type ScimBase = (typeof scimBases)[number]

/** How many resources one page of a list has at most. */
export const mostScimResults = 1000

/** How large the body of a SCIM request can be: that of a group of 20,000 people. */
export const maxScimBodyBytes = 1024 * 1024

const path = <Tail extends string>(tail: Tail) => `/api/organizations/:org/:scimBase/v2${tail}` as const
const params = orgParams.extend({
  scimBase: z
    .enum(scimBases)
    .describe('`scim-provisioning` under Basic SSO, `scim` under Managed SSO. The other one answers `404`.'),
})
const oneParams = params.extend({ id: z.string().min(1).max(200).describe('The SCIM ID.') })

const some = z.string().max(1000).optional()
const attributes = {
  attributes: some.describe('Return only these attributes, separated by commas.'),
  excludedAttributes: some.describe('Leave out these attributes, for example `members`.'),
}
const attributesQuery = z.object(attributes)
const number = z.string().max(20).optional()
const listQuery = z.object({
  ...attributes,
  filter: z.string().max(20_000).optional().describe('For example `userName eq "ada@example.com"`.'),
  startIndex: number.describe('Position of the first result, starting at 1.'),
  count: number.describe(`Results on this page, at most ${mostScimResults}. 0 returns only the total.`),
})
export type ScimListQuery = z.infer<typeof listQuery>

const meta = z.object({ resourceType: z.string(), location: z.string() })
const schemas = z.array(z.string())

/** A user as it is returned; which attributes stand in it is for the caller to say. */
export const ScimUser = z.object({
  schemas,
  id: z.string(),
  externalId: z.string().nullable().optional(),
  userName: z.string().optional(),
  displayName: z.string().optional(),
  name: z
    .object({
      givenName: z.string().optional(),
      familyName: z.string().optional(),
      formatted: z.string().optional(),
    })
    .optional(),
  emails: z
    .array(
      z.object({ value: z.string().optional(), primary: z.boolean().optional(), type: z.literal('work').optional() }),
    )
    .optional(),
  active: z.boolean().optional(),
  meta: meta.optional(),
})
export type ScimUser = z.infer<typeof ScimUser>

/** A group as it is returned. */
export const ScimGroup = z.object({
  schemas,
  id: z.string(),
  externalId: z.string().nullable().optional(),
  displayName: z.string().optional(),
  members: z.array(z.object({ value: z.string() })).optional(),
  meta: meta.optional(),
})
export type ScimGroup = z.infer<typeof ScimGroup>

const list = <Item extends z.ZodType>(item: Item) =>
  z.object({
    schemas,
    totalResults: z.number().int(),
    itemsPerPage: z.number().int(),
    startIndex: z.number().int(),
    Resources: z.array(item),
  })

/** Resources are read leniently: what is not known is dropped, and what is wrong is refused in the words of SCIM. */
const body = z
  .record(z.string(), z.unknown())
  .describe('A SCIM resource, or a PATCH request (RFC 7644, section 3.5.2).')
  // Under a name of its own: a resource may have an ID too
  .transform((resource) => ({ resource }))

const common = { tag, dialect: 'scim' } as const
const reading = { ...common, method: 'get', action: 'scim.read', params } as const
const discovery = z.looseObject({ schemas })

export const getServiceProviderConfig = operation({
  ...reading,
  path: path('/ServiceProviderConfig'),
  summary: 'Get what SCIM supports here.',
  reply: discovery,
})

export const listResourceTypes = operation({
  ...reading,
  path: path('/ResourceTypes'),
  summary: 'List the SCIM resource types.',
  reply: list(discovery),
})

export const getResourceType = operation({
  ...reading,
  path: path('/ResourceTypes/:id'),
  params: oneParams,
  summary: 'Get a SCIM resource type.',
  reply: discovery,
})

export const listSchemas = operation({
  ...reading,
  path: path('/Schemas'),
  summary: 'List the SCIM schemas.',
  reply: list(discovery),
})

export const getSchema = operation({
  ...reading,
  path: path('/Schemas/:id'),
  params: oneParams,
  summary: 'Get a SCIM schema by its URI.',
  reply: discovery,
})

export const listScimUsers = operation({
  ...reading,
  path: path('/Users'),
  summary: 'List provisioned users, deactivated ones included.',
  query: listQuery,
  reply: list(ScimUser),
})

export const getScimUser = operation({
  ...reading,
  path: path('/Users/:id'),
  params: oneParams,
  summary: 'Get a provisioned user.',
  query: attributesQuery,
  reply: ScimUser,
})

export const createScimUser = operation({
  ...common,
  method: 'post',
  path: path('/Users'),
  action: 'scim.write',
  summary: 'Provision a user.',
  details:
    'Under Basic SSO, invites the account that has the verified email address. Under Managed SSO, creates an account.',
  params,
  query: attributesQuery,
  body,
  reply: ScimUser,
  status: 201,
  kind: 'headed',
  maxBodyBytes: maxScimBodyBytes,
})

export const replaceScimUser = operation({
  ...common,
  method: 'put',
  path: path('/Users/:id'),
  action: 'scim.write',
  summary: 'Replace a provisioned user.',
  details: 'Under Basic SSO, only `active` and `externalId` change.',
  params: oneParams,
  query: attributesQuery,
  body,
  reply: ScimUser,
})

export const patchScimUser = operation({
  ...common,
  method: 'patch',
  path: path('/Users/:id'),
  action: 'scim.write',
  summary: 'Change a provisioned user. `active: false` ends their access immediately.',
  params: oneParams,
  query: attributesQuery,
  body,
  reply: ScimUser,
})

export const deleteScimUser = operation({
  ...common,
  method: 'delete',
  path: path('/Users/:id'),
  action: 'scim.write',
  summary: 'Deprovision a user for good.',
  params: oneParams,
  reply: z.object({}),
  status: 204,
})

export const listScimGroups = operation({
  ...reading,
  path: path('/Groups'),
  summary: 'List SCIM groups with their members.',
  query: listQuery,
  reply: list(ScimGroup),
})

export const getScimGroup = operation({
  ...reading,
  path: path('/Groups/:id'),
  params: oneParams,
  summary: 'Get a SCIM group.',
  query: attributesQuery,
  reply: ScimGroup,
})

export const createScimGroup = operation({
  ...common,
  method: 'post',
  path: path('/Groups'),
  action: 'scim.write',
  summary: 'Create a SCIM group. It gives no access until an admin links it to resource groups.',
  params,
  query: attributesQuery,
  body,
  reply: ScimGroup,
  status: 201,
  kind: 'headed',
  maxBodyBytes: maxScimBodyBytes,
})

export const replaceScimGroup = operation({
  ...common,
  method: 'put',
  path: path('/Groups/:id'),
  action: 'scim.write',
  summary: 'Replace a SCIM group. Users who are not in the list leave it.',
  params: oneParams,
  query: attributesQuery,
  body,
  reply: ScimGroup,
  maxBodyBytes: maxScimBodyBytes,
})

export const patchScimGroup = operation({
  ...common,
  method: 'patch',
  path: path('/Groups/:id'),
  action: 'scim.write',
  summary: 'Change a SCIM group. Answers `204`, or `200` with the group if you ask for `attributes`.',
  params: oneParams,
  query: attributesQuery,
  body,
  reply: ScimGroup,
  kind: 'headed',
  maxBodyBytes: maxScimBodyBytes,
})

export const deleteScimGroup = operation({
  ...common,
  method: 'delete',
  path: path('/Groups/:id'),
  action: 'scim.write',
  summary: 'Delete a SCIM group. Its users lose the roles that it gave.',
  params: oneParams,
  reply: z.object({}),
  status: 204,
})
