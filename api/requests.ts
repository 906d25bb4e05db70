import { z } from 'zod'
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
  summary: 'How you could become a member: whether you may ask, and how your last request stands.',
  params: orgParams,
  reply: z.object({
    isMember: z.boolean(),
    domain: z.string().nullable().describe('The domain of the organization in which you have a verified address.'),
    mayJoin: z.boolean().describe('That address lets you in at once, with the default role.'),
    role: OrgRole.nullable().describe('The role you would join with at once; null where you may not.'),
    mayRequest: z.boolean().describe('The organization takes requests, and nothing stands against yours now.'),
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
  summary: 'Join an organization, or ask to, whichever it allows you.',
  params: orgParams,
  body: z.strictObject({ message: text(1000).optional().describe('Words for the admins who decide.') }),
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
  summary: 'Take your pending request back.',
  params: orgParams,
  reply: success,
})

export const listRequests = operation({
  method: 'get',
  path: '/api/organizations/:org/requests',
  action: 'request.list',
  tag: requestsTag,
  summary: 'Requests to join an organization, the newest first.',
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
  summary: 'Make the person a member; approving again does no harm.',
  params: orgIdParams,
  body: z.strictObject({ role: OrgRole.optional().describe('The default role of the organization unless said.') }),
  bodyOptional: true,
  reply: JoinRequest,
})

export const rejectRequest = operation({
  method: 'post',
  path: '/api/organizations/:org/requests/:id/reject',
  action: 'request.reject',
  tag: requestsTag,
  summary: 'Reject a request; the person may ask again after 30 days.',
  params: orgIdParams,
  body: z.strictObject({ reason: text(500).optional().describe('Told to the person.') }),
  bodyOptional: true,
  reply: JoinRequest,
})
