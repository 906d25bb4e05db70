import { z } from 'zod'
import { operation } from './operation.ts'
import { Repository } from './repos.ts'
import {
  Commit as CommitId,
  filePathParams,
  pathParams,
  queryBoolean,
  repoParams,
  revisionParams,
  Time,
} from './shapes.ts'

const tag = 'Files'

const LfsPointer = z.object({
  oid: z.string().describe('SHA-256 of the content.'),
  size: z.number().int(),
  pointerSize: z.number().int(),
})
export const LastCommit = z.object({ id: CommitId, title: z.string(), date: Time })
export const TreeEntry = z.object({
  type: z.enum(['file', 'directory', 'unknown']),
  oid: z.string().describe('ID of the blob or tree.'),
  size: z.number().int().describe('Size in bytes. For LFS files, the size of the content.'),
  path: z.string(),
  lfs: LfsPointer.optional(),
  xetHash: z.string().optional().describe('Name by which clients that use Xet copy an LFS file. Only in `paths-info`.'),
  lastCommit: LastCommit.optional(),
})
export type TreeEntry = z.infer<typeof TreeEntry>

export const CommitEntry = z.object({
  id: CommitId,
  title: z.string(),
  message: z.string(),
  authors: z.array(z.object({ user: z.string(), avatar: z.string().optional() })),
  date: Time,
  formatted: z.object({ title: z.string(), message: z.string().optional() }).optional(),
})
export type CommitEntry = z.infer<typeof CommitEntry>

export const FileChange = z.object({
  path: z.string(),
  oldPath: z.string().optional(),
  status: z.enum(['added', 'modified', 'deleted', 'renamed']),
  additions: z.number().int(),
  deletions: z.number().int(),
  binary: z.boolean(),
  patch: z.string().optional().describe('Unified diff, if the file is text and not too large.'),
})
export const CommitDetails = CommitEntry.extend({
  parents: z.array(CommitId),
  files: z.array(FileChange),
  truncated: z.boolean().describe('The list of changes is incomplete.'),
})
export type CommitDetails = z.infer<typeof CommitDetails>

const expandQuery = z.object({
  expand: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Return only these fields, and the IDs.'),
  blobs: queryBoolean.optional().describe('Include sizes and IDs of the files.'),
  securityStatus: queryBoolean.optional(),
})

export const getRepoInfo = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo',
  action: 'repo.view',
  tag: 'Repositories',
  summary: 'Get a repository: its files, card, and latest commit.',
  params: repoParams,
  query: expandQuery,
  repeated: ['expand'],
  reply: Repository.partial(),
  dialect: 'hub',
})

export const getRevision = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/revision/:rev',
  action: 'repo.view',
  tag: 'Repositories',
  summary: 'Get a repository at a revision.',
  params: revisionParams,
  query: expandQuery,
  repeated: ['expand'],
  reply: Repository.partial(),
  dialect: 'hub',
})

const treeQuery = z.object({
  recursive: queryBoolean.optional(),
  expand: queryBoolean.optional().describe('Include the last commit of each entry.'),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().max(8000).optional(),
})

