import { z } from 'zod'
import { EmailAddress } from './email-address.ts'
import { GateMode, GateSettings } from './gated.ts'
import type { Target } from './operation.ts'
import { operation } from './operation.ts'
import {
  cursorQuery,
  Id,
  orgParams,
  queryBoolean,
  RepoType,
  RepoTypePlural,
  repoParams,
  repoTypes,
  success,
  Time,
} from './shapes.ts'

const tag = 'Repositories'

export const Repository = z.object({
  _id: Id,
  id: z.string().describe('`namespace/name`.'),
  author: z.string(),
  type: RepoType,
  private: z.boolean(),
  gated: z.union([z.literal(false), GateMode]).describe('How people get access to the files, where they have to ask.'),
  disabled: z.boolean(),
  createdAt: Time,
  lastModified: Time,
  downloads: z.number().int(),
  likes: z.number().int(),
  tags: z.array(z.string()),
  createdBy: z.string().nullable(),
  resourceGroup: z
    .object({ id: Id, name: z.string() })
    .nullable()
    .optional()
    .describe('Omitted for readers who aren’t in its group.'),
  sha: z.string().nullable().optional().describe('The latest commit of `main`, or the revision asked for.'),
  modelId: z.string().optional(),
  pipeline_tag: z.string().optional(),
  library_name: z.string().optional(),
  cardData: z.record(z.string(), z.unknown()).optional().describe('Metadata at the start of the card.'),
  siblings: z
    .array(
      z.object({
        rfilename: z.string(),
        size: z.number().int().optional(),
        blobId: z.string().optional(),
        lfs: z.object({ sha256: z.string(), size: z.number().int(), pointerSize: z.number().int() }).optional(),
      }),
    )
    .optional(),
  sdk: z.string().optional(),
  usedStorage: z.number().optional().describe('Size in bytes, including LFS.'),
  may: z.array(z.string()).optional().describe('Actions that you can take on it.'),
})
export type Repository = z.infer<typeof Repository>

const Visibility = z.enum(['public', 'private'])

function locateNew(input: Record<string, unknown>): Target {
  const name = String(input.name ?? '')
  const slash = name.indexOf('/')
  const namespace =
    slash > 0 ? name.slice(0, slash) : typeof input.organization === 'string' ? input.organization : undefined
  const group = typeof input.resourceGroupId === 'string' ? input.resourceGroupId : undefined
  return { namespace, group }
}

function locateRepo(field: string) {
  return (input: Record<string, unknown>): Target => {
    const [first = '', second] = String(input[field] ?? '').split('/')
    const namespace = second === undefined ? String(input.organization ?? '') : first
    const type = repoTypes.find((known) => known === input.type) ?? 'model'
    return { repo: { type, namespace, name: second ?? first } }
  }
}

export const createRepo = operation({
  method: 'post',
  path: '/api/repos/create',
  action: 'repo.create',
  tag,
  summary: 'Create a repository in your account or an organization.',
  body: z.object({
    name: z.string().min(1).max(200),
    organization: z.string().max(100).nullable().optional(),
    type: RepoType.default('model'),
    private: z.boolean().nullable().optional(),
    visibility: Visibility.optional(),
    resourceGroupId: z.string().min(1).max(200).nullable().optional().describe('ID or name of a resource group.'),
    license: z.string().max(100).optional().describe('Adds a README with this license.'),
    sdk: z.string().max(50).nullable().optional(),
    files: z
      .array(
        z.object({ path: z.string().max(4096), content: z.string(), encoding: z.enum(['base64', 'utf-8']).optional() }),
      )
      .max(100)
      .optional()
      .describe('Files of the first commit.'),
  }),
  reply: z.object({ url: z.string(), name: z.string(), id: Id }),
  dialect: 'hub',
  locate: locateNew,
})

export const deleteRepo = operation({
  method: 'delete',
  path: '/api/repos/delete',
  action: 'repo.delete',
  tag,
  summary: 'Delete a repository.',
  body: z.object({
    name: z.string().min(1).max(200),
    organization: z.string().max(100).nullable().optional(),
    type: RepoType.default('model'),
  }),
  reply: success,
  dialect: 'hub',
  locate: locateRepo('name'),
})

export const moveRepo = operation({
  method: 'post',
  path: '/api/repos/move',
  action: 'repo.move',
  tag,
  summary: 'Rename a repository, or move it to another owner. The old name redirects to it for 90 days.',
  body: z.object({
    fromRepo: z.string().min(1).max(200),
    toRepo: z.string().min(1).max(200),
    type: RepoType.default('model'),
  }),
  reply: success,
  dialect: 'hub',
  locate: locateRepo('fromRepo'),
})

// What the clients ask for: by what is the same for all, the newest come first
const byCreation = [
  'createdAt',
  'created_at',
  'downloads',
  'likes',
  'likes30d',
  'trendingScore',
  'trending_score',
] as const
const repoSorts = ['lastModified', 'last_modified', ...byCreation] as const

