import { z } from 'zod'
import { operation } from './operation.ts'
import { OrgSettings, OrgSettingsInput } from './organization-settings.ts'
import {
  avatarQuery,
  dryRun,
  Id,
  line,
  maxPictureBodyBytes,
  nothing,
  OrgRole,
  orgParams,
  Picture,
  Plan,
  Problems,
  SsoMode,
  success,
  Time,
  text,
  Withheld,
} from './shapes.ts'

const tag = 'Organizations'

/** How well an organization is guarded against losing its last admin. */
export const Health = z.enum(['healthy', 'at_risk', 'adminless'])

export const Organization = z.object({
  id: Id,
  name: z.string(),
  fullname: z.string(),
  details: z.string(),
  website: z.string(),
  avatarUrl: z.string(),
  isVerified: z.boolean(),
  plan: Plan,
  createdAt: Time,
  role: OrgRole.nullable().describe('Your role; null if you aren’t a member.'),
  blockedBy: z.array(Withheld).describe('All reasons why your role has no effect at the moment. Empty if it has.'),
  sso: z
    .object({
      mode: SsoMode,
      isSignedIn: z.boolean().describe('Whether you have an SSO session: in this browser, or any with a token.'),
      breakGlassUntil: Time.nullable().describe('End of your break-glass session in this browser.'),
    })
    .optional()
    .describe('For members of organizations that use single sign-on (SSO).'),
  numUsers: z.number().int().optional(),
  health: Health.optional().describe('For members with `read` or more.'),
  setupChecklist: z.boolean().optional().describe('Whether its page shows the setup checklist. For admins.'),
  may: z.array(z.string()).describe('Actions from the permissions reference that you can take on this organization.'),
  mayGrant: z.array(OrgRole).describe('The roles that you can give to others.'),
  mayActOn: z.array(OrgRole).describe('The roles whose members you can change, if you can change roles.'),
})
export type Organization = z.infer<typeof Organization>

export const createOrganization = operation({
  method: 'post',
  path: '/api/organizations',
  action: 'org.create',
  tag,
  summary: 'Create an organization. You become its first admin.',
  body: z.strictObject({ name: z.string(), fullname: line(100).optional(), details: text(2000).optional() }),
  reply: Organization,
  status: 201,
})

export const getOrganization = operation({
  method: 'get',
  path: '/api/organizations/:org',
  action: 'org.view',
  tag,
  summary: 'Get an organization, your role, and what you can do.',
  params: orgParams,
  reply: Organization,
})

export const updateOrganization = operation({
  method: 'patch',
  path: '/api/organizations/:org',
  action: 'org.update',
  tag,
  summary: 'Change the profile, or rename by `name`. The old name redirects here for 90 days.',
  params: orgParams,
  body: z.strictObject({
    name: z.string().optional(),
    fullname: line(100).optional(),
    details: text(2000).optional(),
    website: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(300)]).optional(),
  }),
  reply: Organization,
})

export const deleteOrganization = operation({
  method: 'delete',
  path: '/api/organizations/:org',
  action: 'org.delete',
  tag,
  summary: 'Delete an organization. Its admins can restore it for 30 days.',
  params: orgParams,
  query: dryRun,
  body: z.strictObject({ confirm: z.string().optional().describe('The name of the organization.') }),
  bodyOptional: true,
  reply: z.object({
    success: z.boolean(),
    dryRun: z.boolean(),
    restorableUntil: Time,
    loses: z.object({ members: z.number().int(), repositories: z.number().int(), resourceGroups: z.number().int() }),
  }),
})

export const restoreOrganization = operation({
  method: 'post',
  path: '/api/organizations/:org/restore',
  action: 'org.restore',
  tag,
  summary: 'Restore a deleted organization within 30 days, as a former admin or a site admin.',
  params: orgParams,
  body: nothing,
  bodyOptional: true,
  reply: success,
})

