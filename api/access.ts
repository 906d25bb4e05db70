import { z } from 'zod'
import { operation, type Target } from './operation.ts'
import { GroupRole, GroupRoleSource, Id, MemberSource, OrgRole, orgParams, Time, Withheld } from './shapes.ts'

const tag = 'Access'

/** What gives someone a right. */
export const Ground = z.object({
  kind: z
    .enum([
      'anyone',
      'account',
      'operator',
      'console',
      'membership',
      'group_role',
      'collaborator',
      'ownership',
      'public',
      'gate',
      'provisioning',
    ])
    .describe(
      '`group_role`: a role in a resource group. `collaborator`: access to this one repository. `gate`: access to the files of a gated repository.',
    ),
  id: Id.nullable().describe('ID of the account, membership, resource group, or repository that gives the access.'),
  role: OrgRole.optional(),
  source: z.union([MemberSource, GroupRoleSource]).optional().describe('How it was given.'),
  since: Time.optional(),
  grantedBy: z.string().nullable().optional(),
  until: Time.nullable().optional(),
  sentence: z.string(),
  link: z.string().nullable().describe('Path of the page where you can change it.'),
})
export type Ground = z.infer<typeof Ground>

const Person = z.object({ _id: Id, user: z.string(), fullname: z.string(), avatarUrl: z.string() })

const repoField = z
  .string()
  .max(200)
  .regex(/^(?:(?:models|datasets|spaces)\/)?[^/]+\/[^/]+$/, 'must be like acme/name, or datasets/acme/name')
  .describe('A repository: `acme/name`, `datasets/acme/name`, or `spaces/acme/name`.')
const groupField = z.string().min(1).max(200).describe('A resource group, by ID or name.')
const actionField = z.string().max(60).describe('An action from the permissions reference, for example `repo.write`.')

/** The repository that a field names. */
function repoNamed(text: unknown): Target['repo'] {
  if (typeof text !== 'string') return undefined
  const [name = '', namespace = '', plural = 'models'] = text.split('/').reverse()
  return { type: plural.slice(0, -1) as NonNullable<Target['repo']>['type'], namespace, name }
}

function locateAccess(input: Record<string, unknown>): Target {
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : undefined)
  return {
    org: text('org'),
    group: text('group'),
    subject: text('user'),
    // Naming both is refused when the question is read.
    subjectToken: input.user === undefined ? text('token') : undefined,
    repo: repoNamed(input.repo),
  }
}

export const Explanation = z.object({
  user: Person,
  token: z.object({ id: Id, role: z.string(), last4: z.string() }).nullable(),
  action: z.string(),
  target: z.object({ kind: z.enum(['organization', 'group', 'repository']), id: Id, name: z.string() }),
  allowed: z.boolean(),
  code: z.string().nullable().describe('The error code that the person would get; null if allowed.'),
  sentence: z.string(),
  grounds: z.array(Ground).describe('Each one is sufficient. Empty if refused.'),
  blockedBy: z
    .array(Withheld)
    .describe('All reasons why access that the person has doesn’t count here. Empty if it does.'),
  changes: z.array(z.string()).describe('What would change the result, one sentence each.'),
})
export type Explanation = z.infer<typeof Explanation>

export const explainAccess = operation({
  method: 'get',
  path: '/api/organizations/:org/access/explain',
  action: 'access.explain',
  tag,
  summary: 'Explain why a person or token can or cannot do something.',
  details:
    'Name a `user` or a `token`, an `action`, and a `repo` or `group`, or neither for the organization itself. Admins can ask about anyone, group admins about their group, and everyone about themselves.',
  params: orgParams,
  query: z.object({
    user: z.string().max(42).optional(),
    token: Id.optional().describe('ID of an access token.'),
    repo: repoField.optional(),
    group: groupField.optional(),
    member: z.string().max(42).optional().describe('The member, for actions on a member.'),
    action: actionField,
  }),
  reply: Explanation,
  locate: locateAccess,
})

const Holder = Person.extend({ role: OrgRole.nullable(), grounds: z.array(Ground) })

const ServiceToken = z.object({
  id: Id,
  name: z.string(),
  last4: z.string(),
  account: z.string().describe('Username of the service account, or of the organization for its API token.'),
  grounds: z.array(Ground),
})

export const WhoCan = z.object({
  action: z.string(),
  repository: z.object({ id: Id, type: z.string(), name: z.string(), private: z.boolean() }),
  anonymous: z.boolean().describe('Anyone can, without signing in.'),
  siteAdmins: z
    .number()
    .int()
    .describe('Site admins of the instance. This gives them no role here, but they run the server.'),
  tokens: z
    .number()
    .int()
    .nullable()
    .describe(
      'Personal access tokens of members and collaborators that the organization trusts. Only on the first page. 10,000 means 10,000 or more.',
    ),
  serviceTokens: z
    .array(ServiceToken)
    .nullable()
    .describe('Tokens of service accounts, and the organization API token. Only on the first page, and 200 at most.'),
  organizations: z
    .array(z.string())
    .describe(
      'Organizations whose members can, too, but are not in `people`: they hide their members, or only some of their roles have access.',
    ),
  people: z.array(Holder),
  next: z.string().nullable().describe('The `cursor` of the next page.'),
})
export type WhoCan = z.infer<typeof WhoCan>

const whoCanQuery = z.object({ repo: repoField, action: actionField.default('repo.read') })

export const whoCan = operation({
  method: 'get',
  path: '/api/organizations/:org/access/who-can',
  action: 'access.whoCan',
  tag,
  summary: 'List the people who can do something with a repository, and why.',
  details: 'For admins of the organization, and admins of the resource group of the repository.',
  params: orgParams,
  query: whoCanQuery.extend({
    search: z.string().max(200).optional().describe('Part of the username or full name.'),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: WhoCan,
  locate: locateAccess,
})

export const exportWhoCan = operation({
  method: 'get',
  path: '/api/organizations/:org/access/who-can/export',
  action: 'access.whoCan',
  tag,
  summary: 'Download the list as CSV, with one line for each reason of each person.',
  params: orgParams,
  query: whoCanQuery,
  reply: z.string(),
  kind: 'stream',
  locate: locateAccess,
})

export const ReachedRepository = z.object({
  id: Id,
  type: z.string(),
  name: z.string(),
  private: z.boolean(),
  role: OrgRole.nullable().describe(
    'The highest role in the repository; null if it is only readable because it is public.',
  ),
  can: z.array(z.enum(['read', 'write', 'manage'])),
  group: z.object({ id: Id, name: z.string(), role: GroupRole.nullable() }).nullable(),
  grounds: z.array(Ground),
})
export type ReachedRepository = z.infer<typeof ReachedRepository>

export const listReach = operation({
  method: 'get',
  path: '/api/organizations/:org/access/repositories',
  action: 'access.explain',
  tag,
  summary: 'List the repositories of the organization that a person can access, with their role and how they got it.',
  details:
    'Admins can ask about anyone, group admins about the repositories of their `group`, and everyone about themselves.',
  params: orgParams,
  query: z.object({
    user: z.string().max(42),
    group: groupField.optional(),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.array(ReachedRepository),
  kind: 'page',
  locate: locateAccess,
})