export const listRepos = operation({
  method: 'get',
  path: '/api/:repoType',
  action: 'repo.list',
  tag,
  summary: 'List repositories that you can read, newest first.',
  details:
    'Parameters that this operation does not know are refused. With `full` or `siblings`, a page can have fewer items than `limit`: follow the `Link` header.',
  params: z.object({ repoType: RepoTypePlural }),
  // A filter that is not known is refused: without it the list would hold what was not asked for
  query: z.strictObject({
    cursor: cursorQuery.shape.cursor,
    // The clients ask for as many as they want in all, and follow the pages
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .default(100)
      .transform((most) => Math.min(most, 1000)),
    author: z.string().max(100).optional().describe('Only those of this user or organization.'),
    search: z.union([z.string().max(200), z.array(z.string().max(200)).max(10)]).optional(),
    group: z.string().max(200).optional().describe('Only those in this resource group (with `author`).'),
    visibility: Visibility.optional(),
    filter: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Only those with these tags.'),
    pipeline_tag: z.string().max(100).optional().describe('Only models for this task.'),
    gated: queryBoolean.optional().describe('`true`: only gated repositories. `false`: only those that are not.'),
    sort: z
      .enum(repoSorts)
      .optional()
      .describe('`lastModified`, or by creation date. Newest first. Downloads and likes aren’t counted.'),
    direction: z.enum(['-1', 'desc']).optional().describe('Lists are always descending.'),
    full: queryBoolean.optional().describe('Includes metadata of the card and the names of files.'),
    cardData: queryBoolean.optional(),
    config: queryBoolean
      .refine((wanted) => !wanted, 'must be false: lists have no config')
      .optional()
      .describe('Lists have no `config`, so `true` is refused.'),
    expand: z.union([z.string(), z.array(z.string())]).optional(),
  }),
  repeated: ['filter', 'expand', 'search'],
  reply: z.array(Repository.partial()),
  kind: 'page',
  dialect: 'hub',
})

export const updateRepoSettings = operation({
  method: 'put',
  path: '/api/:repoType/:namespace/:repo/settings',
  action: 'repo.updateSettings',
  tag,
  summary: 'Change the visibility of a repository, or whether it is gated.',
  params: repoParams,
  body: z.object({
    private: z.boolean().optional(),
    visibility: Visibility.optional(),
    gated: GateSettings.shape.gated.optional(),
    orgMembersGated: GateSettings.shape.orgMembersGated.optional(),
    gatedNotificationsMode: GateSettings.shape.gatedNotificationsMode.optional(),
    gatedNotificationsEmail: EmailAddress.nullable().optional().describe('Null: the first five admins, or the owner.'),
  }),
  reply: GateSettings.extend({
    private: z.boolean(),
    visibility: Visibility,
    gatedNotificationsEmail: z.string().optional().describe('Left out while none is set.'),
  }),
  dialect: 'hub',
})

const StorageRow = z.object({
  id: z.string(),
  type: RepoType,
  updatedAt: Time,
  visibility: Visibility,
  storage: z.number(),
  storagePercent: z.number(),
})
const storageQuery = z.object({
  search: z.string().max(200).optional(),
  type: z.enum(['dataset', 'model', 'space', 'bucket', 'kernel']).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  sort: z.enum(['storage', 'updatedAt']).default('storage'),
  direction: z.enum(['asc', 'desc']).default('desc'),
})
export const listMyRepositories = operation({
  method: 'get',
  path: '/api/settings/repositories',
  action: 'repo.listOwn',
  tag,
  summary: 'List your repositories with their storage.',
  query: storageQuery,
  reply: z.array(StorageRow.extend({ gated: GateSettings.shape.gated })),
  dialect: 'hub',
})
/** Its rows have no more fields than clients know. */
export const listOrgRepositories = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/repositories',
  action: 'repo.listOrg',
  tag,
  summary: 'List the repositories of the organization that you can read, with their storage.',
  params: orgParams,
  query: storageQuery,
  reply: z.array(StorageRow),
  dialect: 'hub',
})

export const quickSearch = operation({
  method: 'get',
  path: '/api/quicksearch',
  action: 'search.quick',
  tag: 'Search',
  summary: 'Search people, organizations, and repositories by name.',
  query: z.object({ q: z.string().trim().min(1).max(200) }),
  reply: z.object({
    people: z.array(z.object({ name: z.string(), fullname: z.string(), avatarUrl: z.string() })),
    organizations: z.array(z.object({ name: z.string(), fullname: z.string(), avatarUrl: z.string() })),
    repositories: z.array(
      z.object({ type: RepoType, id: z.string(), private: z.boolean(), gated: GateSettings.shape.gated }),
    ),
  }),
})
