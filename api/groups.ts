import { z } from 'zod'
import { operation } from './operation.ts'
import {
  AnyCaseId,
  dryRun,
  GroupRole,
  groupMemberParams,
  groupParams,
  Id,
  line,
  orgParams,
  repoParams,
  success,
  text,
} from './shapes.ts'

const tag = 'Resource groups'

const limit = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const limitPatch = limit.nullable().optional()
export const SpendLimits = z.object({
  total: limit.optional(),
  inferenceProviders: limit.optional(),
  spaces: limit.optional(),
  jobs: limit.optional(),
  endpoints: limit.optional(),
})
export type SpendLimits = z.infer<typeof SpendLimits>

export const AutoJoin = z.discriminatedUnion('enabled', [
  z.object({ enabled: z.literal(true), role: GroupRole, scope: z.enum(['all', 'read_plus']).optional() }),
  z.object({ enabled: z.literal(false) }),
])
export type AutoJoin = z.infer<typeof AutoJoin>

export const ResourceGroup = z.object({
  id: Id,
  name: z.string(),
  description: z.string().nullable().optional(),
  autoJoin: AutoJoin.optional(),
  spendLimits: SpendLimits.optional(),
  users: z.array(
    z.object({
      type: z.literal('user'),
      _id: Id,
      fullname: z.string(),
      name: z.string(),
      avatarUrl: z.string(),
      role: GroupRole,
      addedBy: z.string().optional(),
    }),
  ),
  resources: z.array(
    z.object({
      type: z.enum(['dataset', 'model', 'space']),
      name: z.string(),
      addedBy: z.string().optional(),
      private: z.boolean(),
    }),
  ),
  repos: z.array(
    z.object({
      type: z.enum(['dataset', 'model', 'space']),
      name: z.string(),
      addedBy: z.string().optional(),
      private: z.boolean(),
    }),
  ),
})
export type ResourceGroup = z.infer<typeof ResourceGroup>

const RepoId = z.object({ name: z.string().max(200), type: z.enum(['dataset', 'model', 'space']) })
const autoJoinInput = z.union([
  z.object({
    enabled: z.union([z.literal(true), z.literal('true')]).transform(() => true as const),
    role: GroupRole,
    scope: z.enum(['all', 'read_plus']).default('all'),
  }),
  z.object({ enabled: z.union([z.literal(false), z.literal('false')]).transform(() => false as const) }),
])

export const listGroups = operation({
  method: 'get',
  path: '/api/organizations/:org/resource-groups',
  action: 'group.list',
  tag,
  summary: 'List your resource groups. Admins see all of them.',
  params: orgParams,
  reply: z.array(ResourceGroup),
  dialect: 'hub',
})

export const listGroupSummaries = operation({
  method: 'get',
  path: '/api/organizations/:org/resource-group-summaries',
  action: 'group.list',
  tag,
  summary: 'List the same groups with counts instead of people and repositories.',
  params: orgParams,
  reply: z.array(
    z.object({
      id: Id,
      name: z.string(),
      description: z.string().nullable(),
      autoJoin: AutoJoin,
      numUsers: z.number().int(),
      numRepos: z.number().int(),
      storage: z.number().describe('Size of its repositories in bytes, including LFS.'),
      role: GroupRole.nullable(),
      managedBy: z.enum(['manual', 'scim']),
      may: z.array(z.string()).describe('Actions from the permissions reference that you can take on this group.'),
    }),
  ),
})

export const createGroup = operation({
  method: 'post',
  path: '/api/organizations/:org/resource-groups',
  action: 'group.create',
  tag,
  summary: 'Create a resource group. If you aren’t an admin, name at least one admin in `users`.',
  params: orgParams,
  body: z.object({
    name: line(200).pipe(z.string().min(1)),
    description: text(500).optional(),
    users: z
      .array(z.object({ user: z.string().max(100), role: GroupRole }))
      .max(10_000)
      .default([]),
    repos: z.array(RepoId).max(10_000).default([]),
    autoJoin: autoJoinInput.optional(),
  }),
  reply: ResourceGroup,
  dialect: 'hub',
})

