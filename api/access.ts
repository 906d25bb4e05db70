import { z } from 'zod'
import { operation, type Target } from './operation.ts'
import { GroupRole, GroupRoleSource, Id, MemberSource, OrgRole, orgParams, Time } from './shapes.ts'

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
    ])
    .describe('`group_role`: a role in a resource group. `collaborator`: access to this one repository.'),
  id: Id.nullable().describe('Of the account, membership, resource group, or repository that gives the right.'),
  role: OrgRole.optional(),
  source: z.union([MemberSource, GroupRoleSource]).optional().describe('How it was given.'),
  since: Time.optional(),
  grantedBy: z.string().nullable().optional(),
  until: Time.nullable().optional(),
  sentence: z.string(),
  link: z.string().nullable().describe('The page on which it can be changed, as a path of this instance.'),
})
export type Ground = z.infer<typeof Ground>

const Person = z.object({ _id: Id, user: z.string(), fullname: z.string(), avatarUrl: z.string() })

const repoField = z
  .string()
  .max(200)
  .regex(/^(?:(?:models|datasets|spaces)\/)?[^/]+\/[^/]+$/, 'must be like acme/name, or datasets/acme/name')
  .describe('A repository: `acme/name`, `datasets/acme/name`, or `spaces/acme/name`.')
const actionField = z.string().max(60).describe('An action of the permissions reference, such as `repo.write`.')

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
  code: z.string().nullable().describe('The error code that the person would get; null where it is allowed.'),
  sentence: z.string(),
  grounds: z.array(Ground).describe('Each is enough by itself; empty where it is refused.'),
  changes: z.array(z.string()).describe('What would change the answer, a sentence each.'),
})
export type Explanation = z.infer<typeof Explanation>

export const explainAccess = operation({
  method: 'get',
  path: '/api/organizations/:org/access/explain',
  action: 'access.explain',
  tag,
  summary: 'Why a person or a token may do something, or why not.',
  details:
    'Name a `user` or a `token`, an `action`, and what it is about: a `repo`, a `group`, or else the organization itself. Admins may ask about anybody, group admins within their group, and everybody about themselves.',
  params: orgParams,
  query: z.object({
    user: z.string().max(42).optional(),
    token: Id.optional().describe('The ID of an access token: what it may do.'),
    repo: repoField.optional(),
    group: z.string().min(1).max(200).optional().describe('A resource group, by ID or name.'),
    member: z.string().max(42).optional().describe('For actions on a member: which member.'),
    action: actionField,
  }),
  reply: Explanation,
  locate: locateAccess,
})

const Holder = Person.extend({ role: OrgRole.nullable(), grounds: z.array(Ground) })

export const WhoCan = z.object({
  action: z.string(),
  repository: z.object({ id: Id, type: z.string(), name: z.string(), private: z.boolean() }),
  anonymous: z.boolean().describe('Everybody may, without signing in.'),
  siteAdmins: z
    .number()
    .int()
    .describe('Site admins of the instance. They have no role here by that, but they run the server.'),
  tokens: z
    .number()
    .int()
    .nullable()
    .describe(
      'Personal access tokens of members and collaborators that the organization trusts; on the first page only. 10,000 means 10,000 or more.',
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
  summary: 'The people who may do something with a repository, and why.',
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
  summary: 'The same as CSV: one line for each ground of each person.',
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
  role: OrgRole.nullable().describe('The highest role there; null where only the public may read it.'),
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
  summary: 'The repositories of the organization that a person can reach, with role and how.',
  params: orgParams,
  query: z.object({
    user: z.string().max(42),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.array(ReachedRepository),
  kind: 'page',
  locate: locateAccess,
})