export const listTree = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/tree/:rev/*',
  action: 'repo.read',
  tag,
  summary: 'List the files in a folder.',
  params: pathParams,
  query: treeQuery,
  reply: z.array(TreeEntry),
  kind: 'page',
  dialect: 'hub',
})
export const listRootTree = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/tree/:rev',
  action: 'repo.read',
  tag,
  summary: 'List the files in the root folder.',
  params: revisionParams,
  query: treeQuery,
  reply: z.array(TreeEntry),
  kind: 'page',
  dialect: 'hub',
})

export const pathsInfo = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/paths-info/:rev',
  action: 'repo.read',
  tag,
  summary: 'Get the type of each path: file or folder. Paths that don’t exist are left out.',
  params: revisionParams,
  body: z.object({
    paths: z.union([
      z
        .string()
        .max(4096)
        .transform((path) => [path]),
      z.array(z.string().max(4096)).max(1000),
    ]),
    expand: z.union([z.boolean(), queryBoolean]).optional(),
  }),
  reply: z.array(TreeEntry),
  dialect: 'hub',
  form: true,
  reads: true,
})

const Reference = z.object({ name: z.string(), ref: z.string(), targetCommit: CommitId })
export const listRefs = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/refs',
  action: 'repo.read',
  tag,
  summary: 'List branches and tags.',
  params: repoParams,
  query: z.object({ include_prs: queryBoolean.optional() }),
  reply: z.object({
    branches: z.array(Reference),
    tags: z.array(Reference),
    converts: z.array(Reference),
    pullRequests: z.array(Reference).optional(),
  }),
  dialect: 'hub',
})

const historyQuery = z.object({
  p: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('Page, starting at 0.'),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  expand: z.union([z.string(), z.array(z.string())]).optional(),
  file: z.string().max(4096).optional().describe('Only commits that touched this file or folder.'),
})

export const listCommits = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/commits/:rev',
  action: 'repo.read',
  tag,
  summary: 'List the commits of a revision, newest first. `X-Total-Count` contains the number of commits.',
  params: revisionParams,
  query: historyQuery,
  repeated: ['expand'],
  reply: z.array(CommitEntry),
  kind: 'page',
  dialect: 'hub',
})
export const listBranchCommits = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/commits/:rev/*',
  action: 'repo.read',
  tag,
  summary: 'The same, for a branch name with unescaped slashes.',
  params: pathParams.extend({ path: z.string().max(300).describe('The rest of the revision.') }),
  query: historyQuery,
  repeated: ['expand'],
  reply: z.array(CommitEntry),
  kind: 'page',
  dialect: 'hub',
})

export const getCommit = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/commit/:rev',
  action: 'repo.read',
  tag,
  summary: 'Get a commit with its author, message, and changes.',
  params: revisionParams,
  reply: CommitDetails,
})

export const compareRevisions = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/compare/*',
  action: 'repo.read',
  tag,
  summary: 'Compare two revisions, `a..b` or `a...b`, as a diff.',
  params: repoParams.extend({ path: z.string().max(700).describe('Two revisions with `..` or `...` between them.') }),
  query: z.object({ raw: queryBoolean.optional() }),
  reply: z.string(),
  dialect: 'hub',
})

export const treeSize = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/treesize/:rev/*',
  action: 'repo.read',
  tag,
  summary: 'Get the size of a folder.',
  params: pathParams,
  reply: z.object({ path: z.string(), size: z.number().int() }),
  dialect: 'hub',
})

export const checkRead = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/auth-check',
  action: 'repo.read',
  tag: 'Repositories',
  summary: 'Check whether you can read a repository.',
  params: repoParams,
  reply: z.object({}),
  dialect: 'hub',
})
export const checkWrite = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/auth-check/write',
  action: 'repo.write',
  tag: 'Repositories',
  summary: 'Check whether you can write to a repository.',
  params: repoParams,
  reply: z.object({}),
  dialect: 'hub',
})

const downloadQuery = z.object({
  download: queryBoolean.optional().describe('Download as a file instead of displaying it.'),
})

export const resolveFile = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/resolve/:rev/*',
  action: 'repo.read',
  cardAction: 'repo.view',
  tag,
  summary: 'Download a file or a range of it. For LFS files, you get the content.',
  params: filePathParams,
  query: downloadQuery,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'hub',
})
export const resolveCached = operation({
  method: 'get',
  path: '/api/resolve-cache/:repoType/:namespace/:repo/:rev/*',
  action: 'repo.read',
  cardAction: 'repo.view',
  tag,
  summary: 'The same at another address.',
  params: pathParams,
  query: downloadQuery,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'hub',
})
export const rawFile = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/raw/:rev/*',
  action: 'repo.read',
  cardAction: 'repo.view',
  tag,
  summary: 'Download a file as stored in Git. For LFS files, you get the pointer.',
  params: filePathParams,
  query: downloadQuery,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'hub',
})