export const getGroup = operation({
  method: 'get',
  path: '/api/organizations/:org/resource-groups/:group',
  action: 'group.view',
  tag,
  summary: 'Get a resource group with its people, repositories, and auto-join.',
  params: groupParams,
  reply: ResourceGroup,
  dialect: 'hub',
})

export const updateGroup = operation({
  method: 'patch',
  path: '/api/organizations/:org/resource-groups/:group',
  action: 'group.update',
  tag,
  summary: 'Change the name, description, and spend limits (cents per month; null removes a limit).',
  params: groupParams,
  body: z.object({
    name: line(200).pipe(z.string().min(1)).optional(),
    description: text(500).optional(),
    spendLimits: z
      .object({
        total: limitPatch,
        inferenceProviders: limitPatch,
        spaces: limitPatch,
        jobs: limitPatch,
        endpoints: limitPatch,
      })
      .optional(),
  }),
  reply: ResourceGroup,
  dialect: 'hub',
})

export const deleteGroup = operation({
  method: 'delete',
  path: '/api/organizations/:org/resource-groups/:group',
  action: 'group.delete',
  tag,
  summary:
    'Delete a resource group. Its repositories stay in the organization. With `dryRun`, lists what becomes visible to whom.',
  params: groupParams,
  query: dryRun,
  reply: success.extend({
    becomesVisible: z
      .object({
        repositories: z
          .array(z.object({ type: z.string(), name: z.string() }))
          .describe('Private repositories, at most 100 listed.'),
        repositoryCount: z.number().int(),
        people: z.number().int().describe('Members who can’t see them now.'),
      })
      .optional(),
  }),
  dialect: 'hub',
})

export const configureGroup = operation({
  method: 'post',
  path: '/api/organizations/:org/resource-groups/:group/settings',
  action: 'group.configure',
  tag,
  summary: 'Turn auto-join on (all matching members join immediately) or off (members stay in the group).',
  params: groupParams,
  body: z.object({ autoJoin: autoJoinInput.optional() }),
  reply: ResourceGroup,
  dialect: 'hub',
})

export const addGroupUsers = operation({
  method: 'post',
  path: '/api/organizations/:org/resource-groups/:group/users',
  action: 'group.addUsers',
  tag,
  summary: 'Add members to a group: either all of them or none.',
  params: groupParams,
  body: z.object({
    users: z
      .array(
        z.union([
          z.object({ user: z.string().max(100), role: GroupRole }),
          z
            .object({ name: z.string().max(100), role: GroupRole })
            .transform(({ name, role }) => ({ user: name, role })),
        ]),
      )
      .min(1)
      .max(10_000),
  }),
  reply: ResourceGroup,
  dialect: 'hub',
})

export const changeGroupRole = operation({
  method: 'patch',
  path: '/api/organizations/:org/resource-groups/:group/users/:username',
  action: 'group.changeRole',
  tag,
  summary: 'Change the role of a person in a group.',
  params: groupMemberParams,
  body: z.object({ role: GroupRole }),
  reply: ResourceGroup,
  dialect: 'hub',
})

export const removeGroupUser = operation({
  method: 'delete',
  path: '/api/organizations/:org/resource-groups/:group/users/:username',
  action: 'group.removeUser',
  tag,
  summary: 'Remove a person from a group.',
  params: groupMemberParams,
  reply: ResourceGroup,
  dialect: 'hub',
})

export const getRepoGroup = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/resource-group',
  action: 'repo.viewGroup',
  tag,
  summary: 'Get the resource group of a repository, or null.',
  params: repoParams,
  reply: z.object({ id: Id, name: z.string(), numUsers: z.number().int() }).nullable(),
  dialect: 'hub',
})

export const setRepoGroup = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/resource-group',
  action: 'repo.setGroup',
  tag,
  summary: 'Add a repository to a group, or remove it with null. To move it from another group, send `move`.',
  params: repoParams,
  body: z.object({
    resourceGroupId: z.union([AnyCaseId, z.string().min(1).max(200)]).nullable(),
    move: z.boolean().optional().describe('Remove it from its current group.'),
  }),
  reply: z.object({
    name: z.string(),
    type: z.enum(['dataset', 'model', 'space']),
    private: z.boolean(),
    addedBy: z.string(),
  }),
  dialect: 'hub',
})
