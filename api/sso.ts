import { z } from 'zod'
import { operation } from './operation.ts'
import {
  AnyCaseId,
  cursorQuery,
  GroupRole,
  Id,
  line,
  memberParams,
  nothing,
  OrgRole,
  orgParams,
  SsoMode,
  success,
  Time,
} from './shapes.ts'

const tag = 'Single sign-on'

const mostMappings = 500
const listOf = <Item extends z.ZodType>(item: Item, most: number) => z.array(z.unknown()).max(most).pipe(z.array(item))

const Url = z.url({ protocol: /^https?$/ }).max(500)
const Path = line(200)
  .pipe(z.string().min(1))
  .describe('Name of a claim or attribute, or names separated by dots, for example `realm_access.roles`.')
const Value = line(300).pipe(z.string().min(1)).describe('A value as the identity provider sends it.')

const Protocol = z.enum(['oidc', 'saml'])

const Endpoints = z.object({
  authorizationEndpoint: Url.nullable(),
  tokenEndpoint: Url.nullable(),
  jwksUri: Url.nullable(),
  userinfoEndpoint: Url.nullable(),
})

/** An OpenID provider, without its secret. */
const OidcProvider = Endpoints.extend({
  issuer: z.string(),
  clientId: z.string(),
  hasClientSecret: z.boolean(),
}).describe('Endpoints are null if they come from the discovery document of the issuer.')

const RoleMapping = z.object({ value: Value, role: OrgRole })
const GroupMapping = z.object({ value: Value, group: AnyCaseId, role: GroupRole })

/** What a sign-in would come to, or came to in a test. */
export const SsoTestReport = z.object({
  subject: z.string().nullable(),
  email: z.string().nullable(),
  role: OrgRole.nullable().describe('The role that you would get. Null if the sign-in fails.'),
  groups: z.array(z.object({ id: Id, name: z.string(), role: GroupRole })),
  problems: z.array(z.string()).describe('Why the sign-in would fail. Empty if it would succeed.'),
  notes: z.array(z.string()).describe('What to know before you turn on SSO.'),
  attributes: z.record(z.string(), z.unknown()).describe('What the identity provider sent.'),
})
export type SsoTestReport = z.infer<typeof SsoTestReport>

export const SsoSettings = z.object({
  mode: SsoMode,
  protocol: Protocol.nullable().describe('Null until an identity provider is set up.'),
  oidc: OidcProvider.nullable(),
  sessionTimeoutMinutes: z.number().int(),
  emailPath: z.string().nullable(),
  emailDomains: z.array(z.string()),
  rolePath: z.string().nullable(),
  roleMapping: z.array(z.object({ value: z.string(), role: OrgRole })),
  groupPath: z.string().nullable(),
  groupMapping: z.array(z.object({ value: z.string(), group: Id, name: z.string(), role: GroupRole })),
  breakGlass: z.object({
    admins: z.array(z.string()).describe('Usernames of admins who can get in without SSO.'),
    codesLeft: z.number().int().describe('Unused one-time codes.'),
  }),
  forProvider: z
    .object({ redirectUri: z.string(), backchannelLogoutUri: z.string(), signInUrl: z.string() })
    .describe('Values to enter at the identity provider.'),
  joinLink: z.string().describe('Where people sign in with SSO, and join if they are not members.'),
  lastTest: z
    .object({
      at: Time,
      succeeded: z.boolean(),
      isCurrent: z.boolean().describe('Whether the settings are still the same.'),
      report: SsoTestReport,
    })
    .nullable()
    .describe('Your last test sign-in at this identity provider.'),
  linked: z.number().int().describe('Number of members with a linked identity.'),
  missing: z.array(z.string()).describe('What you have to do before you can enforce SSO. Empty if nothing.'),
})
export type SsoSettings = z.infer<typeof SsoSettings>

const path = '/api/organizations/:org/settings/sso'

export const getSso = operation({
  method: 'get',
  path,
  action: 'sso.view',
  tag,
  summary: 'Get the single sign-on (SSO) settings, and the values that the identity provider needs.',
  params: orgParams,
  reply: SsoSettings,
})

