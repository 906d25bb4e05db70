import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, queryBoolean, RepoType, repoParams, repoPrefixParams, success, Time } from './shapes.ts'

const tag = 'LFS'

const Action = z.object({
  href: z.string(),
  header: z.record(z.string(), z.string()).optional(),
  expires_at: Time.optional(),
  expires_in: z.number().int().optional(),
})
const BatchObject = z.object({
  oid: z.string(),
  size: z.number(),
  authenticated: z.boolean().optional(),
  actions: z.object({ upload: Action.optional(), verify: Action.optional(), download: Action.optional() }).optional(),
  error: z.object({ code: z.number().int(), message: z.string() }).optional(),
})

export const lfsBatch = operation({
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/objects/batch',
  action: 'repo.read',
  tag,
  summary: 'Get the addresses to upload or download LFS files. Uploading requires write access.',
  params: repoPrefixParams,
  body: z.object({
    operation: z.enum(['upload', 'download']),
    transfers: z.array(z.string().max(100)).max(20).optional(),
    objects: z
      .array(z.object({ oid: z.string().max(200), size: z.number() }))
      .max(10_000)
      .describe('At most 1,000.'),
    hash_algo: z.string().max(20).optional(),
    ref: z
      .object({ name: z.string().max(300) })
      .nullable()
      .optional(),
  }),
  reply: z.object({ transfer: z.string(), objects: z.array(BatchObject), hash_algo: z.literal('sha256').optional() }),
  dialect: 'lfs',
  reads: true,
})

export const lfsVerify = operation({
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/objects/verify',
  action: 'repo.write',
  tag,
  summary: 'Check whether an LFS file was uploaded.',
  params: repoPrefixParams,
  body: z.object({ oid: z.string().max(200), size: z.number() }),
  reply: z.object({ oid: z.string(), size: z.number() }),
  dialect: 'lfs',
  reads: true,
})

const linkParams = z.object({ link: z.string().max(1000).describe('The signed part of the link.') })
export const lfsUpload = operation({
  method: 'put',
  path: '/api/lfs/:link',
  action: 'repo.write',
  tag,
  summary: 'Upload an LFS file, or a part of one, with a signed link.',
  params: linkParams,
  reply: z.object({}),
  kind: 'bytes',
  dialect: 'link',
})
export const lfsComplete = operation({
  method: 'post',
  path: '/api/lfs/:link',
  action: 'repo.write',
  tag,
  summary: 'Complete a multipart upload of an LFS file, or check whether it was uploaded, with a signed link.',
  params: linkParams,
  body: z.object({
    oid: z.string().max(200),
    size: z.number().optional(),
    parts: z
      .array(z.object({ partNumber: z.number().int(), etag: z.string().max(200) }))
      .max(10_000)
      .optional(),
  }),
  reply: z.object({}),
  dialect: 'lfs-link',
})
export const lfsDownload = operation({
  method: 'get',
  path: '/api/lfs/:link',
  action: 'repo.read',
  tag,
  summary: 'Download an LFS file, or a range of it, with a signed link.',
  params: linkParams,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'link',
})

const Lock = z.object({
  id: Id,
  path: z.string(),
  locked_at: Time,
  owner: z.object({ name: z.string() }),
})
const lockFields = { tag, dialect: 'lfs' } as const
export const listLocks = operation({
  ...lockFields,
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/locks',
  action: 'repo.read',
  summary: 'List file locks.',
  params: repoPrefixParams,
  query: z.object({
    path: z.string().max(4096).optional(),
    id: z.string().max(100).optional(),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    refspec: z.string().max(300).optional(),
  }),
  reply: z.object({ locks: z.array(Lock), next_cursor: z.string().optional() }),
})
export const createLock = operation({
  ...lockFields,
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/locks',
  action: 'repo.write',
  summary: 'Lock a file.',
  params: repoPrefixParams,
  body: z.object({ path: z.string().min(1).max(4096), ref: z.object({ name: z.string() }).nullable().optional() }),
  reply: z.object({ lock: Lock }),
  status: 201,
})
export const verifyLocks = operation({
  ...lockFields,
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/locks/verify',
  action: 'repo.write',
  summary: 'List your file locks and those of others. git-lfs calls this before a push.',
  params: repoPrefixParams,
  body: z.object({
    ref: z.object({ name: z.string() }).nullable().optional(),
    cursor: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  reply: z.object({ ours: z.array(Lock), theirs: z.array(Lock), next_cursor: z.string().optional() }),
  reads: true,
})
export const deleteLock = operation({
  ...lockFields,
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/info/lfs/locks/:id/unlock',
  action: 'repo.write',
  summary: 'Unlock a file. Use `force` to unlock a file that someone else locked.',
  params: repoPrefixParams.extend({ id: Id }),
  body: z.object({ force: z.boolean().optional(), ref: z.object({ name: z.string() }).nullable().optional() }),
  reply: z.object({ lock: Lock }),
})

export const LfsFile = z.object({
  fileOid: z.string().describe('SHA-256 of the content.'),
  filename: z
    .string()
    .describe('A path that has it now, or had it when it was pushed. Its SHA-256 if no commit has it.'),
  oid: z.string(),
  size: z.number().int(),
  pushedAt: Time,
  ref: z.string().optional().describe('A branch or tag that has it now.'),
  pusher: z
    .object({
      _id: Id,
      name: z.string(),
      fullname: z.string(),
      avatarUrl: z.string(),
      type: z.literal('user'),
      isPro: z.boolean(),
      isHf: z.boolean(),
      isHfAdmin: z.boolean(),
      isMod: z.boolean(),
    })
    .optional(),
})
export const listLfsFiles = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/lfs-files',
  action: 'repo.write',
  tag,
  summary: 'List the LFS files of a repository.',
  params: repoParams,
  query: z.object({
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    xet: queryBoolean.optional(),
  }),
  reply: z.array(LfsFile),
  kind: 'page',
  dialect: 'hub',
})
export const duplicateLfsFiles = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/lfs-files/duplicate',
  action: 'repo.duplicate',
  tag,
  summary: 'Copy LFS files to another repository, for a commit that follows there. Requires write access there.',
  params: repoParams,
  body: z.object({
    target: z.object({ type: RepoType, name: z.string().max(200).describe('`namespace/name`.') }),
    files: z
      .array(z.unknown())
      .max(500)
      .pipe(
        z.array(
          z.object({
            sha256: z.string().max(200),
            xetHash: z.string().max(200).optional(),
            filename: z.string().max(4096).optional(),
          }),
        ),
      ),
  }),
  reply: z.object({ failed: z.array(z.object({ sha256: z.string(), error: z.string() })) }),
  dialect: 'hub',
})
const rewriteHistory = 'Remove the files from all commits (default), or only from the current ones.'
export const deleteLfsFiles = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/lfs-files/batch',
  action: 'repo.write',
  tag,
  summary: 'Delete LFS files, and the files in the repository that use them.',
  params: repoParams,
  body: z.object({
    deletions: z.object({
      sha: z.array(z.string().max(200)).min(1).max(1000),
      rewriteHistory: z.boolean().optional().describe(rewriteHistory),
    }),
  }),
  reply: success,
  dialect: 'hub',
})
export const deleteLfsFile = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/lfs-files/:sha',
  action: 'repo.write',
  tag,
  summary: 'Delete one LFS file, and the files in the repository that use it.',
  params: repoParams.extend({ sha: z.string().max(200) }),
  query: z.object({ rewriteHistory: queryBoolean.optional().describe(rewriteHistory) }),
  reply: success,
  dialect: 'hub',
})
