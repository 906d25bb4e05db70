import { z } from 'zod'
import { EmailAddress } from './email-address.ts'
import { operation } from './operation.ts'
import {
  Id,
  idParams,
  line,
  maxPictureBodyBytes,
  nothing,
  OrgRole,
  Password,
  Picture,
  Plan,
  RepoType,
  success,
  Time,
  text,
  Withheld,
} from './shapes.ts'
import { TokenInUse } from './tokens.ts'

const tag = 'Accounts'

export const OrgSummary = z.object({
  type: z.literal('org'),
  id: Id,
  name: z.string(),
  fullname: z.string(),
  email: z.string().nullable().optional(),
  canPay: z.boolean().optional(),
  avatarUrl: z.string(),
  periodEnd: z.number().nullable().optional(),
  plan: z.enum(['team', 'enterprise', 'plus']).optional(),
  roleInOrg: OrgRole.optional(),
  securityRestrictions: z.array(z.enum(['mfa', 'token-policy', 'token-revoked', 'sso', 'ip'])).optional(),
  resourceGroups: z.array(z.object({ id: Id, name: z.string(), role: OrgRole })).optional(),
})

export const whoami = operation({
  method: 'get',
  path: '/api/whoami-v2',
  action: 'account.whoami',
  tag,
  summary: 'Get the account, token, and organizations of the caller.',
  reply: z.object({
    type: z.enum(['user', 'org']).describe('`org` for the API token of an organization. Service accounts are users.'),
    id: Id,
    name: z.string(),
    fullname: z.string(),
    email: z.string().nullable().optional(),
    emailVerified: z.boolean().optional(),
    canPay: z.boolean().optional(),
    isPro: z.boolean(),
    periodEnd: z.number().nullable().optional(),
    avatarUrl: z.string(),
    orgs: z.array(OrgSummary),
    auth: z.object({
      type: z.string(),
      expiresAt: Time.optional(),
      accessToken: TokenInUse.optional(),
    }),
  }),
  dialect: 'hub',
})

