import { z } from 'zod'
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
  gated: z.literal(false),
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
    .describe('Left out for readers who are not in its group.'),
  sha: z.string().nullable().optional().describe('The latest commit of `main`, or the revision asked for.'),
  modelId: z.string().optional(),
  pipeline_tag: z.string().optional(),
  library_name: z.string().optional(),
  cardData: z.record(z.string(), z.unknown()).optional().describe('The metadata at the head of the card.'),
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
  usedStorage: z.number().optional().describe('Bytes, LFS included.'),
  may: z.array(z.string()).optional().describe('The actions you may take on it now.'),
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
  summary: 'Create a repository for yourself or in an organization.',
  body: z.object({
    name: z.string().min(1).max(200),
    organization: z.string().max(100).nullable().optional(),
    type: RepoType.default('model'),
    private: z.boolean().nullable().optional(),
    visibility: Visibility.optional(),
    resourceGroupId: z.string().min(1).max(200).nullable().optional().describe('Id of a resource group, or its name.'),
    license: z.string().max(100).optional().describe('Begins a README that names it.'),
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
  summary: 'Rename a repository, or move it to another namespace; the old name keeps leading to it.',
  body: z.object({
    fromRepo: z.string().min(1).max(200),
    toRepo: z.string().min(1).max(200),
    type: RepoType.default('model'),
  }),
  reply: success,
  dialect: 'hub',
  locate: locateRepo('fromRepo'),
})

export const listRepos = operation({
  method: 'get',
  path: '/api/:repoType',
  action: 'repo.list',
  tag,
  summary: 'Repositories that you may read, newest first.',
  params: z.object({ repoType: RepoTypePlural }),
  query: cursorQuery.extend({
    // The clients ask for as many as they want in all, and follow the pages
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .default(100)
      .transform((most) => Math.min(most, 1000)),
    author: z.string().max(100).optional().describe('Only those of this person or organization.'),
    search: z.union([z.string().max(200), z.array(z.string().max(200)).max(10)]).optional(),
    group: z.string().max(200).optional().describe('Only those in this resource group (with `author`).'),
    visibility: Visibility.optional(),
    filter: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Only those with these tags.'),
    sort: z.string().max(50).optional().describe('`lastModified`, else by age; newest first.'),
    direction: z.string().max(5).optional(),
    full: queryBoolean.optional(),
    cardData: queryBoolean.optional(),
    config: queryBoolean.optional(),
    gated: queryBoolean.optional(),
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
  summary: 'Change the visibility of a repository.',
  params: repoParams,
  body: z.object({
    private: z.boolean().optional(),
    visibility: Visibility.optional(),
    gated: z.union([z.literal(false), z.enum(['auto', 'manual'])]).optional(),
  }),
  reply: z.object({ private: z.boolean(), visibility: Visibility, gated: z.literal(false) }),
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
  summary: 'Your repositories with the storage they use.',
  query: storageQuery,
  reply: z.array(StorageRow),
  dialect: 'hub',
})
export const listOrgRepositories = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/repositories',
  action: 'repo.listOrg',
  tag,
  summary: 'The organization’s repositories that you may read, with the storage they use.',
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
  summary: 'People, organizations and repositories whose name begins with, or holds, the words.',
  query: z.object({ q: z.string().min(1).max(100) }),
  reply: z.object({
    people: z.array(z.object({ name: z.string(), fullname: z.string(), avatarUrl: z.string() })),
    organizations: z.array(z.object({ name: z.string(), fullname: z.string(), avatarUrl: z.string() })),
    repositories: z.array(z.object({ type: RepoType, id: z.string(), private: z.boolean() })),
  }),
})
