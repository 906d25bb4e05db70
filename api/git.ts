import { z } from 'zod'
import { operation } from './operation.ts'
import { repoPrefixParams } from './shapes.ts'

const tag = 'Git'

export const infoRefs = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/info/refs',
  action: 'repo.read',
  tag,
  summary: 'List the references for a Git fetch or push.',
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
  summary: 'Fetch or clone with Git.',
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
  summary: 'Push with Git.',
  params: repoPrefixParams,
  reply: z.string(),
  kind: 'bytes',
  dialect: 'git',
})
