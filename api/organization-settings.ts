import { z } from 'zod'
import { OrgRole, Time } from './shapes.ts'

interface Row<Schema extends z.ZodType> {
  /** What the setting may be, and what it means in a sentence. */
  schema: Schema
  /** What a request may say, where that is wider than what is answered. */
  input?: z.ZodType<z.infer<Schema>>
  /** What it is called. */
  words: string
  /** What someone did who gave it a value, as in “ada let only admins change roles”. */
  said(value: z.infer<Schema>): string
}

const turned = (what: string) => (isOn: boolean) => `turned ${isOn ? 'on' : 'off'} ${what}`
const lowest = {
  admin: 'only admins',
  write: 'members with write or higher',
  contributor: 'members with contributor or higher',
  read: 'members with read or higher',
}
const newRepositories = {
  public: 'made new repositories public by default',
  private: 'made new repositories private by default',
  private_only: 'made new repositories private only',
}
const acceptedTokens = {
  any: 'all access tokens',
  fineGrained: 'only fine-grained access tokens',
  approval: 'only fine-grained access tokens that an admin approved',
}

function setting<Schema extends z.ZodType>(row: Row<Schema>): Row<Schema> {
  return row
}

/** Every setting of an organization. Requests, replies, the command line and the reference follow from this table. */
export const organizationSettings = {
  memberManagement: setting({
    schema: z.enum(['write', 'admin']).describe('Who can change roles: admins only, or members with `write` too.'),
    words: 'who can change roles',
    said: (value) => `let ${value === 'admin' ? 'only admins' : 'members with write'} change roles`,
  }),
  defaultRole: setting({
    schema: OrgRole.exclude(['admin']).describe('Role of new members if their invitation or approval names none.'),
    words: 'the default role',
    said: (value) => `set the default role to ${value.replace('_', ' ')}`,
  }),
  groupCreation: setting({
    schema: z.enum(['admin', 'write', 'contributor', 'read']).describe('Lowest role that can create resource groups.'),
    words: 'who can create resource groups',
    said: (value) => `let ${lowest[value]} create resource groups`,
  }),
  allowJoinRequests: setting({
    schema: z.boolean().describe('Anyone with a verified address can request to join. Off by default.'),
    words: 'whether people can request to join',
    said: turned('requests to join'),
  }),
  userApproval: setting({
    schema: z.boolean().describe('People with an address in an email domain of the organization need approval.'),
    words: 'whether people with an email domain need approval',
    said: turned('approval of people with an email domain'),
  }),
  hideMembers: setting({
    schema: z.boolean().describe('Hides the member list from non-members and from members below `read`.'),
    words: 'whether the member list is hidden',
    said: (isHidden) => (isHidden ? 'hid the member list from non-members' : 'made the member list public'),
  }),
  notifyMembers: setting({
    schema: z
      .boolean()
      .describe('Members get an email when their role or resource groups change, or they are removed. On by default.'),
    words: 'whether members are told about changes',
    said: turned('emails to members about changes'),
  }),
  repoVisibility: setting({
    schema: z
      .enum(['public', 'private', 'private_only'])
      .describe('Visibility of new repositories. With `private_only`, only admins can change it later.'),
    words: 'the visibility of new repositories',
    said: (value) => newRepositories[value],
  }),
  require2fa: setting({
    schema: z
      .boolean()
      .describe('Members without two-factor authentication (2FA) have no access until they turn it on.'),
    words: 'the 2FA requirement',
    said: turned('the 2FA requirement'),
  }),
  require2faFrom: setting({
    schema: Time.nullable().describe('When the 2FA requirement starts; null for immediately.'),
    input: z.iso.datetime().nullable(),
    words: 'when the 2FA requirement starts',
    said: (from) =>
      from === null ? 'made the 2FA requirement apply immediately' : `set the 2FA deadline to ${from.slice(0, 10)}`,
  }),
  tokenPolicy: setting({
    schema: z
      .enum(['any', 'fineGrained', 'approval'])
      .describe('Access tokens that are accepted: any, fine-grained only, or fine-grained that an admin approved.'),
    words: 'which access tokens are accepted',
    said: (value) => `allowed ${acceptedTokens[value]}`,
  }),
  tokenMaxLifetimeDays: setting({
    schema: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .nullable()
      .describe('Longest time from the creation of an access token to its expiry, in days; null for no limit.'),
    words: 'the longest lifetime of access tokens',
    said: (days) =>
      days === null
        ? 'removed the lifetime limit of access tokens'
        : `limited access tokens to a lifetime of ${days} ${days === 1 ? 'day' : 'days'}`,
  }),
  ipRanges: setting({
    schema: z
      // How many there are is looked at before what each of them is
      .array(z.string())
      .max(100)
      .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()])))
      .describe('Networks in CIDR notation, such as `203.0.113.0/24`, for the IP restriction.'),
    words: 'the IP ranges',
    said: (ranges) => (ranges.length === 0 ? 'removed all IP ranges' : `set the IP ranges to ${ranges.join(', ')}`),
  }),
  enforceIpRestriction: setting({
    schema: z
      .boolean()
      .describe('Roles and collaborator access only work from the IP ranges. Public repositories stay readable.'),
    words: 'the IP restriction',
    said: turned('the IP restriction'),
  }),
  setupChecklist: setting({
    schema: z
      .boolean()
      .describe('Admins see a setup checklist on the page of the organization until all of it is done.'),
    words: 'whether the setup checklist is shown',
    said: (isShown) => `${isShown ? 'showed' : 'hid'} the setup checklist`,
  }),
}

type Table = typeof organizationSettings
export type SettingName = keyof Table

/** The names of the settings, in the order of the table. */
export const settingNames = Object.keys(organizationSettings) as SettingName[]

function shapeOf<Shape>(schemaOf: (row: Row<z.ZodType>) => z.ZodType): Shape {
  return Object.fromEntries(settingNames.map((name) => [name, schemaOf(organizationSettings[name])])) as Shape
}

/** All settings, as they are answered. */
export const OrgSettings = z.object(shapeOf<{ [Name in SettingName]: Table[Name]['schema'] }>(({ schema }) => schema))
export type OrgSettings = z.infer<typeof OrgSettings>

/** The settings that a request changes. */
export const OrgSettingsInput = z.strictObject(
  shapeOf<{ [Name in SettingName]: z.ZodOptional<Table[Name]['schema']> }>(({ schema, input }) =>
    (input?.describe(schema.description ?? '') ?? schema).optional(),
  ),
)

/** What a setting can be: its words, `true` and `false`, or undefined where it is a moment. */
export function settingChoices(name: SettingName): (string | boolean)[] | undefined {
  const { enum: words, type } = z.toJSONSchema(organizationSettings[name].schema)
  return type === 'boolean' ? [true, false] : words?.map(String)
}

/** Whether a setting is a list of words. */
export function isListSetting(name: SettingName): boolean {
  return organizationSettings[name].schema.safeParse([]).success
}

/** Whether a setting is a number, or null. */
export function isNumberSetting(name: SettingName): boolean {
  return organizationSettings[name].schema.safeParse(1).success
}

/** What someone did who gave a setting a value, as in “ada let only admins change roles”. */
export function settingSaid(name: SettingName, settings: OrgSettings): string {
  const row: Row<z.ZodType> = organizationSettings[name]
  return row.said(settings[name])
}

/** What a setting means, in a sentence. */
export function settingMeaning(name: SettingName): string {
  return organizationSettings[name].schema.description ?? ''
}
