import { z } from 'zod'

/** The ladder of roles, lowest first. */
export const orgRoles = ['no_access', 'read', 'contributor', 'write', 'admin'] as const
export const OrgRole = z.enum(orgRoles)
export type OrgRole = z.infer<typeof OrgRole>

/** Roles inside a resource group: the same ladder without `no_access`. */
export const groupRoles = ['read', 'contributor', 'write', 'admin'] as const
export const GroupRole = z.enum(groupRoles)
export type GroupRole = z.infer<typeof GroupRole>

export const repoTypes = ['model', 'dataset', 'space'] as const
export const RepoType = z.enum(repoTypes)
export type RepoType = z.infer<typeof RepoType>
export const repoTypePlurals = ['models', 'datasets', 'spaces'] as const
export const RepoTypePlural = z.enum(repoTypePlurals)

export const plans = ['free', 'team', 'enterprise', 'plus'] as const
export const Plan = z.enum(plans)
export type Plan = z.infer<typeof Plan>

/** How someone became a member, or came to hold a group role. */
export const memberSources = ['manual', 'invitation', 'domain', 'request', 'sso', 'scim', 'recovery'] as const
export const MemberSource = z.enum(memberSources)
export type MemberSource = z.infer<typeof MemberSource>
export const groupRoleSources = ['manual', 'sso', 'scim', 'auto_join'] as const
export const GroupRoleSource = z.enum(groupRoleSources)
export type GroupRoleSource = z.infer<typeof GroupRoleSource>

/** Whether an organization has single sign-on: an extra step for its members, which can be a condition of access. */
export const ssoModes = ['off', 'optional', 'enforced'] as const
export const SsoMode = z.enum(ssoModes)
export type SsoMode = z.infer<typeof SsoMode>

/** Why the role of a member does not count. */
export const Withheld = z.enum([
  'mfa',
  'sso',
  'ip',
  'token_revoked',
  'token_pending',
  'token_denied',
  'token_kind',
  'token_lifetime',
  'token_scope',
  'expired',
])
export type Withheld = z.infer<typeof Withheld>

/** What a fine-grained token can be given. */
export const TokenPermission = z.enum([
  'repo.content.read',
  'repo.write',
  'org.read',
  'org.write',
  'resourceGroup.write',
])
export type TokenPermission = z.infer<typeof TokenPermission>

/** 24 lower-case hex digits, time-ordered. */
export const Id = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hexadecimal digits')
/** An id in any case, answered in lower case. */
export const AnyCaseId = z
  .string()
  .regex(/^[0-9a-fA-F]{24}$/, 'must be 24 hexadecimal digits')
  .transform((id) => id.toLowerCase())

/** Id of a commit. */
export const Commit = z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 hexadecimal digits')

/** UTC, ISO 8601, milliseconds and `Z`. */
export const Time = z.iso.datetime({ precision: 3 })
/** A time as callers write it: in any zone, with or without fractions of a second. */
export const AnyTime = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString())

/** Names in a path are matched without regard to case; here only their size and characters are bounded. */
const pathName = (most: number) => z.string().min(1).max(most)
export const orgParams = z.object({ org: pathName(100).describe('Name of the organization.') })
export const memberParams = orgParams.extend({ username: pathName(100).describe('Username of the member.') })
export const groupParams = orgParams.extend({
  group: pathName(200).describe('ID or name of the resource group.'),
})
export const groupMemberParams = groupParams.extend({ username: pathName(100) })
export const userParams = z.object({ username: pathName(100).describe('Username.') })
export const idParams = z.object({ id: AnyCaseId })
export const repoParams = z.object({
  repoType: RepoTypePlural,
  namespace: pathName(100).describe('The person or organization that owns the repository.'),
  repo: pathName(100).describe('Name of the repository.'),
})
/** The same for addresses outside `/api`, where the type is what stands before the namespace. */
export const repoPrefixParams = repoParams.omit({ repoType: true })
const revision = z.string().min(1).max(300).describe('A branch, a tag, or a commit ID.')
const filePath = z.string().max(4096).describe('Path inside the repository.')
export const revisionParams = repoParams.extend({ rev: revision })
export const pathParams = revisionParams.extend({ path: filePath })
export const filePathParams = repoPrefixParams.extend({ rev: revision, path: filePath })

/** Free text on one line: no control characters, composed, trimmed, and bounded. */
export const line = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/, 'must not contain control characters')
    .transform((text) => text.normalize('NFC').trim())
/** Free text on several lines: no NUL. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL cannot be stored
    .regex(/^[^\u0000]*$/, 'must not contain NUL')

export const Password = z.string().min(10, 'must be at least 10 characters').max(512)

export const success = z.object({ success: z.boolean() })
export const nothing = z.object({})
/** Booleans of a query string or form, as JavaScript and as Python write them. */
export const queryBoolean = z
  .enum(['true', 'false', 'True', 'False', '1', '0'])
  .transform((value) => value === 'true' || value === 'True' || value === '1')
/** How large a file with a picture may be. */
export const maxPictureBytes = 1024 * 1024
/** A picture to upload. */
export const Picture = z.strictObject({
  image: z
    .string()
    .max(1_400_000)
    .describe('A PNG, JPEG, or WebP file in Base64, at most 1 MB. It is cropped to a square, without its metadata.'),
})
export const maxPictureBodyBytes = 1_500_000

/** Whether to lead to a picture; without it, image tags are led there and others are told where it is. */
export const avatarQuery = z.object({
  redirect: z
    .enum([...queryBoolean.in.options, ''])
    .transform((value) => value === '' || queryBoolean.parse(value))
    .optional()
    .describe('Always redirect, or never. If omitted, only image requests (`Sec-Fetch-Dest: image`) are redirected.'),
})
export const dryRun = z.object({ dryRun: queryBoolean.optional().describe('Preview only; change nothing.') })
export const cursorQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

/** Why a change that was only tried would be refused. */
export const Problems = z
  .array(z.object({ code: z.string(), message: z.string() }))
  .describe('Reasons why the change would be refused. Empty if it would be applied, or was.')