/** What the pages need to know about the caller, the session and this installation. */
export const Account = z.object({
  id: Id,
  name: z.string(),
  fullname: z.string(),
  details: z.string(),
  avatarUrl: z.string(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  twoFactorEnabled: z.boolean(),
  isOperator: z.boolean(),
  managedBy: z.string().nullable().describe('The organization that owns the account, if one does.'),
  createdAt: Time,
})
export type Account = z.infer<typeof Account>

/** Sample accounts of the demo, and the one password of them all. */
export const DemoAccounts = z.object({
  password: z.string(),
  people: z.array(z.object({ username: z.string(), fullname: z.string(), about: z.string() })),
})
export type DemoAccounts = z.infer<typeof DemoAccounts>

export const instance = operation({
  method: 'get',
  path: '/api/instance',
  action: 'instance.view',
  tag: 'Instance',
  summary:
    'Get the state of the instance: whether it needs its first site admin, who can sign up, and who is signed in.',
  reply: z.object({
    name: z.string(),
    version: z.string(),
    build: z.string().describe('Changes when the pages of the instance change.'),
    yourAddress: z.string().describe('The IP address that your request comes from.'),
    needsSetup: z.boolean(),
    signUp: z.enum(['open', 'invited', 'sso']),
    mayCreateOrganizations: z.boolean(),
    sendsMail: z.boolean(),
    demo: DemoAccounts.nullable().describe('Sample accounts to sign in as, on an instance started with `--demo`.'),
    account: Account.nullable(),
  }),
})

export const setup = operation({
  method: 'post',
  path: '/api/setup',
  action: 'instance.setup',
  tag: 'Instance',
  summary: 'Create the first site admin account. Possible only if there is none.',
  body: z.strictObject({
    username: z.string(),
    fullname: line(100).optional(),
    email: EmailAddress,
    password: Password,
    code: z.string().max(100).describe('The setup code from the link that is printed at startup.'),
    demo: z.boolean().optional().describe('Also load the demo.'),
  }),
  reply: Account,
  status: 201,
  kind: 'session',
})

export const signUp = operation({
  method: 'post',
  path: '/api/signup',
  action: 'account.create',
  tag,
  summary: 'Create an account and sign in. You get a verification email.',
  body: z.strictObject({
    username: z.string(),
    fullname: line(100).optional(),
    email: EmailAddress,
    password: Password,
    invitation: z
      .string()
      .max(100)
      .optional()
      .describe('Token of an invitation to this address. Lets invited people sign up.'),
    proof: z
      .string()
      .max(100)
      .optional()
      .describe('The rest of the link in the email of that invitation. Verifies the address.'),
  }),
  reply: Account,
  status: 201,
  kind: 'session',
})

export const signIn = operation({
  method: 'post',
  path: '/api/login',
  action: 'session.create',
  tag,
  summary: 'Sign in with username or email, password, and a one-time code if two-factor authentication (2FA) is on.',
  details:
    'If the password is correct and `code` is missing, the answer is `401` with the code `TwoFactorCodeRequired`.',
  body: z.strictObject({
    username: z.string().max(254).describe('Username or verified email address.'),
    password: z.string().max(512),
    code: z.string().max(64).optional().describe('Six digits from the authenticator app, or a recovery code.'),
  }),
  reply: Account,
  kind: 'session',
})

export const signOut = operation({
  method: 'post',
  path: '/api/logout',
  action: 'session.delete',
  tag,
  summary: 'Sign out: end the session of this request.',
  body: nothing,
  bodyOptional: true,
  reply: success,
  kind: 'session',
})

export const requestPasswordReset = operation({
  method: 'post',
  path: '/api/password-reset',
  action: 'account.requestPasswordReset',
  tag,
  summary:
    'Send an email with a link to set a new password. The response doesn’t reveal whether the address has an account.',
  body: z.strictObject({ email: EmailAddress }),
  reply: success,
  status: 202,
})

export const resetPassword = operation({
  method: 'post',
  path: '/api/password-reset/confirm',
  action: 'account.resetPassword',
  tag,
  summary: 'Set a new password with the token from the email. All sessions of the account end.',
  body: z.strictObject({ token: z.string().max(200), password: Password }),
  reply: success,
  kind: 'session',
})

export const getAccount = operation({
  method: 'get',
  path: '/api/settings/account',
  action: 'account.view',
  tag,
  summary: 'Get your account.',
  reply: Account,
})

const ownAvatar = {
  path: '/api/settings/account/avatar',
  action: 'account.update',
  tag,
  reply: z.object({ avatarUrl: z.string() }),
} as const

export const setAvatar = operation({
  ...ownAvatar,
  method: 'put',
  summary: 'Upload a picture for your account.',
  body: Picture,
  maxBodyBytes: maxPictureBodyBytes,
})

export const deleteAvatar = operation({
  ...ownAvatar,
  method: 'delete',
  summary: 'Remove the picture of your account. Your initials are shown again.',
})

export const updateAccount = operation({
  method: 'patch',
  path: '/api/settings/account',
  action: 'account.update',
  tag,
  summary: 'Change your profile, or your password (which ends your other sessions).',
  body: z.strictObject({
    fullname: line(100).optional(),
    details: text(1000).optional(),
    newPassword: Password.optional(),
    currentPassword: z.string().max(512).optional(),
  }),
  reply: Account,
  kind: 'session',
})

export const deleteAccount = operation({
  method: 'delete',
  path: '/api/settings/account',
  action: 'account.delete',
  tag,
  summary:
    'Delete your account. Its tokens, sessions, and memberships end immediately. The last active admin of an organization can’t do this.',
  details:
    'Repositories under your name are transferred one by one, and the rest is deleted, including private ones. If you own repositories and don’t say what happens to them, the request gets `409` and names them.',
  body: z.strictObject({
    confirm: z.string().describe('Your username.'),
    transfers: z
      .array(z.strictObject({ type: RepoType, fromRepo: z.string().max(200), toRepo: z.string().max(200) }))
      .max(1000)
      .optional()
      .describe('Repositories that move to organizations in which you can create repositories.'),
    repositories: z.literal('delete').optional().describe('`delete` to delete all of your other repositories.'),
  }),
  reply: success,
  kind: 'session',
})

export const Session = z.object({
  id: Id,
  current: z.boolean(),
  createdAt: Time,
  lastSeenAt: Time,
  expiresAt: Time,
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
})
export const listSessions = operation({
  method: 'get',
  path: '/api/settings/sessions',
  action: 'session.list',
  tag,
  summary: 'List your sessions.',
  reply: z.array(Session),
})
export const endSession = operation({
  method: 'delete',
  path: '/api/settings/sessions/:id',
  action: 'session.end',
  tag,
  summary: 'End a session.',
  params: idParams,
  reply: success,
})
export const endOtherSessions = operation({
  method: 'delete',
  path: '/api/settings/sessions',
  action: 'session.end',
  tag,
  summary: 'End all other sessions.',
  reply: z.object({ ended: z.number().int() }),
})

export const confirmSession = operation({
  method: 'post',
  path: '/api/settings/sessions/confirm',
  action: 'session.confirm',
  tag,
  summary: 'Confirm your password, and a code if 2FA is on. The session then counts as a recent sign-in.',
  details: 'For the next ten minutes, requests no longer get `403` with the code `RecentSignInRequired`.',
  body: z.strictObject({
    password: z.string().max(512),
    code: z.string().max(64).optional().describe('Six digits from the authenticator app, or a recovery code.'),
  }),
  reply: success,
  kind: 'session',
})

export const getTwoFactor = operation({
  method: 'get',
  path: '/api/settings/two-factor',
  action: 'twoFactor.view',
  tag,
  summary: 'Get whether two-factor authentication (2FA) is on, and the number of unused recovery codes.',
  reply: z.object({ enabled: z.boolean(), enabledAt: Time.nullable(), recoveryCodesLeft: z.number().int() }),
})
export const beginTwoFactor = operation({
  method: 'post',
  path: '/api/settings/two-factor',
  action: 'twoFactor.begin',
  tag,
  summary:
    'Start 2FA setup. The response contains the secret for the authenticator app. 2FA is off until you confirm it.',
  body: nothing,
  bodyOptional: true,
  reply: z.object({ secret: z.string(), uri: z.string().describe('otpauth:// address to show as a QR code.') }),
})
export const confirmTwoFactor = operation({
  method: 'post',
  path: '/api/settings/two-factor/confirm',
  action: 'twoFactor.enable',
  tag,
  summary: 'Turn on 2FA with a first code. The response contains the recovery codes, which are shown only once.',
  body: z.strictObject({ code: z.string().max(64) }),
  reply: z.object({ recoveryCodes: z.array(z.string()) }),
  kind: 'session',
})
export const renewRecoveryCodes = operation({
  method: 'post',
  path: '/api/settings/two-factor/recovery-codes',
  action: 'twoFactor.renewRecoveryCodes',
  tag,
  summary: 'Create new recovery codes. The old ones stop working.',
  body: nothing,
  bodyOptional: true,
  reply: z.object({ recoveryCodes: z.array(z.string()) }),
})
export const disableTwoFactor = operation({
  method: 'delete',
  path: '/api/settings/two-factor',
  action: 'twoFactor.disable',
  tag,
  summary: 'Turn off 2FA.',
  reply: success,
  kind: 'session',
})

export const listMyOrganizations = operation({
  method: 'get',
  path: '/api/settings/organizations',
  action: 'account.organizations',
  tag,
  summary: 'List your organizations, and deleted ones that you can restore.',
  reply: z.object({
    organizations: z.array(
      z.object({
        id: Id,
        name: z.string(),
        fullname: z.string(),
        avatarUrl: z.string(),
        role: OrgRole,
        isAdmin: z.boolean(),
        seesMembers: z.boolean().describe('You see its settings and the roles of its members.'),
        plan: Plan,
        numUsers: z.number().int(),
        numAdmins: z.number().int(),
        joinedAt: Time,
        blockedBy: z.array(Withheld).describe('Reasons why the role has no effect at the moment. Empty if it has.'),
      }),
    ),
    restorable: z.array(z.object({ id: Id, name: z.string(), fullname: z.string(), deletedAt: Time, purgedAt: Time })),
  }),
})