export const setSso = operation({
  method: 'put',
  path,
  action: 'sso.update',
  tag,
  summary: 'Set up the identity provider, and how its answers map to roles and resource groups.',
  details:
    'Test sign-ins start over. To change to another issuer while SSO is enforced, make it optional first. If the issuer changes, all identities are unlinked.',
  params: orgParams,
  body: z.strictObject({
    protocol: Protocol.describe('To use `saml`, set its metadata first: `PUT …/settings/sso/saml`.'),
    oidc: Endpoints.partial()
      .extend({
        issuer: Url,
        clientId: line(300).pipe(z.string().min(1)),
        clientSecret: z
          .string()
          .min(1)
          .max(1000)
          .optional()
          .describe(
            'If omitted, the current secret is kept. Required if the issuer, client ID, or token endpoint changes.',
          ),
      })
      .optional()
      .describe('Required for `oidc`.'),
    sessionTimeoutMinutes: z.number().int().min(15).max(43_200).default(10_080),
    emailPath: Path.nullable().default(null).describe('Where the email address is. Default: `email`, then `mail`.'),
    emailDomains: listOf(
      z
        .string()
        .max(253)
        .regex(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'must be a domain such as example.org')
        .transform((domain) => domain.toLowerCase()),
      100,
    )
      .default([])
      .describe(
        'Only email addresses in these domains can sign in. If empty, the provider must send `email_verified`.',
      ),
    rolePath: Path.nullable().default(null).describe('Where roles are. Null: SSO changes no roles.'),
    roleMapping: listOf(RoleMapping, mostMappings)
      .default([])
      .describe('At least one value must map to `admin`. If several match, the highest role counts.'),
    groupPath: Path.nullable().default(null).describe('Where groups are. Null: SSO changes no resource groups.'),
    groupMapping: listOf(GroupMapping, mostMappings).default([]),
  }),
  reply: SsoSettings,
})

export const deleteSso = operation({
  method: 'delete',
  path,
  action: 'sso.update',
  tag,
  summary: 'Turn off SSO and delete its settings. All identities are unlinked.',
  params: orgParams,
  reply: success,
})

export const setSsoMode = operation({
  method: 'put',
  path: `${path}/mode`,
  action: 'sso.update',
  tag,
  summary: 'Make SSO enforced or optional, or turn it off.',
  details:
    'To enforce it, you need a successful test sign-in with the current settings, and two break-glass admins or ten one-time codes. While SSO is on, invite links do not work.',
  params: orgParams,
  body: z.strictObject({ mode: SsoMode }),
  reply: SsoSettings,
})

const Begun = z.object({ location: z.string().describe('Where to send the browser.') })
/** Where a sign-in leads back to: never to another site. */
export const returnTo = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\\\s]*$/, 'must be a path on this server')
  .optional()
  .describe('Path to return to after the sign-in.')

export const testSso = operation({
  method: 'post',
  path: `${path}/test`,
  action: 'sso.test',
  tag,
  summary: 'Start a test sign-in. It changes nothing and shows what the identity provider sends.',
  params: orgParams,
  body: nothing,
  bodyOptional: true,
  reply: Begun,
})

export const setBreakGlassAdmins = operation({
  method: 'put',
  path: `${path}/break-glass`,
  action: 'sso.update',
  tag,
  summary: 'Choose the admins who can get in without SSO, to repair it.',
  params: orgParams,
  body: z.strictObject({ admins: listOf(z.string().max(100), 20) }),
  reply: SsoSettings,
})

export const createBreakGlassCodes = operation({
  method: 'post',
  path: `${path}/break-glass/codes`,
  action: 'sso.createCodes',
  tag,
  summary: 'Create ten one-time codes with which any admin can get in without SSO. Earlier codes stop working.',
  params: orgParams,
  body: nothing,
  bodyOptional: true,
  reply: z.object({ codes: z.array(z.string()).describe('Shown only now. Print them.') }),
  secret: true,
})

const SsoIdentity = z.object({
  user: z.string(),
  fullname: z.string(),
  subject: z.string(),
  email: z.string().nullable(),
  linkedAt: Time,
  lastUsedAt: Time,
  isSignedIn: z.boolean().describe('Whether they have a live SSO session.'),
})

export const listSsoIdentities = operation({
  method: 'get',
  path: `${path}/identities`,
  action: 'sso.view',
  tag,
  summary: 'List the identities that are linked to members.',
  params: orgParams,
  query: cursorQuery,
  reply: z.array(SsoIdentity),
  kind: 'page',
})

export const unlinkSsoIdentity = operation({
  method: 'delete',
  path: `${path}/identities/:username`,
  action: 'sso.unlink',
  tag,
  summary: 'Unlink the identity of a member and end their SSO sessions. Their next sign-in links again.',
  params: memberParams,
  reply: success,
})

