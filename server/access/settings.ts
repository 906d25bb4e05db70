import type { OrgSettings, SettingName } from '../../api/index.ts'
import { settingNames } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import { sharesProbation } from './escalation.ts'
import type { PlanFeature } from './ladder.ts'

/** What the server does about one setting; what it may be and how it is named stands in the table of the API. */
interface SettingRow<Value> {
  /** Its column of `organizations`. */
  column: string
  /** The event of a change of this setting alone; `*` is `enable` or `disable`. */
  event: string
  /** It says more about another setting, after which the event of both is named. */
  detailOf?: SettingName
  /** What the plan must have for any other value than the one that asks nothing of members. */
  plan?: { feature: PlanFeature; unless: Value }
  /** A change that waits until a probation after a recovery is over, and what it is called. */
  relaxing?: { words: string; test: (before: OrgSettings, after: OrgSettings) => boolean }
}

const ipRelaxing = 'turn off or widen the IP restriction'
const twoFactorRelaxing = 'turn off or postpone the 2FA requirement'

/** Every setting of an organization; a new one is a row here, a row in the table of the API, and a column. */
export const settingRows = {
  memberManagement: { column: 'member_management', event: 'org.update_settings' },
  defaultRole: {
    column: 'default_role',
    event: 'org.update_settings',
    relaxing: {
      words: 'set the default role to write',
      // Who comes in without an invitation comes in without a probation
      test: (before, after) => after.defaultRole !== before.defaultRole && sharesProbation(after.defaultRole),
    },
  },
  groupCreation: { column: 'group_creation', event: 'org.settings.resource_groups' },
  allowJoinRequests: { column: 'allow_join_requests', event: 'org.update_join_settings' },
  userApproval: { column: 'user_approval', event: 'org.update_join_settings' },
  hideMembers: { column: 'hide_members', event: 'org.settings.security.members_privacy.*' },
  notifyMembers: { column: 'notify_members', event: 'org.update_settings' },
  repoVisibility: { column: 'repo_visibility', event: 'org.settings.security.repo_visibility' },
  require2fa: {
    column: 'require_2fa',
    event: 'org.settings.security.2fa.*',
    plan: { feature: 'require2fa', unless: false },
    relaxing: { words: twoFactorRelaxing, test: (before, after) => before.require2fa && !after.require2fa },
  },
  require2faFrom: {
    column: 'require_2fa_from',
    event: 'org.update_settings',
    detailOf: 'require2fa',
    relaxing: { words: twoFactorRelaxing, test: putsTwoFactorOff },
  },
  tokenPolicy: {
    column: 'token_policy',
    event: 'org.settings.token_policy',
    plan: { feature: 'tokenManagement', unless: 'any' },
  },
  tokenMaxLifetimeDays: {
    column: 'token_max_lifetime_days',
    event: 'org.settings.token_policy',
    plan: { feature: 'tokenManagement', unless: null },
  },
  ipRanges: {
    column: 'ip_ranges',
    event: 'org.settings.network',
    detailOf: 'enforceIpRestriction',
    relaxing: { words: ipRelaxing, test: (before, after) => before.enforceIpRestriction && addsRanges(before, after) },
  },
  enforceIpRestriction: {
    column: 'enforce_ip_ranges',
    event: 'org.settings.network.ip_restriction.*',
    plan: { feature: 'networkSecurity', unless: false },
    relaxing: {
      words: ipRelaxing,
      test: (before, after) => before.enforceIpRestriction && !after.enforceIpRestriction,
    },
  },
  setupChecklist: { column: 'setup_checklist', event: 'org.update_settings' },
} as const satisfies { [Name in SettingName]: SettingRow<OrgSettings[Name]> }

function putsTwoFactorOff(before: OrgSettings, after: OrgSettings): boolean {
  const from = after.require2faFrom ?? ''
  return before.require2fa && from > (before.require2faFrom ?? '') && from > now().toISOString()
}

function addsRanges(before: OrgSettings, after: OrgSettings): boolean {
  return after.ipRanges.some((range) => !before.ipRanges.includes(range))
}

/** One row of the table, whichever. */
export function rowOf(name: SettingName): SettingRow<OrgSettings[SettingName]> {
  return settingRows[name]
}

/** A value as the database keeps it: a moment is a moment there. */
type Stored<Value> = string extends NonNullable<Value> ? Date | Extract<Value, null> : Value

/** The settings of an organization as the database keeps them. */
export type StoredSettings = { [Name in SettingName]: Stored<OrgSettings[Name]> }

/** The settings of an organization, out of a row that holds more. */
export function settingsIn(row: StoredSettings): StoredSettings {
  return Object.fromEntries(settingNames.map((name) => [name, row[name]])) as StoredSettings
}

/** The settings for a select list: the columns of `organizations`, each under the name of its setting. */
export function selectedSettings(alias: string): string {
  return settingNames.map((name) => `${alias}.${settingRows[name].column} "${name}"`).join(', ')
}
