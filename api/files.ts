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
  oid: z.string().describe('Id of the blob or tree.'),
  size: z.number().int().describe('Bytes; of the content itself where it is in LFS.'),
  path: z.string(),
  lfs: LfsPointer.optional(),
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
  patch: z.string().optional().describe('The change as a unified diff, where it is text and not too long.'),
})
export const CommitDetails = CommitEntry.extend({
  parents: z.array(CommitId),
  files: z.array(FileChange),
  truncated: z.boolean().describe('More changed than is told.'),
})
export type CommitDetails = z.infer<typeof CommitDetails>

const expandQuery = z.object({
  expand: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Answer only these fields (besides the ids).'),
  blobs: queryBoolean.optional().describe('Sizes and ids of the files too.'),
  securityStatus: queryBoolean.optional(),
})

export const getRepoInfo = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo',
  action: 'repo.view',
  tag: 'Repositories',
  summary: 'A repository: its files, its card, its latest commit.',
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
  summary: 'A repository as of a revision.',
  params: revisionParams,
  query: expandQuery,
  repeated: ['expand'],
  reply: Repository.partial(),
  dialect: 'hub',
})

const treeQuery = z.object({
  recursive: queryBoolean.optional(),
  expand: queryBoolean.optional().describe('The last commit of each entry too.'),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().max(8000).optional(),
})

export const listTree = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/tree/:rev/*',
  action: 'repo.read',
  tag,
  summary: 'What is in a folder.',
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
  summary: 'What is in the top folder.',
  params: revisionParams,
  query: treeQuery,
  reply: z.array(TreeEntry),
  kind: 'page',
  dialect: 'hub',
})

// As older Python clients write it into a form.
const formBoolean = z.enum(['True', 'False']).transform((value) => value === 'True')

export const pathsInfo = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/paths-info/:rev',
  action: 'repo.read',
  tag,
  summary: 'Tells of each path whether it is a file or a folder; those that are not there are left out.',
  params: revisionParams,
  body: z.object({
    paths: z.union([
      z
        .string()
        .max(4096)
        .transform((path) => [path]),
      z.array(z.string().max(4096)).max(1000),
    ]),
    expand: z.union([z.boolean(), queryBoolean, formBoolean]).optional(),
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
  summary: 'Branches and tags.',
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
  p: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('Page, from 0.'),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  expand: z.union([z.string(), z.array(z.string())]).optional(),
  file: z.string().max(4096).optional().describe('Only commits that touched this file or folder.'),
})

export const listCommits = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/commits/:rev',
  action: 'repo.read',
  tag,
  summary: 'History of a revision, newest first; `X-Total-Count` says how many commits there are.',
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
  summary: 'The same where the slashes of a branch stand in the address as they are.',
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
  summary: 'One commit: who, when, why, and what it changed.',
  params: revisionParams,
  reply: CommitDetails,
})

export const compareRevisions = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/compare/*',
  action: 'repo.read',
  tag,
  summary: 'What changed between two revisions, `a..b` or `a...b`, as a diff.',
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
  summary: 'Bytes of a folder with everything in it.',
  params: pathParams,
  reply: z.object({ path: z.string(), size: z.number().int() }),
  dialect: 'hub',
})

export const checkRead = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/auth-check',
  action: 'repo.read',
  tag: 'Repositories',
  summary: 'Whether you may read the content of a repository.',
  params: repoParams,
  reply: z.object({}),
  dialect: 'hub',
})
export const checkWrite = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/auth-check/write',
  action: 'repo.write',
  tag: 'Repositories',
  summary: 'Whether you may change the content of a repository.',
  params: repoParams,
  reply: z.object({}),
  dialect: 'hub',
})

const downloadQuery = z.object({ download: queryBoolean.optional().describe('To be saved, not shown.') })

export const resolveFile = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/resolve/:rev/*',
  action: 'repo.read',
  tag,
  summary: 'Download a file, or a range of it; where it is kept in LFS, the content itself.',
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
  tag,
  summary: 'The same under another address.',
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
  tag,
  summary: 'Download a file as it stands in git; where it is kept in LFS, the pointer.',
  params: filePathParams,
  query: downloadQuery,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'hub',
})
