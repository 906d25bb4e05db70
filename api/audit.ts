import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, orgParams, queryBoolean, Time } from './shapes.ts'

const tag = 'Audit log'

export const AuditEvent = z.object({
  _id: Id,
  createdAt: Time,
  type: z.string(),
  message: z.string(),
  author: z.object({
    _id: Id,
    user: z.string(),
    avatarUrl: z.string(),
    type: z.enum(['user', 'system']),
    deleted: z.boolean().optional(),
  }),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  token: z
    .object({
      type: z.literal('access_token'),
      id: z.string(),
      role: z.enum(['read', 'write', 'fineGrained']).optional(),
      last4: z.string().optional(),
      deleted: z.boolean(),
    })
    .optional(),
  data: z
    .object({ chain: z.object({ seq: z.number().int(), prevHash: z.string(), hash: z.string() }) })
    .catchall(z.unknown()),
})
export type AuditEvent = z.infer<typeof AuditEvent>

const q = z
  .string()
  .max(1000)
  .optional()
  .describe(
    'Words and filters: `author:name`, `ip:127.0.0.0`, `type:org.change_role`, `token:1a2b` (ID or last four characters), `after:2026-01-31`, `before:…`.',
  )
const from = { cursor: z.string().max(500).optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) }

export const searchAuditLog = operation({
  method: 'get',
  path: '/api/organizations/:org/audit-log',
  action: 'audit.search',
  tag,
  summary: 'Search the audit log, newest first.',
  params: orgParams,
  query: z.object({ q, includeExports: queryBoolean.optional(), ...from }),
  reply: z.array(AuditEvent),
  kind: 'page',
})
export const exportAuditLog = operation({
  method: 'get',
  path: '/api/organizations/:org/audit-log/export',
  action: 'audit.export',
  tag,
  summary: 'Export all matching events, oldest first, as a JSON array or CSV. The export is recorded as an event.',
  params: orgParams,
  query: z.object({ q, format: z.enum(['json', 'csv']).default('json') }),
  reply: z.array(AuditEvent),
  kind: 'stream',
  changes: true,
  dialect: 'hub',
})
const contains = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a hash of 64 hexadecimal digits')
  .optional()
  .describe('A hash that you noted earlier: the log must still contain it.')
/** What a check of a log is asked with, and what it answers. */
export const verifyQuery = z.object({ contains })
export const Verdict = z.object({
  intact: z.boolean(),
  events: z.number().int(),
  head: z.string().nullable(),
  firstBreak: z.object({ seq: z.number().int(), reason: z.string() }).nullable(),
  endProven: z.boolean(),
})
export const verifyAuditLog = operation({
  method: 'get',
  path: '/api/organizations/:org/audit-log/verify',
  action: 'audit.verify',
  tag,
  summary: 'Verify the hash chain and its seals, and report the first break.',
  params: orgParams,
  query: verifyQuery,
  reply: Verdict,
})
