import { z } from 'zod'
import { AuditEvent, Verdict, verifyQuery } from './audit.ts'
import { EmailAddress } from './email-address.ts'
import { GateSettings } from './gated.ts'
import { operation } from './operation.ts'
import { Health } from './organizations.ts'
import {
  cursorQuery,
  Id,
  idParams,
  line,
  nothing,
  OrgRole,
  orgParams,
  Password,
  Plan,
  RepoType,
  success,
  Time,
  userParams,
} from './shapes.ts'
import { DefaultLimit } from './storage.ts'
import { NewToken, tokenFields } from './tokens.ts'

const tag = 'Instance'

export const InstanceSettings = z.object({
  name: z.string(),
  signUp: z.enum(['open', 'invited', 'sso']).describe('Who can create an account.'),
  organizationCreation: z.enum(['everyone', 'operators']).describe('Who can create organizations.'),
  defaultPlan: Plan.describe('The plan of new organizations.'),
  currency: z.string().describe('Currency of seat prices (ISO 4217).'),
  seatPrices: z
    .object({ team: z.number().int(), enterprise: z.number().int(), plus: z.number().int() })
    .describe('Monthly price of one seat, in hundredths of the currency. No payment is taken.'),
  storageLimits: z
    .object({
      accounts: DefaultLimit.describe('Of each account.'),
      openSignUp: DefaultLimit.describe('Of accounts from open sign-up, and of the organizations that they create.'),
      organizations: DefaultLimit.describe('Of each organization.'),
    })
    .describe('Default storage limits in bytes; null for no limit.'),
})
export type InstanceSettings = z.infer<typeof InstanceSettings>

const Price = z.number().int().min(0).max(100_000_000)

export const getInstanceSettings = operation({
  method: 'get',
  path: '/api/operator/settings',
  action: 'operator.viewSettings',
  tag,
  summary: 'Get the settings of the instance.',
  reply: InstanceSettings,
})
export const updateInstanceSettings = operation({
  method: 'patch',
  path: '/api/operator/settings',
  action: 'operator.updateSettings',
  tag,
  summary: 'Change the settings of the instance.',
  body: z.strictObject({
    name: line(60).pipe(z.string().min(1)).optional(),
    signUp: InstanceSettings.shape.signUp.optional(),
    organizationCreation: InstanceSettings.shape.organizationCreation.optional(),
    defaultPlan: Plan.optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be three uppercase letters, such as EUR')
      .optional(),
    seatPrices: z
      .strictObject({ team: Price.optional(), enterprise: Price.optional(), plus: Price.optional() })
      .optional(),
    storageLimits: z
      .strictObject({
        accounts: DefaultLimit.optional(),
        openSignUp: DefaultLimit.optional(),
        organizations: DefaultLimit.optional(),
      })
      .optional(),
  }),
  reply: InstanceSettings,
})

export const operatorHealth = operation({
  method: 'get',
  path: '/api/operator/health',
  action: 'operator.viewHealth',
  tag,
  summary: 'Get the health of the instance.',
  reply: z.object({
    version: z.string(),
    startedAt: Time,
    publicUrl: z.string(),
    memoryBytes: z.number().int(),
    database: z.object({ kind: z.enum(['embedded', 'external']), version: z.string(), sizeBytes: z.number().int() }),
    jobs: z.object({ waiting: z.number().int(), failed: z.number().int() }),
    mail: z.object({ configured: z.boolean(), queued: z.number().int(), failed: z.number().int() }),
    counts: z.object({
      people: z.number().int(),
      organizations: z.number().int(),
      repositories: z.number().int(),
      adminless: z.number().int(),
    }),
  }),
})

