import { z } from 'zod'
import { operation } from './operation.ts'
import { Commit as CommitId, Id, repoParams, revisionParams, success, text } from './shapes.ts'

const tag = 'Commits'

export const preupload = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/preupload/:rev',
  action: 'repo.write',
  tag,
  summary: 'Check for each file whether to upload it with LFS or in the commit, and what exists now.',
  params: revisionParams,
  query: z.object({ create_pr: z.string().optional() }),
  body: z.object({
    files: z
      .array(
        z.object({
          path: z.string().max(4096),
          size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
          sample: z.string().max(2000).default('').describe('The first bytes, base64.'),
        }),
      )
      .max(1000),
    gitIgnore: z.string().max(500_000).optional(),
    gitAttributes: z.string().max(500_000).optional(),
  }),
  reply: z.object({
    files: z.array(
      z.object({
        path: z.string(),
        uploadMode: z.enum(['lfs', 'regular']),
        shouldIgnore: z.boolean(),
        oid: z.string().optional(),
      }),
    ),
    commitOid: CommitId.optional(),
  }),
  dialect: 'hub',
  reads: true,
})

export const CommitReply = z.object({
  success: z.literal(true),
  commitOid: CommitId,
  commitUrl: z.string(),
  hookOutput: z.string(),
})

export const createCommit = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/commit/:rev',
  action: 'repo.write',
  tag,
  summary: 'Commit changes to a branch. Send NDJSON with a header and one line per file.',
  details:
    'Lines are `{"key":"header","value":{"summary","description"?,"parentCommit"?}}`, then `file` {path, content, encoding}, `lfsFile` {path, algo, oid, size?}, `deletedFile`, `deletedFolder` or `deletedEntry` {path}. `file` and `lfsFile` can have an `oldPath`. With `parentCommit`, the commit is made only if the branch is still at this commit. Otherwise, the answer is `412`.',
  params: revisionParams,
  query: z.object({ create_pr: z.string().optional(), hot_reload: z.string().optional() }),
  reply: CommitReply,
  kind: 'bytes',
  dialect: 'hub',
})

export const createBranch = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/branch/:rev',
  action: 'repo.write',
  tag: 'Branches and tags',
  summary: 'Create a branch.',
  params: revisionParams,
  body: z.object({
    startingPoint: z.string().max(300).optional(),
    emptyBranch: z.boolean().optional(),
    overwrite: z.boolean().optional(),
  }),
  bodyOptional: true,
  reply: success,
  dialect: 'hub',
})
export const deleteBranch = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/branch/:rev',
  action: 'repo.write',
  tag: 'Branches and tags',
  summary: 'Delete a branch. You can’t delete `main`.',
  params: revisionParams,
  reply: success,
  dialect: 'hub',
})
export const createTag = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/tag/:rev',
  action: 'repo.write',
  tag: 'Branches and tags',
  summary: 'Tag a revision.',
  params: revisionParams,
  body: z.object({ tag: z.string().min(1).max(300), message: text(10_000).nullable().optional() }),
  reply: success,
  dialect: 'hub',
})
export const deleteTag = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/tag/:rev',
  action: 'repo.write',
  tag: 'Branches and tags',
  summary: 'Delete a tag.',
  params: revisionParams,
  reply: success,
  dialect: 'hub',
})
export const superSquash = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/super-squash/:rev',
  action: 'repo.write',
  tag,
  summary: 'Squash a branch into one commit without parents.',
  details:
    'Commits that no branch or tag leads to are deleted when nothing was written to the repository for 10 minutes. LFS files that only they used are deleted a day later.',
  params: revisionParams,
  body: z.object({ message: text(10_000).optional() }),
  bodyOptional: true,
  reply: z.object({
    commitId: CommitId,
    message: z.string().describe('When the earlier commits and their files are deleted.'),
  }),
  dialect: 'hub',
})

export const duplicateRepo = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/duplicate',
  action: 'repo.duplicate',
  tag: 'Repositories',
  summary: 'Copy a repository with its history and LFS files to a new name.',
  params: repoParams,
  body: z.object({
    repository: z.string().min(1).max(200).describe('`namespace/name` of the copy.'),
    private: z.boolean().nullable().optional(),
    visibility: z.enum(['public', 'private']).optional(),
    resourceGroupId: z.string().min(1).max(200).nullable().optional(),
  }),
  reply: z.object({ url: z.string(), id: Id }),
  dialect: 'hub',
})

const CardProblem = z.object({ message: z.string() })
export const validateCard = operation({
  method: 'post',
  path: '/api/validate-yaml',
  action: 'card.validate',
  tag,
  summary: 'Check the metadata of a card (`README.md`).',
  body: z.object({ content: z.string().max(900_000), repoType: z.string().max(20).optional() }),
  reply: z.object({ errors: z.array(CardProblem), warnings: z.array(CardProblem) }),
  dialect: 'hub',
  reads: true,
})
