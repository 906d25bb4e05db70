import { z } from 'zod'
import { operation } from './operation.ts'
import { orgParams } from './shapes.ts'

const tag = 'Storage'
const mostBytes = 2 ** 50

const Bytes = z.number().int().min(0).max(mostBytes)

/** A storage limit in bytes; null for none. */
export const DefaultLimit = Bytes.nullable()

/** What a site admin sets for one account or organization. */
export const StorageLimit = z.union([z.literal('default'), z.literal('unlimited'), Bytes])
export type StorageLimit = z.infer<typeof StorageLimit>

export const StorageUse = z.object({
  used: z.number().int().describe('Bytes used by all repositories, including LFS.'),
  limit: z.number().int().nullable().describe('Storage limit in bytes; null for no limit.'),
})
export type StorageUse = z.infer<typeof StorageUse>

export const getMyStorage = operation({
  method: 'get',
  path: '/api/settings/storage',
  action: 'repo.listOwn',
  tag,
  summary: 'Get the storage that your repositories use, and your storage limit.',
  reply: StorageUse,
})
export const getOrgStorage = operation({
  method: 'get',
  path: '/api/organizations/:org/storage',
  action: 'org.viewStorage',
  tag,
  summary: 'Get the storage that the repositories of an organization use, and its storage limit.',
  params: orgParams,
  reply: StorageUse,
})

export const StorageOwner = StorageUse.extend({
  name: z.string(),
  type: z.enum(['user', 'org']),
  setting: StorageLimit.describe('`default` for the default of the instance, or what a site admin set instead.'),
})
export type StorageOwner = z.infer<typeof StorageOwner>

export const listStorage = operation({
  method: 'get',
  path: '/api/operator/storage',
  action: 'operator.listStorage',
  tag,
  summary: 'List accounts and organizations by the storage that they use, largest first.',
  details: 'Without `search`, lists those that have repositories or a limit of their own.',
  query: z.object({
    search: z.string().max(200).optional().describe('Part of the name.'),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  reply: z.array(StorageOwner),
})
export const setStorageLimit = operation({
  method: 'put',
  path: '/api/operator/storage/:owner',
  action: 'operator.setStorageLimit',
  tag,
  summary: 'Set the storage limit of an account or organization.',
  details: 'A limit below the current use deletes nothing. But nothing can be added.',
  params: z.object({ owner: z.string().describe('Username or organization name.') }),
  body: z.strictObject({ limit: StorageLimit }),
  reply: StorageOwner,
})