export const Person = z.object({
  id: Id,
  name: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  isOperator: z.boolean(),
  state: z.enum(['active', 'suspended', 'deprovisioned', 'deleted']),
  twoFactorEnabled: z.boolean(),
  createdAt: Time,
  organizations: z.number().int(),
})
export const listPeople = operation({
  method: 'get',
  path: '/api/operator/people',
  action: 'operator.listPeople',
  tag,
  summary: 'List all accounts.',
  query: cursorQuery.extend({ search: z.string().max(200).optional() }),
  reply: z.array(Person),
  kind: 'page',
})
export const createPerson = operation({
  method: 'post',
  path: '/api/operator/people',
  action: 'operator.createPerson',
  tag,
  summary: 'Create an account with a verified address.',
  body: z.strictObject({
    username: z.string(),
    fullname: line(100).optional(),
    email: EmailAddress,
    password: Password.optional().describe('If omitted, the person gets an email with a link to set one.'),
    operator: z.boolean().optional(),
  }),
  reply: Person,
  status: 201,
})
export const updatePerson = operation({
  method: 'patch',
  path: '/api/operator/people/:username',
  action: 'operator.updatePerson',
  tag,
  summary: 'Suspend or reactivate an account, or change whether it is a site admin.',
  details:
    'A suspended person loses all access immediately. If the person was the last active admin, the first successor who can become active admin takes over.',
  params: userParams,
  body: z.strictObject({ suspended: z.boolean().optional(), operator: z.boolean().optional() }),
  reply: Person,
})
export const createTokenFor = operation({
  method: 'post',
  path: '/api/operator/people/:username/tokens',
  action: 'operator.createToken',
  tag,
  summary: 'Create an access token for an account. Only from the command line on the server.',
  params: userParams,
  body: z.strictObject(tokenFields),
  reply: NewToken,
  status: 201,
})

export const OperatorOrganization = z.object({
  id: Id,
  name: z.string(),
  fullname: z.string(),
  plan: Plan,
  seatLimit: z.number().int().nullable().describe('Seat limit; null for no limit.'),
  members: z.number().int(),
  usableAdmins: z.number().int(),
  health: Health,
  createdAt: Time,
  deletedAt: Time.nullable(),
})
export const listOrganizations = operation({
  method: 'get',
  path: '/api/operator/organizations',
  action: 'operator.listOrganizations',
  tag,
  summary: 'List all organizations, including deleted ones.',
  query: cursorQuery.extend({ search: z.string().max(200).optional() }),
  reply: z.array(OperatorOrganization),
  kind: 'page',
})
export const createOrganizationFor = operation({
  method: 'post',
  path: '/api/operator/organizations',
  action: 'operator.createOrganization',
  tag,
  summary: 'Create an organization with its first admin.',
  body: z.strictObject({
    name: z.string(),
    fullname: line(100).optional(),
    admin: z.string().max(100),
    plan: Plan.optional(),
  }),
  reply: OperatorOrganization,
  status: 201,
})
export const updateOrganizationPlan = operation({
  method: 'patch',
  path: '/api/operator/organizations/:org',
  action: 'operator.updateOrganization',
  tag,
  summary: 'Change the plan or the seat limit of an organization.',
  details:
    'A limit below the current use removes no members. But no one can join, and on paid plans no one can be invited.',
  params: orgParams,
  body: z.strictObject({
    plan: Plan.optional(),
    seatLimit: z.number().int().min(0).max(1_000_000).nullable().optional(),
  }),
  reply: OperatorOrganization,
})
export const addMemberFor = operation({
  method: 'post',
  path: '/api/operator/organizations/:org/members',
  action: 'operator.addMember',
  tag,
  summary: 'Add an account to an organization.',
  params: orgParams,
  body: z.strictObject({ username: z.string().max(100), role: OrgRole }),
  reply: z.object({ user: z.string(), organization: z.string(), role: OrgRole }),
  status: 201,
})

export const Mail = z.object({
  id: Id,
  to: z.string(),
  subject: z.string(),
  hasSecret: z.boolean().describe('Its text holds a link that opens something to the person who has it.'),
  isBlank: z.boolean().describe('Its text is no longer kept: it was delivered, or its link has expired or was used.'),
  state: z.enum(['queued', 'sent', 'kept', 'failed']),
  createdAt: Time,
  sentAt: Time.nullable(),
  error: z.string().nullable(),
})
export const listOutbox = operation({
  method: 'get',
  path: '/api/operator/outbox',
  action: 'operator.listOutbox',
  tag,
  summary: 'List emails in the outbox, newest first, without their texts.',
  secret: true,
  query: cursorQuery.extend({ search: z.string().max(200).optional() }),
  reply: z.array(Mail),
  kind: 'page',
})
export const MailText = z.object({ text: z.string(), html: z.string() })
export const readMail = operation({
  method: 'post',
  path: '/api/operator/outbox/:id/read',
  action: 'operator.readMail',
  tag,
  summary: 'Read an email in the outbox, with the secret of its link left out. Recorded in the audit log.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: MailText,
  secret: true,
})
export const revealMail = operation({
  method: 'post',
  path: '/api/operator/outbox/:id/reveal',
  action: 'operator.revealMail',
  tag,
  summary: 'Read an email in the outbox, with the secret of its link. Recorded in the audit log.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: MailText,
  secret: true,
})
export const retryMail = operation({
  method: 'post',
  path: '/api/operator/outbox/:id/retry',
  action: 'operator.retryMail',
  tag,
  summary: 'Resend an email that failed or was not sent.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: success,
})

