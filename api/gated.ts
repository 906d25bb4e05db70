import { z } from 'zod'
import { operation } from './operation.ts'
import {
  AnyCaseId,
  AnyTime,
  Commit,
  cursorQuery,
  Id,
  line,
  OrgRole,
  repoParams,
  repoPrefixParams,
  success,
  Time,
} from './shapes.ts'

// A gated repository: who can see it can read its metadata and card, but gets its files only with access that they asked for.

const tag = 'Gated repositories'

/** How a gate lets people in: `auto` accepts every request, `manual` leaves them to the authors. */
export const GateMode = z.enum(['auto', 'manual'])
export type GateMode = z.infer<typeof GateMode>

export const requestStates = ['pending', 'accepted', 'rejected'] as const
export const RequestState = z.enum(requestStates)
export type RequestState = z.infer<typeof RequestState>

export const fieldTypes = ['text', 'checkbox', 'date_picker', 'country', 'ip_location', 'select'] as const
/** One field of the form, as the card asks for it. */
export const GateField = z.object({
  name: z.string().describe('Its label, and the key of its answer.'),
  type: z
    .enum(fieldTypes)
    .describe('`ip_location`: filled in by the server, never shown. `date_picker`: a date such as `2030-01-31`.'),
  options: z
    .array(z.object({ label: z.string(), value: z.string() }))
    .optional()
    .describe('Of `select`. Answer with a value.'),
})
export type GateField = z.infer<typeof GateField>

/** What people see before they ask: the `extra_gated_*` metadata of the card on the main branch. */
export const GateForm = z.object({
  heading: z.string().nullable(),
  description: z.string().nullable(),
  prompt: z.string().nullable().describe('Markdown: the terms that people agree to.'),
  button: z.string().nullable(),
  fields: z.array(GateField),
  euDisallowed: z
    .boolean()
    .describe(
      'The card says that people in the European Union can’t get access. Enforced if `checksCountries` is true.',
    ),
})
export type GateForm = z.infer<typeof GateForm>

export const GateSettings = z.object({
  gated: z.union([z.literal(false), GateMode]),
  orgMembersGated: z
    .boolean()
    .describe(
      'Members of the organization have to ask too, except its admins, the creator of the repository, and admins of its resource group.',
    ),
  gatedNotificationsMode: z.enum(['real-time', 'bulk']).describe('`bulk`: one email a day.'),
  gatedNotificationsEmail: z
    .string()
    .nullable()
    .describe('Where notifications go. Null: to the first five admins, or the owner.'),
})
export type GateSettings = z.infer<typeof GateSettings>

/** Where the caller stands. `open`: the gate does not stop them, so that they need not ask. */
export const GateStanding = z.enum([
  'anonymous',
  'none',
  'pending',
  'accepted',
  'rejected',
  'expired',
  'unavailable',
  'open',
])
export type GateStanding = z.infer<typeof GateStanding>

export const Gate = z.object({
  mode: GateMode.nullable().describe('Null: the repository is not gated.'),
  state: GateStanding.describe(
    '`none`, `pending`, `accepted`, `rejected`, or `expired`: your request. `anonymous`: sign in first. `unavailable`: you can’t get access where you are. `open`: you have access without asking.',
  ),
  form: GateForm,
  requestedAt: Time.nullable(),
  reviewedAt: Time.nullable(),
  rejectionReason: z.string().nullable(),
  expiresAt: Time.nullable().describe('Until when your access lasts, or when it ended.'),
  organization: z.string().nullable().describe('The organization that your access was granted to.'),
  settings: GateSettings.nullable().describe('Only for people who review requests.'),
  counts: z
    .object({
      pending: z.number().int(),
      accepted: z.number().int(),
      rejected: z.number().int(),
      organizations: z.number().int(),
    })
    .nullable()
    .describe('Only for people who review requests. Each count stops at 10,000.'),
  checksCountries: z.boolean().describe('The instance can tell the countries of IP addresses.'),
})
export type Gate = z.infer<typeof Gate>

export const getGate = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/gate',
  action: 'gate.view',
  tag,
  summary: 'Get the gate of a repository: what people are asked for, and where you stand.',
  params: repoParams,
  reply: Gate,
  dialect: 'hub',
})

const Answers = z.record(z.string().max(1000), z.unknown())

