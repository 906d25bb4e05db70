import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { OrgSettings } from '../../api/organizations.ts'
import { refuseOnProbation, requireFeature } from '../access/authorize.ts'
import { sharesProbation } from '../access/escalation.ts'
import type { AnyPermit, Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { queueMail } from '../mail/queue.ts'
import { renderMail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { clearAdminless, guardAdmins } from './admins.ts'
import { findWithoutTwoFactor, type KeptOut, type LockedOrg, lockOrg, updateSettingsRow } from './store.ts'

type Organizations = typeof api.organizations
type SettingsInput = InputOf<Organizations['updateSettings']>
const mostNamed = 100

/** Shows the settings. */
export async function getSettings(
  _db: Db,
  permit: Permit<'org.viewSettings'>,
  _input: InputOf<Organizations['getSettings']>,
): Promise<ResultOf<Organizations['getSettings']>> {
  const { org } = permit
  return {
    memberManagement: org.memberManagement,
    defaultRole: org.defaultRole,
    groupCreation: org.groupCreation,
    allowJoinRequests: org.allowJoinRequests,
    userApproval: org.userApproval,
    hideMembers: org.hideMembers,
    repoVisibility: org.repoVisibility,
    require2fa: org.require2fa,
    require2faFrom: org.require2faFrom?.toISOString() ?? null,
  }
}

/** Changes settings, with one event; turning on the two-factor requirement tells those it will keep out. */
export async function updateSettings(
  db: Db,
  permit: Permit<'org.updateSettings'>,
  input: SettingsInput,
): Promise<ResultOf<Organizations['updateSettings']>> {
  const { dryRun = false } = input
  return transaction(
    db,
    async (tx) => {
      const row = await lockOrg(tx, permit.org.id)
      if (row === undefined) throw new HubError('NotFound', 'Organization not found')
      const before = settingsOf(row)
      const after = settingsAfter(before, input)
      if (after.userApproval && !before.userApproval) requireVerifiedDomain(row)
      const keptOut =
        after.require2fa && (input.require2fa || input.require2faFrom !== undefined)
          ? await findWithoutTwoFactor(tx, row.id)
          : []
      const changed = settingNames.filter((name) => before[name] !== after[name])
      if (changed.length > 0) await apply(tx, permit, { before, after, changed, dryRun, keptOut })
      return { ...after, dryRun, affected: affectedOf(keptOut) }
    },
    { dryRun },
  )
}

const settingNames = [
  'memberManagement',
  'defaultRole',
  'groupCreation',
  'allowJoinRequests',
  'userApproval',
  'hideMembers',
  'repoVisibility',
  'require2fa',
  'require2faFrom',
] as const
type SettingName = (typeof settingNames)[number]

// Once on it stays on, also when the verification is lost: a record that vanishes from the DNS opens no door.
function requireVerifiedDomain({ name, is_verified: isVerified }: LockedOrg): void {
  if (isVerified) return
  throw new HubError('Conflict', `userApproval: ${name} has no verified e-mail domain; verify one first.`)
}

interface Change {
  before: OrgSettings
  after: OrgSettings
  changed: SettingName[]
  dryRun: boolean
  keptOut: KeptOut[]
}

function settingsOf(row: LockedOrg): OrgSettings {
  return {
    memberManagement: row.member_management as OrgSettings['memberManagement'],
    defaultRole: row.default_role as OrgSettings['defaultRole'],
    groupCreation: row.group_creation as OrgSettings['groupCreation'],
    allowJoinRequests: row.allow_join_requests,
    userApproval: row.user_approval,
    hideMembers: row.hide_members,
    repoVisibility: row.repo_visibility as OrgSettings['repoVisibility'],
    require2fa: row.require_2fa,
    require2faFrom: row.require_2fa_from?.toISOString() ?? null,
  }
}

function settingsAfter(before: OrgSettings, input: SettingsInput): OrgSettings {
  const require2fa = input.require2fa ?? before.require2fa
  if (!require2fa && input.require2faFrom)
    throw badField('require2faFrom', 'says when `require2fa` begins to count; turn that on too')
  const from =
    input.require2faFrom === undefined
      ? before.require2faFrom
      : input.require2faFrom && new Date(input.require2faFrom).toISOString()
  return {
    memberManagement: input.memberManagement ?? before.memberManagement,
    defaultRole: input.defaultRole ?? before.defaultRole,
    groupCreation: input.groupCreation ?? before.groupCreation,
    allowJoinRequests: input.allowJoinRequests ?? before.allowJoinRequests,
    userApproval: input.userApproval ?? before.userApproval,
    hideMembers: input.hideMembers ?? before.hideMembers,
    repoVisibility: input.repoVisibility ?? before.repoVisibility,
    require2fa,
    require2faFrom: require2fa ? from : null,
  }
}

async function apply(tx: Tx, permit: Permit<'org.updateSettings'>, change: Change): Promise<void> {
  const { org } = permit
  const { dryRun, keptOut } = change
  const turnsOn = change.after.require2fa && !change.before.require2fa
  if (turnsOn) requireFeature(permit, 'require2fa')
  if (relaxes(change)) refuseOnProbation(permit, 'turning the two-factor requirement off, or putting it off,')
  if (raisesNewcomers(change)) refuseOnProbation(permit, 'letting newcomers in with the role write')
  const wayOut = 'turn on two-factor sign-in for your own account first, under Settings, Authentication'
  const guarded = { id: org.id, name: org.name, wayOut }
  // A rehearsal shows who would be kept out even where the caller is among them.
  if (dryRun) await updateSettingsRow(tx, org.id, change.after)
  else await guardAdmins(tx, permit, guarded, () => updateSettingsRow(tx, org.id, change.after))
  await clearAdminless(tx, org.id)
  if (turnsOn && !dryRun) await tellKeptOut(tx, permit, change.after.require2faFrom, keptOut)
  await record(tx, permit, eventOf(change))
}

function relaxes({ before, after }: Change): boolean {
  if (!before.require2fa) return false
  return !after.require2fa || (after.require2faFrom ?? '') > laterOf(before.require2faFrom ?? '', now().toISOString())
}

// Who comes in by themselves comes in without a probation.
function raisesNewcomers({ before, after }: Change): boolean {
  return after.defaultRole !== before.defaultRole && sharesProbation(after.defaultRole)
}

function laterOf(one: string, other: string): string {
  return one > other ? one : other
}

function eventOf({ before, after, changed }: Change) {
  const only = (record: OrgSettings) => Object.fromEntries(changed.map((name) => [name, record[name]]))
  return {
    type: eventType(after, changed),
    message: messageOf(after, changed),
    data: { before: only(before), after: only(after) },
  }
}

const joinSettings = new Set<SettingName>(['allowJoinRequests', 'userApproval'])

// The contract has a name for some settings alone; several at once have a common one.
function eventType(after: OrgSettings, changed: SettingName[]): string {
  const toggled = (name: string, on: boolean) => `org.settings.security.${name}.${on ? 'enable' : 'disable'}`
  if (changed.includes('require2fa') && changed.every((name) => name.startsWith('require2fa')))
    return toggled('2fa', after.require2fa)
  if (changed.every((name) => joinSettings.has(name))) return 'org.update_join_settings'
  if (changed.length > 1) return 'org.update_settings'
  switch (changed[0]) {
    case 'hideMembers':
      return toggled('members_privacy', after.hideMembers)
    case 'repoVisibility':
      return 'org.settings.security.repo_visibility'
    case 'groupCreation':
      return 'org.settings.resource_groups'
    default:
      return 'org.update_settings'
  }
}

const inWords: Record<SettingName, string> = {
  memberManagement: 'who may change roles',
  defaultRole: 'the default role',
  groupCreation: 'who may create resource groups',
  allowJoinRequests: 'whether people may ask to join',
  userApproval: 'whether admins decide about people who come by an e-mail domain',
  hideMembers: 'whether the member list is hidden',
  repoVisibility: 'the visibility of new repositories',
  require2fa: 'the two-factor requirement',
  require2faFrom: 'when the two-factor requirement begins',
}

function messageOf(after: OrgSettings, changed: SettingName[]): string {
  const words = changed.map((name) =>
    after[name] === null ? inWords[name] : `${inWords[name]} to ${valueInWords(after[name])}`,
  )
  return `changed ${words.join(', ')}`
}

function valueInWords(value: string | boolean | null): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

async function tellKeptOut(
  tx: Tx,
  permit: AnyPermit & { org: { name: string } },
  from: string | null,
  people: KeptOut[],
): Promise<void> {
  const { name } = permit.org
  const when = from === null ? 'From now on' : `From ${from.slice(0, 10)} on`
  for (const { email } of people) {
    if (email === null) continue
    const mail = renderMail({
      to: email,
      subject: `${name} asks for two-factor sign-in`,
      paragraphs: [
        `${when}, members of ${name} need two-factor sign-in to get in, and you do not have it yet.`,
        'Turn it on under Authentication in your settings. You stay a member all the while.',
      ],
      button: { label: 'Turn it on', url: `${permit.hub.publicUrl}/settings/authentication` },
      footer: `You get this because you are a member of ${name}.`,
    })
    await queueMail(tx, mail)
  }
}

function affectedOf(keptOut: KeptOut[]) {
  const people = keptOut.slice(0, mostNamed).map(({ user, fullname, role }) => ({ user, fullname, role }))
  return { count: keptOut.length, people }
}
