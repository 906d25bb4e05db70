import { isDeepStrictEqual } from 'node:util'
import type * as api from '../../api/index.ts'
import type { InputOf, OrgSettings, ResultOf, SettingName } from '../../api/index.ts'
import { settingNames, settingSaid } from '../../api/index.ts'
import { unmetByAddress } from '../access/address-rules.ts'
import { systemAuthor } from '../access/author.ts'
import { refuseOnProbation, requireFeature } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { rowOf, type StoredSettings, settingsIn } from '../access/settings.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { queueMail } from '../mail/queue.ts'
import { composeMail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { clearAdminless, guardAdmins } from './admins.ts'
import {
  findWithoutTwoFactor,
  type KeptOut,
  type LockedOrg,
  lockOrg,
  storedSettings,
  updateSettingsRow,
} from './store.ts'

type Organizations = typeof api.organizations
type SettingsInput = InputOf<Organizations['updateSettings']>
type Problem = ResultOf<Organizations['updateSettings']>['problems'][number]
const mostNamed = 100

/** Shows the settings. */
export async function getSettings(
  _db: Db,
  permit: Permit<'org.viewSettings'>,
  _input: InputOf<Organizations['getSettings']>,
): Promise<ResultOf<Organizations['getSettings']>> {
  return shown(permit.org)
}

// A moment is answered as text.
function shown(settings: StoredSettings): OrgSettings {
  const { require2faFrom, ...rest } = settingsIn(settings)
  return { ...rest, require2faFrom: require2faFrom?.toISOString() ?? null }
}

/** Changes settings, with one event; turning on the 2FA requirement tells those it will keep out. */
export async function updateSettings(
  db: Db,
  permit: Permit<'org.updateSettings'>,
  input: SettingsInput,
): Promise<ResultOf<Organizations['updateSettings']>> {
  return transaction(
    db,
    async (tx) => {
      await recheck(tx, permit, { requirements: true })
      return changeSettings(tx, permit, input)
    },
    { dryRun: input.dryRun ?? false },
  )
}

/** The same in a transaction that has asked for the right again, for this change of requirements. */
export async function changeSettings(
  tx: Tx,
  permit: Permit<'org.updateSettings'>,
  { dryRun = false, ...input }: Omit<SettingsInput, 'org'>,
): Promise<ResultOf<Organizations['updateSettings']>> {
  const row = await lockOrg(tx, permit.org.id)
  if (row === undefined) throw new HubError('NotFound', 'Organization not found')
  const before = shown(storedSettings(row))
  const after = settingsAfter(before, input)
  if (after.userApproval && !before.userApproval) requireVerifiedDomain(row)
  const keptOut =
    after.require2fa && (input.require2fa || input.require2faFrom !== undefined)
      ? await findWithoutTwoFactor(tx, row.id)
      : []
  const changed = settingNames.filter((name) => !isDeepStrictEqual(before[name], after[name]))
  refuseLockOut(permit, after)
  const change = { before, after, changed, dryRun, keptOut }
  const problems = changed.length > 0 ? await saveSettings(tx, permit, change) : []
  return { ...after, dryRun, problems, affected: affectedOf(keptOut) }
}

// Once on it stays on, also when the verification is lost: a record that vanishes from the DNS opens no door.
function requireVerifiedDomain({ name, is_verified: isVerified }: LockedOrg): void {
  if (isVerified) return
  throw new HubError('Conflict', `userApproval: ${name} has no verified email domain. Verify one first.`)
}

// The admin who sets them must be inside, or could not take it back.
function refuseLockOut({ request }: Permit<'org.updateSettings'>, after: OrgSettings): void {
  if (unmetByAddress(request.address, after).length === 0) return
  throw badField('ipRanges', `must include your own address, ${request.ip}. Otherwise you lock yourself out`)
}

interface Change {
  before: OrgSettings
  after: OrgSettings
  changed: SettingName[]
  dryRun: boolean
  keptOut: KeptOut[]
}

function settingsAfter(before: OrgSettings, input: Omit<SettingsInput, 'org'>): OrgSettings {
  const given = settingNames.filter((name) => input[name] !== undefined).map((name) => [name, input[name]])
  const after: OrgSettings = { ...before, ...Object.fromEntries(given) }
  if (!after.require2fa && input.require2faFrom)
    throw badField('require2faFrom', 'requires `require2fa`. Turn that on too')
  const from = after.require2faFrom && new Date(after.require2faFrom).toISOString()
  return { ...after, require2faFrom: after.require2fa ? from : null }
}

// A dry run answers the refusal of the last admin as a problem, beside the people whom it would keep out.
async function saveSettings(tx: Tx, permit: Permit<'org.updateSettings'>, change: Change): Promise<Problem[]> {
  const { org } = permit
  const { dryRun, keptOut } = change
  const turnsOn = change.after.require2fa && !change.before.require2fa
  for (const name of change.changed) refuseSetting(permit, name, change)
  const wayOut = 'Turn on 2FA for your own account first, under Settings → Authentication'
  const guarded = { id: org.id, name: org.name, wayOut }
  const save = guardAdmins(tx, permit.facts, guarded, () => updateSettingsRow(tx, org.id, change.after))
  const problems = dryRun ? await problemsOf(save) : await save.then(() => [])
  await clearAdminless(tx, org.id)
  if (turnsOn && !dryRun) await tellKeptOut(tx, permit.org, change.after.require2faFrom, keptOut)
  await record(tx, permit, eventOf(change))
  return problems
}

async function problemsOf(change: Promise<unknown>): Promise<Problem[]> {
  try {
    await change
    return []
  } catch (error) {
    if (error instanceof HubError && error.code === 'LastAdmin') return [{ code: error.code, message: error.message }]
    throw error
  }
}

function refuseSetting(permit: Permit<'org.updateSettings'>, name: SettingName, { before, after }: Change): void {
  const { plan, relaxing } = rowOf(name)
  if (plan !== undefined && after[name] !== plan.unless) requireFeature(permit.facts, plan.feature)
  if (relaxing?.test(before, after)) refuseOnProbation(permit.facts, relaxing.words)
}

function eventOf({ before, after, changed }: Change) {
  const only = (record: OrgSettings) => Object.fromEntries(changed.map((name) => [name, record[name]]))
  return {
    type: eventType(after, changed),
    message: messageOf(after, changed),
    data: { before: only(before), after: only(after) },
  }
}

// Settings that changed together have a common name, unless all of them have the same one alone.
function eventType(after: OrgSettings, changed: SettingName[]): string {
  const named = changed.filter((name) => !changed.some((other) => rowOf(name).detailOf === other))
  const types = new Set(named.map((name) => rowOf(name).event.replace('*', after[name] ? 'enable' : 'disable')))
  const [type = '', ...others] = types
  return others.length === 0 ? type : 'org.update_settings'
}

// A requirement that is turned off takes its start with it.
function messageOf(after: OrgSettings, changed: SettingName[]): string {
  const said = changed.filter((name) => {
    const { detailOf } = rowOf(name)
    return after[name] !== null || detailOf === undefined || !changed.includes(detailOf)
  })
  return new Intl.ListFormat('en-US').format(said.map((name) => settingSaid(name, after)))
}

async function tellKeptOut(tx: Tx, { name }: { name: string }, from: string | null, people: KeptOut[]): Promise<void> {
  const when = from === null ? 'From now on' : `From ${from.slice(0, 10)}`
  for (const { email } of people) {
    if (email === null) continue
    const mail = composeMail({
      to: email,
      kind: 'organization',
      subject: `${name} requires two-factor authentication`,
      paragraphs: [
        `${when}, members of ${name} need two-factor authentication (2FA) to access the organization. You haven’t turned it on yet.`,
        'Turn it on under Settings → Authentication. You stay a member in the meantime.',
      ],
      button: { label: 'Turn on 2FA', path: `/settings/authentication` },
      footer: `You’re receiving this email because you’re a member of ${name}.`,
    })
    await queueMail(tx, systemAuthor, mail)
  }
}

function affectedOf(keptOut: KeptOut[]) {
  const people = keptOut.slice(0, mostNamed).map(({ user, fullname, role }) => ({ user, fullname, role }))
  return { count: keptOut.length, people }
}