export const requestAccess = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/user-access-request',
  action: 'gate.request',
  tag,
  summary: 'Request access to a gated repository.',
  details:
    'Every field of the form needs an answer; checkboxes must be `true`. With the mode `auto`, access is granted immediately. The reply is `409` while a request is pending or accepted. After a rejection, you can’t ask again.',
  params: repoParams,
  body: z.object({ fields: Answers.default({}) }),
  bodyOptional: true,
  reply: Gate,
  dialect: 'hub',
})

export const askAccess = operation({
  method: 'post',
  path: '/:repoPrefix/:namespace/:repo/ask-access',
  action: 'gate.request',
  tag,
  summary:
    'Request access with a form: the body holds the answers, by the names of the fields. Redirects to the repository.',
  params: repoPrefixParams,
  body: Answers.transform((fields) => ({ fields })),
  bodyOptional: true,
  form: true,
  reply: success,
  status: 303,
  kind: 'headed',
  dialect: 'hub',
})

export const cancelOwnRequest = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/user-access-request/cancel',
  action: 'gate.withdraw',
  tag,
  summary: 'Withdraw your pending request, or give up your access. You can ask again later.',
  params: repoParams,
  reply: success,
  dialect: 'hub',
})

const Person = z.object({
  _id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  isPro: z.boolean(),
  type: z.literal('user'),
})

export const AccessRequest = z.object({
  requestId: Id,
  user: Person.extend({
    email: z.string().optional().describe('Left out if access was granted without a request.'),
    verifiedOrgNames: z.array(z.string()),
  }),
  status: RequestState,
  timestamp: Time.describe('When it was requested, or granted without a request.'),
  fields: z.record(z.string(), z.string()).optional().describe('The answers, to the fields as they were asked then.'),
  grantedBy: Person.optional().describe(
    'Who accepted, rejected, or granted it. Left out if it was accepted automatically.',
  ),
  reviewedAt: Time.optional(),
  rejectionReason: z.string().optional(),
  expiresAt: Time.nullable().describe('Until when the access lasts. Null: permanently.'),
})
export type AccessRequest = z.infer<typeof AccessRequest>

export const listAccessRequests = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/user-access-request/:status',
  action: 'gate.review',
  tag,
  summary: 'List the access requests of a gated repository, newest first.',
  params: repoParams.extend({ status: RequestState }),
  query: z.object({
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
    cursor: cursorQuery.shape.cursor,
    after: AnyTime.optional().describe('Only those requested after this time.'),
    before: AnyTime.optional().describe('Only those requested before this time.'),
    search: z.string().max(200).optional().describe('Part of the username or full name.'),
  }),
  reply: z.array(AccessRequest),
  kind: 'page',
  dialect: 'hub',
})

const named = {
  user: z.string().min(1).max(100).optional().describe('Username. Give this, `userId`, or `requestId`.'),
  userId: AnyCaseId.optional(),
  requestId: AnyCaseId.optional(),
}
const decision = {
  status: RequestState.describe('`pending`: revokes the access or the rejection.'),
  rejectionReason: line(200).optional().describe('Only when rejecting. The person sees it.'),
}
const expiry = AnyTime.nullable().optional().describe('Until when the access lasts. Null or left out: permanently.')

export const handleAccessRequest = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/user-access-request/handle',
  action: 'gate.handle',
  tag,
  summary: 'Accept or reject a request, or take the decision back.',
  details: 'To change until when accepted access lasts, accept it again with `expiresAt`.',
  params: repoParams,
  body: z.object({ ...named, ...decision, expiresAt: expiry }),
  reply: AccessRequest,
  dialect: 'hub',
})

const Outcome = z.object({
  userId: z.string().optional(),
  user: z.string().optional(),
  requestId: z.string().optional(),
  ok: z.boolean(),
  error: z.enum(['user_not_found', 'request_not_found']).optional(),
})
export type BatchOutcome = z.infer<typeof Outcome>

export const handleAccessRequests = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/user-access-request/batch',
  action: 'gate.handle',
  tag,
  summary: 'Decide up to 1,000 requests together: all of them, or none.',
  details:
    'Those that already have the status stay as they are. If a person or request is not found, nothing changes: the reply is a `404` with `results`, one for each request.',
  params: repoParams,
  body: z.object({
    ...decision,
    expiresAt: expiry,
    requests: z
      .array(z.unknown())
      .min(1)
      .max(1000)
      .pipe(z.array(z.object(named))),
  }),
  reply: z.array(Outcome),
  dialect: 'hub',
})