export const setExternal = operation({
  method: 'put',
  path: `${path}/external/:username`,
  action: 'sso.setExternal',
  tag,
  summary: 'Let a member skip SSO as an external collaborator, or end that.',
  params: memberParams,
  body: z.strictObject({ isExternalCollaborator: z.boolean() }),
  reply: success,
})

export const SsoEntrance = z.object({
  organization: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  mode: SsoMode,
  managed: z
    .boolean()
    .describe('Whether the organization owns accounts, which sign in with its identity provider alone.'),
  isMember: z.boolean().nullable().describe('Null if you are not signed in to your account.'),
  sessionUntil: Time.nullable().describe('End of your SSO session in this browser.'),
  breakGlassUntil: Time.nullable(),
  canBreakGlass: z.boolean().describe('Whether you can get in without SSO: as a break-glass admin, or with a code.'),
  needsCode: z.boolean(),
})
export type SsoEntrance = z.infer<typeof SsoEntrance>

export const getSsoEntrance = operation({
  method: 'get',
  path: '/api/organizations/:org/sso',
  action: 'sso.viewEntrance',
  tag,
  summary: 'Get whether an organization uses SSO, and whether you are signed in with it.',
  params: orgParams,
  reply: SsoEntrance,
})

export const beginSso = operation({
  method: 'post',
  path: '/api/organizations/:org/sso/sign-in',
  action: 'sso.signIn',
  tag,
  summary: 'Start a sign-in with SSO. You are already signed in to your account.',
  params: orgParams,
  body: z.strictObject({ returnTo }),
  bodyOptional: true,
  reply: Begun,
})

export const completeSso = operation({
  method: 'post',
  path: '/api/organizations/:org/sso/complete',
  action: 'sso.signIn',
  tag,
  summary: 'Complete a sign-in with what the identity provider sent to the redirect URI.',
  params: orgParams,
  body: z.strictObject({ query: z.string().max(8000).describe('The query string of the redirect URI.') }),
  reply: z.object({
    outcome: z.enum(['signed_in', 'joined', 'tested']),
    returnTo: z.string(),
    role: OrgRole.nullable(),
  }),
})

export const breakGlass = operation({
  method: 'post',
  path: '/api/organizations/:org/sso/break-glass',
  action: 'sso.breakGlass',
  tag,
  summary: 'Get in without SSO for 60 minutes, to repair it. All admins get an email.',
  params: orgParams,
  body: z.strictObject({
    code: z.string().max(100).optional().describe('A one-time code, unless you are a break-glass admin.'),
  }),
  bodyOptional: true,
  reply: z.object({ until: Time }),
})

export const backchannelLogout = operation({
  method: 'post',
  path: '/sso/:org/backchannel-logout',
  action: 'sso.backchannelLogout',
  tag,
  summary: 'End SSO sessions at the request of the identity provider (OpenID Connect Back-Channel Logout 1.0).',
  params: orgParams,
  body: z.object({ logout_token: z.string().max(20_000) }),
  reply: z.object({}),
  dialect: 'open',
  form: true,
})

const MySso = z.object({
  organization: z.string(),
  subject: z.string(),
  email: z.string().nullable(),
  linkedAt: Time,
  lastUsedAt: Time,
  sessionUntil: Time.nullable().describe('End of your SSO session in this browser.'),
  sessions: z.number().int().describe('Your live SSO sessions, in all browsers.'),
})

export const listMySso = operation({
  method: 'get',
  path: '/api/settings/sso',
  action: 'account.listSso',
  tag,
  summary: 'List your linked identities, by organization.',
  reply: z.array(MySso),
})

export const signOutOfSso = operation({
  method: 'delete',
  path: '/api/organizations/:org/sso/sessions',
  action: 'sso.signOut',
  tag,
  summary: 'End all your SSO sessions of an organization, in all browsers.',
  details: 'Your access tokens need another SSO session there if SSO is enforced. The identity stays linked.',
  params: orgParams,
  reply: z.object({ ended: z.number().int() }),
})

export const relaxSso = operation({
  method: 'post',
  path: '/api/operator/organizations/:org/sso/relax',
  action: 'operator.relaxSso',
  tag: 'Instance',
  summary: 'Make SSO of an organization optional, as a site admin. The reason is in its audit log.',
  params: orgParams,
  body: z.strictObject({ reason: line(500).pipe(z.string().min(1)) }),
  reply: z.object({ mode: SsoMode }),
})
