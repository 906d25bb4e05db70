import { z } from 'zod'
import { operation } from './operation.ts'
import { Time } from './shapes.ts'

export const RateLimit = z.object({
  bucket: z
    .enum(['api', 'resolvers', 'pages'])
    .describe('`api` for API requests, `resolvers` for downloads and Git requests.'),
  limit: z.number().int().describe('Requests that you can make within 5 minutes.'),
  used: z.number().int().describe('Requests since the window began, give or take 1% of the limit.'),
  resetAt: Time.describe('When the window ends.'),
})
export type RateLimit = z.infer<typeof RateLimit>

export const listRateLimits = operation({
  method: 'get',
  path: '/api/settings/rate-limits',
  action: 'account.view',
  tag: 'Accounts',
  summary: 'List your rate limits and what you have used of them. An empty list means no limits.',
  details:
    'All sessions and tokens of your account count together. Responses say what is left in the `RateLimit` header.',
  reply: z.array(RateLimit),
})
