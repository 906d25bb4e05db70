import { z } from 'zod'
import { operation } from './operation.ts'
import { orgParams, success, Time } from './shapes.ts'

const tag = 'Email domains'

/** A domain such as `example.org`, in lower case. */
export const DomainName = z
  .string()
  .max(253)
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/,
    'must be a domain, such as example.org',
  )
  .transform((domain) => domain.toLowerCase())
const domainParams = orgParams.extend({ domain: DomainName.describe('The domain, such as example.org.') })

/** A record to publish in the DNS. */
export const DnsRecord = z.object({ name: z.string(), type: z.literal('TXT'), value: z.string() })

export const EmailDomain = z.object({
  domain: z.string(),
  state: z
    .enum(['unverified', 'verified', 'failing'])
    .describe('`failing`: it was verified, and its record is not found any more; it counts until `graceEndsAt`.'),
  record: DnsRecord.describe('The record that verifies the domain.'),
  addedAt: Time,
  addedBy: z.string().nullable(),
  verifiedAt: Time.nullable().describe('Since when it counts as verified, without a break.'),
  checkedAt: Time.nullable().describe('When the DNS last answered, with the record or without it.'),
  graceEndsAt: Time.nullable(),
  problem: z.string().nullable().describe('What the latest check found instead of the record, in a sentence.'),
})
export type EmailDomain = z.infer<typeof EmailDomain>

export const listDomains = operation({
  method: 'get',
  path: '/api/organizations/:org/domains',
  action: 'domain.list',
  tag,
  summary: 'The email domains of an organization, with the records that verify them.',
  params: orgParams,
  reply: z.array(EmailDomain),
})

export const addDomain = operation({
  method: 'post',
  path: '/api/organizations/:org/domains',
  action: 'domain.create',
  tag,
  summary:
    'Let people with a verified address in a domain join with the default role; public mailbox providers are refused.',
  params: orgParams,
  body: z.strictObject({ domain: DomainName }),
  reply: EmailDomain,
  status: 201,
})

export const verifyDomain = operation({
  method: 'post',
  path: '/api/organizations/:org/domains/:domain/verify',
  action: 'domain.verify',
  tag,
  summary: 'Look the record up now. A domain is verified by one organization only; what was found is in the answer.',
  params: domainParams,
  body: z.strictObject({}),
  bodyOptional: true,
  reply: EmailDomain,
})

export const removeDomain = operation({
  method: 'delete',
  path: '/api/organizations/:org/domains/:domain',
  action: 'domain.remove',
  tag,
  summary: 'Close this door, and give up what its verification gave; who came in by it stays.',
  params: domainParams,
  reply: success,
})
