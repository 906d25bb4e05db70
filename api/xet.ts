import { z } from 'zod'
import { operation } from './operation.ts'
import { revisionParams } from './shapes.ts'

const tag = 'Xet'
const token = {
  method: 'get',
  tag,
  details: 'The headers `X-Xet-Cas-Url`, `X-Xet-Access-Token`, and `X-Xet-Token-Expiration` have the same values.',
  params: revisionParams,
  reply: z.object({
    casUrl: z.string(),
    accessToken: z.string(),
    exp: z.number().int().describe('Unix time in seconds.'),
  }),
  kind: 'headed',
  dialect: 'hub',
  secret: true,
} as const

export const xetWriteToken = operation({
  ...token,
  path: '/api/:repoType/:namespace/:repo/xet-write-token/:rev',
  action: 'repo.write',
  summary: 'Get the address and a short-lived token to upload large files by Xet.',
  query: z.object({ create_pr: z.string().optional() }),
})
export const xetReadToken = operation({
  ...token,
  path: '/api/:repoType/:namespace/:repo/xet-read-token/:rev',
  action: 'repo.read',
  summary: 'Get the address and a short-lived token to download LFS files by Xet.',
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

export const reconstructFile = operation({
  method: 'get',
  path: '/xet/:cas/v2/reconstructions/:file',
  action: 'repo.read',
  tag,
  summary: 'Get the addresses of the data of an LFS file, or of a range of it.',
  details: 'Without a `Range` header, the addresses of the whole file.',
  params: casParams.extend({ file: z.string().max(200).describe('The `xetHash` that `paths-info` has of the file.') }),
  reply: z.object({
    offset_into_first_range: z.number().int(),
    terms: z.array(z.unknown()),
    xorbs: z.record(z.string(), z.unknown()),
  }),
  kind: 'bytes',
  dialect: 'cas',
})
export const readXetData = operation({
  method: 'get',
  path: '/api/xet/:link',
  action: 'repo.read',
  tag,
  summary: 'Download a part of an LFS file as chunks, with a signed link.',
  params: z.object({ link: z.string().max(1000).describe('The signed part of the link.') }),
  reply: z.string(),
  kind: 'bytes',
  dialect: 'data',
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