export const grantAccess = operation({
  method: 'post',
  path: '/api/:repoType/:namespace/:repo/user-access-request/grant',
  action: 'gate.handle',
  tag,
  summary: 'Give a person access to a gated repository without a request.',
  params: repoParams,
  body: z.object({ user: named.user, userId: named.userId, expiresAt: expiry }),
  reply: AccessRequest,
  dialect: 'hub',
})

export const accessReport = operation({
  method: 'get',
  path: '/:repoPrefix/:namespace/:repo/user-access-report',
  action: 'gate.review',
  tag,
  summary: 'Download all access requests of a gated repository, as JSON or CSV.',
  params: repoPrefixParams,
  query: z.object({ format: z.enum(['json', 'csv']).default('json') }),
  reply: z.string(),
  kind: 'stream',
  dialect: 'hub',
})

export const OrganizationAccess = z.object({
  id: Id,
  organization: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  role: OrgRole.nullable().describe('The lowest role that has access. Null: every member.'),
  members: z.number().int().describe('How many people have access by it now.'),
  grantedBy: z.string().nullable(),
  grantedAt: Time,
  expiresAt: Time.nullable(),
})
export type OrganizationAccess = z.infer<typeof OrganizationAccess>

const grantee = repoParams.extend({
  grantee: z.string().min(1).max(100).describe('Name of the organization that has the access.'),
})

export const listOrganizationAccess = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/gate/organizations',
  action: 'gate.review',
  tag,
  summary: 'List the organizations whose members have access to a gated repository.',
  params: repoParams,
  reply: z.array(OrganizationAccess),
  dialect: 'hub',
})

export const grantOrganizationAccess = operation({
  method: 'put',
  path: '/api/:repoType/:namespace/:repo/gate/organizations/:grantee',
  action: 'gate.handle',
  tag,
  summary: 'Give the members of an organization access to a gated repository, or change it.',
  details: 'The access of a person ends when they leave the organization, or when their role is too low.',
  params: grantee,
  body: z.object({
    role: OrgRole.nullable().optional().describe('The lowest role that gets access.'),
    expiresAt: expiry,
  }),
  reply: OrganizationAccess,
  dialect: 'hub',
})

export const revokeOrganizationAccess = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/gate/organizations/:grantee',
  action: 'gate.handle',
  tag,
  summary: 'Revoke the access of an organization.',
  params: grantee,
  reply: success,
  dialect: 'hub',
})

export const listOrganizationAccessMembers = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/gate/organizations/:grantee/members',
  action: 'gate.review',
  tag,
  summary: 'List the people who have access through their organization.',
  details: 'Members who are hidden, or selected by their role, are only counted for people outside.',
  params: grantee,
  query: cursorQuery,
  reply: z.array(Person),
  kind: 'page',
  dialect: 'hub',
})

export const DownloadRecord = z.object({
  user: z.string(),
  userId: Id,
  fullname: z.string(),
  via: z.enum(['file', 'lfs', 'git']).describe('`git`: a clone or fetch. `lfs`: a file in Git LFS, by its SHA-256.'),
  path: z.string().nullable().describe('Null for `git`.'),
  revision: Commit.nullable(),
  firstAt: Time,
  lastAt: Time,
  requests: z.number().int().describe('How many requests it took that day, parts of files included.'),
})
export type DownloadRecord = z.infer<typeof DownloadRecord>

export const listGateDownloads = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/gate/downloads',
  action: 'gate.review',
  tag,
  summary: 'List who downloaded what from a gated repository, newest first: one record a person, file, and day.',
  details: 'Records appear within a minute, and are kept for 400 days.',
  params: repoParams,
  query: cursorQuery.extend({ user: z.string().max(100).optional().describe('Only those of this username.') }),
  reply: z.array(DownloadRecord),
  kind: 'page',
  dialect: 'hub',
})

export const exportGateDownloads = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/gate/downloads/export',
  action: 'gate.review',
  tag,
  summary: 'Download the records of downloads, as CSV or JSON.',
  params: repoParams,
  query: z.object({ format: z.enum(['json', 'csv']).default('csv') }),
  reply: z.string(),
  kind: 'stream',
  dialect: 'hub',
})
