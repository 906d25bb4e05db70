import { z } from 'zod'
import { DnsRecord } from './domains.ts'
import { DomainName } from './email-address.ts'
import { operation } from './operation.ts'
import { Health } from './organizations.ts'
import { AnyCaseId, cursorQuery, Id, nothing, orgParams, Time, text } from './shapes.ts'

const tag = 'Recovery'
const Person = z.object({ user: z.string(), fullname: z.string(), avatarUrl: z.string() })

/** How someone may come to be admin of an organization without one. */
export const RecoveryPath = z.enum(['successor', 'domain', 'operators'])
export type RecoveryPath = z.infer<typeof RecoveryPath>
export const RecoveryRequestState = z.enum(['open', 'waiting', 'done', 'vetoed', 'withdrawn', 'expired'])
export type RecoveryRequestState = z.infer<typeof RecoveryRequestState>

export const RecoveryRequest = z.object({
  id: Id,
  organization: z.string(),
  path: RecoveryPath,
  state: RecoveryRequestState.describe(
    '`open`: the DNS record or confirmations are missing. `waiting`: the waiting period has started.',
  ),
  person: Person.describe('The person who becomes admin.'),
  openedBy: z.string(),
  reason: z.string(),
  createdAt: Time,
  domain: z.string().nullable(),
  record: DnsRecord.nullable().describe('The DNS record to publish. Shown only to the requester.'),
  proof: z.object({ found: z.boolean(), checkedAt: Time.nullable(), problem: z.string().nullable() }).nullable(),
  quorum: z.object({ needed: z.number().int(), confirmedBy: z.array(z.string()) }).nullable(),
  approvals: z.object({ needed: z.number().int(), approvedBy: z.array(z.string()) }).nullable(),
  coolDownDays: z.number().int(),
  effectiveAt: Time.nullable().describe(
    'When it takes effect unless an admin objects; null while something is missing.',
  ),
  endedAt: Time.nullable(),
  endedBy: z.string().nullable(),
  timeline: z.array(z.object({ at: Time, what: z.string() })).describe('Past and upcoming steps, in order.'),
  may: z.array(z.enum(['confirm', 'veto', 'approve', 'check', 'withdraw'])),
})
export type RecoveryRequest = z.infer<typeof RecoveryRequest>

export const getRecovery = operation({
  method: 'get',
  path: '/api/organizations/:org/recovery',
  action: 'recovery.view',
  tag,
  summary: 'Get whether the organization can be recovered, your ways to do so, and its recovery requests.',
  params: orgParams,
  reply: z.object({
    health: Health,
    usableAdmins: z.number().int(),
    isOpen: z.boolean(),
    why: z.string().describe('Why recovery is or isn’t possible, in one sentence.'),
    paths: z.array(
      z.object({ path: RecoveryPath, possible: z.boolean(), why: z.string(), domains: z.array(z.string()) }),
    ),
    recoveryRequests: z.array(RecoveryRequest).describe('The latest first, at most 50.'),
    probation: z.object({ until: Time }).nullable().describe('End of your probation after a recovery.'),
  }),
})

export const openRecoveryRequest = operation({
  method: 'post',
  path: '/api/organizations/:org/recovery',
  action: 'recovery.request',
  tag,
  summary: 'Open a recovery request to become admin, as a successor or with an email domain of the organization.',
  params: orgParams,
  body: z.strictObject({
    path: RecoveryPath.exclude(['operators']),
    domain: DomainName.optional().describe('For the path `domain`: a domain that was verified before the loss.'),
    reason: text(1000).optional(),
  }),
  reply: RecoveryRequest,
  status: 201,
})

const recoveryRequestParams = orgParams.extend({ id: AnyCaseId })
const step = (name: 'confirm' | 'veto' | 'check' | 'withdraw', summary: string) => ({
  method: 'post' as const,
  path: `/api/organizations/:org/recovery/:id/${name}`,
  tag,
  summary,
  params: recoveryRequestParams,
  body: nothing,
  bodyOptional: true,
  reply: RecoveryRequest,
})

export const getRecoveryRequest = operation({
  method: 'get',
  path: '/api/organizations/:org/recovery/:id',
  action: 'recovery.viewRequest',
  tag,
  summary: 'Get a recovery request with its timeline.',
  params: recoveryRequestParams,
  reply: RecoveryRequest,
})
export const confirmRecoveryRequest = operation({
  ...step('confirm', 'Confirm a recovery request, as a member with `write` or higher; the requester does not count.'),
  action: 'recovery.confirm',
})
export const vetoRecoveryRequest = operation({
  ...step('veto', 'Stop a recovery request, as any admin of the organization (an objection).'),
  action: 'recovery.veto',
})
export const checkProof = operation({
  ...step('check', 'Check the DNS record of a recovery request now.'),
  action: 'recovery.check',
})
export const withdrawRecoveryRequest = operation({
  ...step('withdraw', 'Withdraw your own recovery request.'),
  action: 'recovery.withdraw',
})

export const requestRecoveryAsOperator = operation({
  method: 'post',
  path: '/api/operator/organizations/:org/recovery',
  action: 'operator.requestRecovery',
  tag,
  summary: 'Open a recovery request as a site admin, with a reason. A second site admin approves it.',
  params: orgParams,
  body: z.strictObject({
    username: z.string().max(100),
    reason: text(1000).pipe(z.string().min(10, 'must be at least 10 characters')),
  }),
  reply: RecoveryRequest,
  status: 201,
})
export const approveRecoveryRequest = operation({
  method: 'post',
  path: '/api/operator/recovery/:id/approve',
  action: 'operator.approveRecovery',
  tag,
  summary: 'Approve a recovery request of another site admin.',
  params: z.object({ id: AnyCaseId }),
  body: nothing,
  bodyOptional: true,
  reply: RecoveryRequest,
})
export const withdrawAsOperator = operation({
  method: 'post',
  path: '/api/operator/recovery/:id/withdraw',
  action: 'operator.withdrawRecovery',
  tag,
  summary: 'Withdraw a recovery request of site admins.',
  params: z.object({ id: AnyCaseId }),
  body: nothing,
  bodyOptional: true,
  reply: RecoveryRequest,
})
export const listRecoveries = operation({
  method: 'get',
  path: '/api/operator/recovery',
  action: 'operator.listRecoveries',
  tag,
  summary: 'List the recovery requests of all organizations, latest first.',
  query: cursorQuery,
  reply: z.array(RecoveryRequest),
  kind: 'page',
})
