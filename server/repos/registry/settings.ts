import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { refuseDuringProbation } from '../../members/membership/probation.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { repoIsGone } from './rules.ts'
import { lockRepoRow, type RepoSettings, setSettings, wantPruning } from './store.ts'
import { wantedPrivate } from './visibility.ts'

type Update = typeof api.repos.updateRepoSettings
type Input = InputOf<Update>
type Updating = Permit<'repo.updateSettings'>

/** Changes who can see a repository, and who gets its files. */
export async function updateRepoSettings(db: Db, permit: Updating, input: Input): Promise<ResultOf<Update>> {
  const wanted = wantedPrivate(input)
  if (wanted === false && permit.repo.private) await refuseDuringProbation(db, permit.facts, 'make repositories public')
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const before = await lockRepoRow(tx, permit.repo.id)
    if (before === undefined) throw repoIsGone()
    const after = settingsAfter(before, { ...input, private: wanted })
    const changed = changedNames(before, after)
    if (changed.length === 0) return replyOf(after)
    await setSettings(tx, before.id, after)
    if (before.private && !after.private) await wantPruning(tx, before.id)
    await recordChange(tx, permit, { name: before.name, orgId: before.org_id, changed, before, after })
    return replyOf(after)
  })
}

function settingsAfter(before: RepoSettings, input: Input): RepoSettings {
  const { gated, orgMembersGated, gatedNotificationsMode, gatedNotificationsEmail } = input
  return {
    private: input.private ?? before.private,
    gate: gated === undefined ? before.gate : gated || null,
    gate_members: orgMembersGated ?? before.gate_members,
    gate_notifications: gatedNotificationsMode ?? before.gate_notifications,
    gate_email: gatedNotificationsEmail === undefined ? before.gate_email : gatedNotificationsEmail,
  }
}

function changedNames(before: RepoSettings, after: RepoSettings): (keyof RepoSettings)[] {
  return (Object.keys(after) as (keyof RepoSettings)[]).filter((name) => before[name] !== after[name])
}

function replyOf(settings: RepoSettings): ResultOf<Update> {
  const { gatedNotificationsEmail: email, ...gate } = gateSettingsOf(settings)
  const reply = { private: settings.private, visibility: visibilityOf(settings.private), ...gate }
  return email === null ? reply : { ...reply, gatedNotificationsEmail: email }
}

/** The settings of a gate, as the API shows them. */
export function gateSettingsOf(settings: Omit<RepoSettings, 'private'>): api.gated.GateSettings {
  return {
    gated: settings.gate ?? false,
    orgMembersGated: settings.gate_members,
    gatedNotificationsMode: settings.gate_notifications,
    gatedNotificationsEmail: settings.gate_email,
  }
}

function visibilityOf(isPrivate: boolean): 'public' | 'private' {
  return isPrivate ? 'private' : 'public'
}

interface Change {
  name: string
  orgId: string | null
  changed: readonly (keyof RepoSettings)[]
  before: RepoSettings
  after: RepoSettings
}

async function recordChange(tx: Tx, permit: Updating, { name, orgId, changed, before, after }: Change): Promise<void> {
  const { id, type, namespace } = permit.repo
  const fullName = `${namespace}/${name}`
  const shown = (settings: RepoSettings) => {
    const all: Partial<ResultOf<Update>> = replyOf(settings)
    return Object.fromEntries(changed.map((one) => [names[one], all[names[one]] ?? null]))
  }
  await record(tx, permit, {
    type: 'repo.update_settings',
    message: messageOf(`the ${type} ${fullName}`, changed, after),
    data: { repo: { id, type, name: fullName }, before: shown(before), after: shown(after) },
    scope: orgId ?? 'instance',
  })
}

const names = {
  private: 'private',
  gate: 'gated',
  gate_members: 'orgMembersGated',
  gate_notifications: 'gatedNotificationsMode',
  gate_email: 'gatedNotificationsEmail',
} as const satisfies Record<keyof RepoSettings, keyof ResultOf<Update>>

// What changes who reaches the repository is named first.
function messageOf(repo: string, changed: readonly (keyof RepoSettings)[], after: RepoSettings): string {
  const parts = [
    ...(changed.includes('private') ? [`made ${repo} ${visibilityOf(after.private)}`] : []),
    ...(changed.includes('gate') ? [gateMessage(repo, after)] : []),
  ]
  return parts.length === 0 ? `changed the access settings of ${repo}` : parts.join(' and ')
}

function gateMessage(repo: string, { gate }: RepoSettings): string {
  if (gate === null) return `turned off access requests for ${repo}`
  return `turned on ${gate === 'auto' ? 'automatic' : 'manual'} access requests for ${repo}`
}