export const instanceAuditLog = operation({
  method: 'get',
  path: '/api/operator/audit-log',
  action: 'operator.viewAuditLog',
  tag,
  summary: 'Search events of accounts and of the instance, newest first.',
  query: cursorQuery.extend({ q: z.string().max(1000).optional() }),
  reply: z.array(AuditEvent),
  kind: 'page',
})

export const verifyInstanceLog = operation({
  method: 'get',
  path: '/api/operator/audit-log/verify',
  action: 'operator.viewAuditLog',
  tag,
  summary: 'Check the log of the instance: recompute the chain of hashes, check its seals, and name the first break.',
  query: verifyQuery,
  reply: Verdict,
})

export const fillDemo = operation({
  method: 'post',
  path: '/api/operator/demo',
  action: 'operator.fillDemo',
  tag,
  summary: 'Load the demo: 42 people, 12 repositories, and 4 resource groups. Works only once.',
  body: nothing,
  bodyOptional: true,
  reply: z.object({ organizations: z.array(z.string()), people: z.number().int(), repositories: z.number().int() }),
})

export const listOwnerless = operation({
  method: 'get',
  path: '/api/operator/ownerless',
  action: 'operator.listOwnerless',
  tag,
  summary: 'List repositories without an owner: those of accounts that were deleted.',
  query: cursorQuery,
  reply: z.array(
    z.object({
      id: Id,
      type: RepoType,
      name: z.string().describe('`namespace/name`.'),
      private: z.boolean(),
      gated: GateSettings.shape.gated,
      storage: z.number().int().describe('Size in bytes, including LFS.'),
      updatedAt: Time,
    }),
  ),
  kind: 'page',
})
export const deleteOwnerless = operation({
  method: 'delete',
  path: '/api/operator/ownerless/:id',
  action: 'operator.deleteOwnerless',
  tag,
  summary: 'Delete a repository without an owner.',
  params: idParams,
  reply: success,
})
export const transferOwnerless = operation({
  method: 'post',
  path: '/api/operator/ownerless/:id/transfer',
  action: 'operator.transferOwnerless',
  tag,
  summary: 'Transfer a public repository without an owner to an account or organization.',
  details:
    'Private ones can only be deleted. In an organization in which all repositories are private, it becomes private.',
  params: idParams,
  body: z.strictObject({ toRepo: z.string().min(1).max(200).describe('`namespace/name`.') }),
  reply: success,
})

export const checkRepositories = operation({
  method: 'get',
  path: '/api/operator/repositories/check',
  action: 'operator.checkRepositories',
  tag,
  summary: 'Check repositories with Git, and check that their large files are complete.',
  query: cursorQuery.extend({ limit: z.coerce.number().int().min(1).max(20).default(20) }),
  reply: z.array(
    z.object({
      id: z.string().describe('`namespace/name`.'),
      type: RepoType,
      folder: z.string().describe('Below `repositories/` in the data folder.'),
      problems: z.array(z.string()).describe('Empty if there are no problems.'),
    }),
  ),
  kind: 'page',
})

export const rotateKey = operation({
  method: 'post',
  path: '/api/operator/secret-key/rotate',
  action: 'operator.rotateKey',
  tag,
  summary:
    'Replace the secret key of the instance. Everything that is encrypted with it is encrypted again. The old key is deleted after 15 minutes.',
  details: 'Only on the server, where the key is in `secret.key` and one process uses the database.',
  body: nothing,
  bodyOptional: true,
  reply: z.object({
    fingerprint: z.string().describe('ID of the new key.'),
    resealed: z.number().int().describe('Number of values that were encrypted again.'),
  }),
})
