import { z } from 'zod'
import { operation } from './operation.ts'
import { revisionParams } from './shapes.ts'

const tag = 'Xet'

export const xetWriteToken = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/xet-write-token/:rev',
  action: 'repo.write',
  tag,
  summary: 'Get the address and a short-lived token to upload large files by Xet.',
  details: 'The headers `X-Xet-Cas-Url`, `X-Xet-Access-Token`, and `X-Xet-Token-Expiration` have the same values.',
  params: revisionParams,
  query: z.object({ create_pr: z.string().optional() }),
  reply: z.object({
    casUrl: z.string(),
    accessToken: z.string(),
    exp: z.number().int().describe('Unix time in seconds.'),
  }),
  kind: 'headed',
  dialect: 'hub',
  secret: true,
})

const casParams = z.object({ cas: z.string().max(100).describe('The last part of `casUrl`.') })
const xorbParams = casParams.extend({ xorb: z.string().max(200).describe('Hash of the xorb.') })
const upload = {
  method: 'post',
  action: 'repo.write',
  tag,
  kind: 'bytes',
  dialect: 'cas',
} as const

export const grantXorb = operation({
  ...upload,
  path: '/xet/:cas/v1/xorb-grants/default/:xorb',
  summary: 'Check whether a xorb was uploaded. `404` if it has to be sent.',
  params: xorbParams,
  reply: z.object({}),
  reads: true,
})
export const uploadXorb = operation({
  ...upload,
  path: '/xet/:cas/v1/xorbs/default/:xorb',
  summary: 'Upload a xorb. The body is checked against its hash.',
  params: xorbParams,
  reply: z.object({ was_inserted: z.boolean() }),
})
export const registerFiles = operation({
  ...upload,
  path: '/xet/:cas/v1/shards',
  summary: 'Register files that consist of uploaded xorbs. They are then LFS files that a commit can use.',
  params: casParams,
  reply: z.object({ result: z.number().int().describe('`0` if all files were known before.') }),
})
export const streamRegistration = operation({
  ...upload,
  path: '/xet/:cas/v2/shards',
  summary: 'Register files in the same way, and stream the progress as NDJSON.',
  details: 'The last line has the type `result` or `error`.',
  params: casParams,
  reply: z.string(),
})

export const resetXet = operation({
  method: 'post',
  path: '/api/operator/repositories/reset-xet',
  action: 'operator.resetXet',
  tag,
  summary: 'Have clients forget what they uploaded by Xet. Use it after you restored a backup.',
  details: 'Clients remember for three weeks which data a repository has, and don’t send it again.',
  body: z.strictObject({}),
  bodyOptional: true,
  reply: z.object({ repositories: z.number().int() }),
})
