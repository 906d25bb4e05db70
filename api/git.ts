import { z } from 'zod'
import { operation } from './operation.ts'
import { repoPrefixParams } from './shapes.ts'

const tag = 'Git'

export const infoRefs = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/info/refs',
  action: 'repo.read',
  tag,
  summary: 'What git asks first: the references, for a fetch or a push.',
  params: repoPrefixParams,
  query: z.object({ service: z.string().max(100).optional() }),
  reply: z.string(),
  kind: 'bytes',
  dialect: 'git',
})
export const uploadPack = operation({
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/git-upload-pack',
  action: 'repo.read',
  tag,
  summary: 'A fetch or clone by git.',
  params: repoPrefixParams,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'git',
  reads: true,
})
export const receivePack = operation({
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/git-receive-pack',
  action: 'repo.write',
  tag,
  summary: 'A push by git.',
  params: repoPrefixParams,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'git',
})
