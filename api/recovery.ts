import { z } from 'zod'
import { DnsRecord, DomainName } from './domains.ts'
import { operation } from './operation.ts'
import { Health } from './organizations.ts'
import { AnyCaseId, cursorQuery, Id, nothing, orgParams, Time, text } from './shapes.ts'

const tag = 'Recovery'
const Person = z.object({ user: z.string(), fullname: z.string(), avatarUrl: z.string() })

/** How somebody may come to be admin of an organization without one. */
export const RecoveryPath = z.enum(['successor', 'domain', 'operators'])
export type RecoveryPath = z.infer<typeof RecoveryPath>
export const PetitionState = z.enum(['open', 'waiting', 'done', 'vetoed', 'withdrawn', 'expired'])
export type PetitionState = z.infer<typeof PetitionState>

export const Petition = z.object({
  id: Id,
  organization: z.string(),
  path: RecoveryPath,
  state: PetitionState.describe('`open`: proof or confirmations are missing. `waiting`: all is there, the time runs.'),
  person: Person.describe('Who is to become admin.'),
  openedBy: z.string(),
  reason: z.string(),
  createdAt: Time,
  domain: z.string().nullable(),
  record: DnsRecord.nullable().describe('What has to stand in the DNS; told to the petitioner.'),
  proof: z.object({ found: z.boolean(), checkedAt: Time.nullable(), problem: z.string().nullable() }).nullable(),
  quorum: z.object({ needed: z.number().int(), confirmedBy: z.array(z.string()) }).nullable(),
  approvals: z.object({ needed: z.number().int(), approvedBy: z.array(z.string()) }).nullable(),
  coolDownDays: z.number().int(),
  effectiveAt: Time.nullable().describe('When it takes effect unless vetoed; null while something is missing.'),
  endedAt: Time.nullable(),
  endedBy: z.string().nullable(),
  timeline: z.array(z.object({ at: Time, what: z.string() })).describe('What happened and what is due, in order.'),
  may: z.array(z.enum(['confirm', 'veto', 'approve', 'check', 'withdraw'])),
})
export type Petition = z.infer<typeof Petition>

export const getRecovery = operation({
  method: 'get',
  path: '/api/organizations/:org/recovery',
  action: 'recovery.view',
  tag,
  summary: 'Whether the organization can be recovered, by which paths you could, and the petitions.',
  params: orgParams,
  reply: z.object({
    health: Health,
    usableAdmins: z.number().int(),
    isOpen: z.boolean(),
    why: z.string().describe('One sentence: why recovery is open, or why it is not.'),
    paths: z.array(
      z.object({ path: RecoveryPath, possible: z.boolean(), why: z.string(), domains: z.array(z.string()) }),
    ),
    petitions: z.array(Petition).describe('The latest first, at most 50.'),
    probation: z.object({ until: Time }).nullable().describe('While you are an admin by recovery, on probation.'),
  }),
})

export const openPetition = operation({
  method: 'post',
  path: '/api/organizations/:org/recovery',
  action: 'recovery.petition',
  tag,
  summary: 'Ask to become admin: as successor, or by proof of a domain of the organization.',
  params: orgParams,
  body: z.strictObject({
    path: RecoveryPath.exclude(['operators']),
    domain: DomainName.optional().describe('For the path `domain`: one that was verified before the loss.'),
    reason: text(1000).optional(),
  }),
  reply: Petition,
  status: 201,
})

const petitionParams = orgParams.extend({ id: AnyCaseId })
const step = (name: 'confirm' | 'veto' | 'check' | 'withdraw', summary: string) => ({
  method: 'post' as const,
  path: `/api/organizations/:org/recovery/:id/${name}`,
  tag,
  summary,
  params: petitionParams,
  body: nothing,
  bodyOptional: true,
  reply: Petition,
})

export const getPetition = operation({
  method: 'get',
  path: '/api/organizations/:org/recovery/:id',
  action: 'recovery.viewPetition',
  tag,
  summary: 'One petition with its timeline.',
  params: petitionParams,
  reply: Petition,
})
export const confirmPetition = operation({
  ...step('confirm', 'Confirm a petition, as a member with `write` or more; the petitioner does not count.'),
  action: 'recovery.confirm',
})
export const vetoPetition = operation({
  ...step('veto', 'Stop a petition, as any admin of the organization.'),
  action: 'recovery.veto',
})
export const checkProof = operation({
  ...step('check', 'Look for the record of a petition in the DNS now.'),
  action: 'recovery.check',
})
export const withdrawPetition = operation({
  ...step('withdraw', 'Take your own petition back.'),
  action: 'recovery.withdraw',
})

export const petitionAsOperator = operation({
  method: 'post',
  path: '/api/operator/organizations/:org/recovery',
  action: 'operator.petition',
  tag,
  summary:
    'Begin to make a person admin of an organization without one, as operator, with a written reason; a second operator approves.',
  params: orgParams,
  body: z.strictObject({
    username: z.string().max(100),
    reason: text(1000).pipe(z.string().min(10, 'must say why, in at least 10 characters')),
  }),
  reply: Petition,
  status: 201,
})
export const approvePetition = operation({
  method: 'post',
  path: '/api/operator/recovery/:id/approve',
  action: 'operator.approvePetition',
  tag,
  summary: 'Approve what another operator began.',
  params: z.object({ id: AnyCaseId }),
  body: nothing,
  bodyOptional: true,
  reply: Petition,
})
export const withdrawAsOperator = operation({
  method: 'post',
  path: '/api/operator/recovery/:id/withdraw',
  action: 'operator.withdrawPetition',
  tag,
  summary: 'Take back what operators began.',
  params: z.object({ id: AnyCaseId }),
  body: nothing,
  bodyOptional: true,
  reply: Petition,
})
export const listRecoveries = operation({
  method: 'get',
  path: '/api/operator/recovery',
  action: 'operator.listRecoveries',
  tag,
  summary: 'Petitions of every organization, the latest first.',
  query: cursorQuery,
  reply: z.array(Petition),
  kind: 'page',
})
