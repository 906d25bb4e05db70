import { z } from 'zod'
import { LinkRole } from './joining.ts'
import { operation } from './operation.ts'
import { AnyCaseId, cursorQuery, Id, OrgRole, orgParams, success, Time, text } from './shapes.ts'

const requestsTag = 'Requests to join'
const orgIdParams = orgParams.extend({ id: AnyCaseId })
const Person = z.object({ user: z.string(), fullname: z.string(), avatarUrl: z.string() })

export const RequestState = z.enum(['pending', 'approved', 'rejected', 'withdrawn'])
export type RequestState = z.infer<typeof RequestState>

export const JoinRequest = z.object({
  id: Id,
  user: Person,
  message: z.string(),
  source: z.enum(['request', 'domain']).describe('Asked, or came by an address in a domain that takes approval.'),
  inviteLink: z
    .object({ id: Id, label: z.string(), last4: z.string(), role: LinkRole })
    .nullable()
    .describe('The invite link that no longer worked, if the person asked on its page.'),
  state: RequestState,
  role: OrgRole.nullable().describe('The role given.'),
  reason: z.string(),
  createdAt: Time,
  decidedAt: Time.nullable(),
  decidedBy: z.string().nullable(),
})
export type JoinRequest = z.infer<typeof JoinRequest>

export const getDoors = operation({
  method: 'get',
  path: '/api/organizations/:org/join',
  action: 'org.viewDoors',
  tag: requestsTag,
  summary: 'Get whether you can join or request to join, and the state of your last request.',
  params: orgParams,
  reply: z.object({
    isMember: z.boolean(),
    domain: z.string().nullable().describe('The domain of the organization in which you have a verified address.'),
    mayJoin: z.boolean().describe('With this address, you can join immediately with the default role.'),
    role: OrgRole.nullable().describe('The role that you would join with immediately; null if you can’t.'),
    mayRequest: z.boolean().describe('The organization accepts requests, and you can send one now.'),
    mustVerify: z.boolean().describe('You could request to join if you verified your email address first.'),
    request: z
      .object({ id: Id, state: RequestState, reason: z.string(), createdAt: Time, mayAskAgainAt: Time.nullable() })
      .nullable()
      .describe('Your latest request.'),
  }),
})

export const joinOrganization = operation({
  method: 'post',
  path: '/api/organizations/:org/join',
  action: 'org.join',
  tag: requestsTag,
  summary: 'Join an organization, or request to join, depending on its settings.',
  params: orgParams,
  body: z.strictObject({ message: text(1000).optional().describe('Message for the admins who decide.') }),
  bodyOptional: true,
  reply: z.object({
    outcome: z.enum(['joined', 'requested']),
    role: OrgRole.nullable(),
    request: Id.nullable(),
  }),
})

export const withdrawRequest = operation({
  method: 'delete',
  path: '/api/organizations/:org/join',
  action: 'org.withdrawRequest',
  tag: requestsTag,
  summary: 'Withdraw your pending request.',
  params: orgParams,
  reply: success,
})

export const listRequests = operation({
  method: 'get',
  path: '/api/organizations/:org/requests',
  action: 'request.list',
  tag: requestsTag,
  summary: 'List the requests to join an organization, newest first.',
  params: orgParams,
  query: cursorQuery.extend({ state: RequestState.optional() }),
  reply: z.array(JoinRequest),
  kind: 'page',
})

export const approveRequest = operation({
  method: 'post',
  path: '/api/organizations/:org/requests/:id/approve',
  action: 'request.approve',
  tag: requestsTag,
  summary: 'Approve a request. The person becomes a member. Approving again changes nothing.',
  params: orgIdParams,
  body: z.strictObject({ role: OrgRole.optional().describe('Default: the default role of the organization.') }),
  bodyOptional: true,
  reply: JoinRequest,
})

export const rejectRequest = operation({
  method: 'post',
  path: '/api/organizations/:org/requests/:id/reject',
  action: 'request.reject',
  tag: requestsTag,
  summary: 'Reject a request. The person can ask again after 30 days.',
  params: orgIdParams,
  body: z.strictObject({ reason: text(500).optional().describe('Sent to the person.') }),
  bodyOptional: true,
  reply: JoinRequest,
})
