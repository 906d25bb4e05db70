import { z } from 'zod'
import { operation } from './operation.ts'
import { cursorQuery, Id, orgParams, RepoType, repoParams, success, Time } from './shapes.ts'

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
  isMember: z.boolean().describe('Is a member of the organization as well; of the two rights the higher counts.'),
})
export type Collaborator = z.infer<typeof Collaborator>

const params = repoParams.extend({ username: z.string().min(1).max(100).describe('User name.') })

export const listCollaborators = operation({
  method: 'get',
  path: '/api/:repoType/:namespace/:repo/collaborators',
  action: 'collaborator.list',
  tag,
  summary: 'People with a grant on this repository.',
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
  summary: 'The grant of one person.',
  params,
  reply: Collaborator,
})
export const setCollaborator = operation({
  method: 'put',
  path: '/api/:repoType/:namespace/:repo/collaborators/:username',
  action: 'collaborator.set',
  tag,
  summary: 'Give a person read or write access to this repository, a member or not, with or without an end date.',
  params,
  body: z.object({ role: CollaboratorRole, expiresAt: Time.nullable().optional() }),
  reply: Collaborator,
})
export const removeCollaborator = operation({
  method: 'delete',
  path: '/api/:repoType/:namespace/:repo/collaborators/:username',
  action: 'collaborator.remove',
  tag,
  summary: 'End the grant of one person; your own too.',
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
  summary: 'Every grant on a repository of the organization.',
  params: orgParams,
  query: cursorQuery.extend({
    search: z.string().max(200).optional().describe('Part of a user name or of a repository’s.'),
    external: z.enum(['true', 'false']).optional().describe('`true`: only those who are not members.'),
  }),
  reply: z.array(Grant),
  kind: 'page',
})
