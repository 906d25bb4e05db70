import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyTime, cursorQuery, Id, orgParams, queryBoolean, RepoType, repoParams, success, Time } from './shapes.ts'

const tag = 'Collaborators'

export const CollaboratorRole = z.enum(['read', 'write'])
export type CollaboratorRole = z.infer<typeof CollaboratorRole>

export const Collaborator = z.object({
  _id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  role: CollaboratorRole,
  expiresAt: Time.nullable(),
  addedAt: Time,
  addedBy: z.string().nullable(),
  isMember: z.boolean().describe('Also a member of the organization. The higher access counts.'),
})
export type Collaborator = z.infer<typeof Collaborator>

const params = repoParams.extend({ username: z.string().min(1).max(100).describe('Username.') })

export const listCollaborators = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/collaborators',
  action: 'collaborator.list',
  tag,
  summary: 'List the collaborators of a repository.',
  params: repoParams,
  query: cursorQuery,
  reply: z.array(Collaborator),
  kind: 'page',
})
export const getCollaborator = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/collaborators/:username',
  action: 'collaborator.list',
  tag,
  summary: 'Get the collaborator access of one person.',
  params,
  reply: Collaborator,
})
export const setCollaborator = operation({
  method: 'put',
  path: '/api/:repoType/:namespace/:repo/collaborators/:username',
  action: 'collaborator.set',
  tag,
  summary: 'Give a member or non-member read or write access to a repository, permanently or until a date.',
  params,
  body: z.object({ role: CollaboratorRole, expiresAt: AnyTime.nullable().optional() }),
  reply: Collaborator,
})
export const removeCollaborator = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/collaborators/:username',
  action: 'collaborator.remove',
  tag,
  summary: 'Remove a collaborator. You can also remove yourself.',
  params,
  reply: success,
})

export const Grant = Collaborator.extend({
  repo: z.object({ id: z.string(), type: RepoType, private: z.boolean() }),
})
export type Grant = z.infer<typeof Grant>
export const listOrganizationCollaborators = operation({
  method: 'get',
  path: '/api/organizations/:org/collaborators',
  action: 'collaborator.listOrg',
  tag,
  summary: 'List the collaborators of all repositories of an organization.',
  params: orgParams,
  query: cursorQuery.extend({
    search: z.string().max(200).optional().describe('Part of a username or repository name.'),
    external: queryBoolean.optional().describe('`true`: only those who are not members.'),
  }),
  reply: z.array(Grant),
  kind: 'page',
})
