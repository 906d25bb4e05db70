import { z } from 'zod'
import { operation } from './operation.ts'
import { success } from './shapes.ts'

/** How many leaked values one report can have. */
export const mostLeaked = 1000

export const revokeLeaked = operation({
  method: 'post',
  path: '/api/credentials/revoke',
  action: 'token.reportLeak',
  tag: 'Access tokens',
  summary: 'Report leaked access tokens. Those that exist are deleted, and their owners get an email.',
  details:
    'For secret scanners. No authentication is needed: having the value is the proof. The answer is always the same, so it doesn’t reveal which values exist.',
  body: z.object({
    credentials: z
      .array(z.string().min(1).max(200))
      .min(1, 'must have at least one value')
      .max(mostLeaked)
      .describe('Values of access tokens or refresh tokens.'),
  }),
  reply: success,
  status: 202,
  dialect: 'open',
})
