import { z } from 'zod'
import { DomainName } from './email-address.ts'
import { operation } from './operation.ts'
import { orgParams, success, Time } from './shapes.ts'

const tag = 'Email domains'

const domainParams = orgParams.extend({ domain: DomainName.describe('The domain, for example example.org.') })

/** A record to publish in the DNS. */
export const DnsRecord = z.object({ name: z.string(), type: z.literal('TXT'), value: z.string() })

export const EmailDomain = z.object({
  domain: z.string(),
  state: z
    .enum(['unverified', 'verified', 'failing'])
    .describe('`failing`: the domain was verified, but the record is missing. It stays verified until `graceEndsAt`.'),
  record: DnsRecord.describe('The record that verifies the domain.'),
  addedAt: Time,
  addedBy: z.string().nullable(),
  verifiedAt: Time.nullable().describe('Since when it has been verified without interruption.'),
  checkedAt: Time.nullable().describe('When the DNS last answered, with or without the record.'),
  graceEndsAt: Time.nullable(),
  problem: z.string().nullable().describe('What the latest check found instead of the record.'),
})
export type EmailDomain = z.infer<typeof EmailDomain>

export const listDomains = operation({
  method: 'get',
  path: '/api/organizations/:org/domains',
  action: 'domain.list',
  tag,
  summary: 'List the email domains of an organization, with their DNS TXT records.',
  params: orgParams,
  reply: z.array(EmailDomain),
})

export const addDomain = operation({
  method: 'post',
  path: '/api/organizations/:org/domains',
  action: 'domain.create',
  tag,
  summary:
    'Add an email domain. People with a verified address in it can join with the default role. Public mailbox providers are refused.',
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
  summary: 'Check the DNS record now. Only one organization can verify a domain. The response contains what was found.',
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
  summary: 'Remove an email domain and its verification. Members who joined with it stay.',
  params: domainParams,
  reply: success,
})