export const organizationOverview = operation({
  method: 'get',
  path: '/api/organizations/:org/overview',
  action: 'org.view',
  tag,
  summary: 'Get the public profile of an organization.',
  params: orgParams,
  reply: z.object({
    _id: Id,
    avatarUrl: z.string(),
    name: z.string(),
    fullname: z.string(),
    details: z.string().optional(),
    isVerified: z.boolean(),
    isFollowing: z.boolean(),
    numUsers: z.number().int().optional(),
    numModels: z.number().int(),
    numSpaces: z.number().int(),
    numDatasets: z.number().int(),
    numFollowers: z.number().int(),
    plan: z.enum(['team', 'enterprise', 'plus']).optional(),
  }),
  dialect: 'hub',
})

export const organizationFollowers = operation({
  method: 'get',
  path: '/api/organizations/:org/followers',
  action: 'org.view',
  tag,
  summary: 'Followers are not supported. Always an empty list.',
  params: orgParams,
  reply: z.array(z.unknown()),
  dialect: 'hub',
})

export const organizationSocials = operation({
  method: 'get',
  path: '/api/organizations/:org/socials',
  action: 'org.view',
  tag,
  summary: 'Social handles of an organization. Not supported, always empty.',
  params: orgParams,
  reply: z.object({ _id: Id, org: z.string(), socialHandles: z.object({}) }),
  dialect: 'hub',
})

export const organizationAvatar = operation({
  method: 'get',
  path: '/api/organizations/:org/avatar',
  action: 'org.view',
  tag,
  summary: 'Get the address of the organization’s avatar. Image requests get a redirect.',
  params: orgParams,
  query: avatarQuery,
  reply: z.object({ avatarUrl: z.string() }),
  dialect: 'hub',
  kind: 'content',
})

const changedAvatar = {
  path: '/api/organizations/:org/avatar',
  action: 'org.update',
  tag,
  params: orgParams,
  reply: z.object({ avatarUrl: z.string() }),
} as const

export const setOrganizationAvatar = operation({
  ...changedAvatar,
  method: 'put',
  summary: 'Upload a picture for the organization.',
  body: Picture,
  maxBodyBytes: maxPictureBodyBytes,
})

export const deleteOrganizationAvatar = operation({
  ...changedAvatar,
  method: 'delete',
  summary: 'Remove the picture of the organization. Its initials are shown again.',
})

export const getSettings = operation({
  method: 'get',
  path: '/api/organizations/:org/settings',
  action: 'org.viewSettings',
  tag,
  summary: 'Get the settings of an organization.',
  params: orgParams,
  reply: OrgSettings,
})

export const updateSettings = operation({
  method: 'patch',
  path: '/api/organizations/:org/settings',
  action: 'org.updateSettings',
  tag,
  summary: 'Change settings. With `dryRun`, lists who would lose access and why the change would be refused.',
  params: orgParams,
  query: dryRun,
  body: OrgSettingsInput,
  reply: OrgSettings.extend({
    dryRun: z.boolean(),
    problems: Problems,
    affected: z
      .object({
        count: z.number().int(),
        people: z.array(z.object({ user: z.string(), fullname: z.string(), role: OrgRole })),
      })
      .describe('Members without two-factor authentication (2FA), at most 100 listed.'),
  }),
})

export const Successor = z.object({
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  role: OrgRole,
  usable: z.boolean(),
})
export const getSuccessors = operation({
  method: 'get',
  path: '/api/organizations/:org/successors',
  action: 'org.viewSuccessors',
  tag,
  summary: 'List the successors, in order, and the admin health.',
  params: orgParams,
  reply: z.object({ health: Health, successors: z.array(Successor) }),
})
export const setSuccessors = operation({
  method: 'put',
  path: '/api/organizations/:org/successors',
  action: 'org.updateSuccessors',
  tag,
  summary: 'Set the successors, in order.',
  params: orgParams,
  body: z.strictObject({
    successors: z.array(z.string().max(100)).max(20).describe('Usernames of members, in order.'),
  }),
  reply: z.object({ health: Health, successors: z.array(Successor) }),
})
