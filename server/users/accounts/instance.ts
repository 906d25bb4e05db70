import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { allowedActions } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, transaction } from '../../store/database.ts'
import { findAccountOf, needsSetup } from './accounts.ts'
import { findInstance, type InstanceRow, lockInstance, setInstance } from './instance-store.ts'

type Settings = ResultOf<typeof api.operator.getInstanceSettings>
/** What the running process knows better than the database: its version, its pages, its mail server, whether it shows the demo. */
type OfProcess = 'version' | 'build' | 'sendsMail' | 'demo'

/** What pages need first: the installation, and who is signed in. What only the process knows is added by it. */
export async function describeInstance(
  db: Db,
  permit: Permit<'instance.view'>,
  _input: unknown,
  links: Links,
): Promise<Omit<ResultOf<typeof api.users.instance>, OfProcess>> {
  const { actor } = permit
  // A fine-grained token does not show the account of its owner
  const hasAccount =
    actor !== undefined && actor.via !== 'console' && allowedActions(permit.facts, 'account.view').length > 0
  const [instance, waiting, account] = await Promise.all([
    findInstance(db),
    needsSetup(db),
    hasAccount ? findAccountOf(db, links, actor.id) : null,
  ])
  return {
    name: instance.name,
    yourAddress: permit.request.ip,
    needsSetup: waiting,
    signUp: instance.sign_up,
    mayCreateOrganizations: allowedActions(permit.facts, 'org.create').includes('org.create'),
    account,
  }
}

/** Shows operators the settings of this installation. */
export async function getInstanceSettings(db: Db, _permit: Permit<'operator.viewSettings'>): Promise<Settings> {
  return settingsOf(await findInstance(db))
}

/** Changes settings of this installation; those not named stay. */
export async function updateInstanceSettings(
  db: Db,
  permit: Permit<'operator.updateSettings'>,
  input: InputOf<typeof api.operator.updateInstanceSettings>,
): Promise<Settings> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockInstance(tx)
    const before = settingsOf(row)
    const after: Settings = {
      name: input.name ?? before.name,
      signUp: input.signUp ?? before.signUp,
      organizationCreation: input.organizationCreation ?? before.organizationCreation,
      defaultPlan: input.defaultPlan ?? before.defaultPlan,
      currency: input.currency ?? before.currency,
      seatPrices: pricesAfter(before.seatPrices, input.seatPrices),
      storageLimits: limitsAfter(before.storageLimits, input.storageLimits),
    }
    if (JSON.stringify(before) === JSON.stringify(after)) return before
    await setInstance(tx, {
      name: after.name,
      sign_up: after.signUp,
      organization_creation: after.organizationCreation,
      default_plan: after.defaultPlan,
      currency: after.currency,
      seat_price_team: after.seatPrices.team,
      seat_price_enterprise: after.seatPrices.enterprise,
      seat_price_plus: after.seatPrices.plus,
      user_storage: after.storageLimits.accounts,
      sign_up_storage: after.storageLimits.openSignUp,
      org_storage: after.storageLimits.organizations,
    })
    await record(tx, permit, {
      type: 'operator.update_settings',
      message: 'changed the instance settings',
      data: { before, after },
    })
    return after
  })
}

type Prices = Settings['seatPrices']

function pricesAfter(before: Prices, changes: { [Plan in keyof Prices]?: number | undefined } = {}): Prices {
  const { team, enterprise, plus } = changes
  return { team: team ?? before.team, enterprise: enterprise ?? before.enterprise, plus: plus ?? before.plus }
}

type Limits = Settings['storageLimits']

// Null says that there is no limit, so that it is not the same as nothing said
function limitsAfter(before: Limits, changes: { [Of in keyof Limits]?: Limits[Of] | undefined } = {}): Limits {
  const pick = (of: keyof Limits) => (changes[of] === undefined ? before[of] : changes[of])
  return { accounts: pick('accounts'), openSignUp: pick('openSignUp'), organizations: pick('organizations') }
}

function settingsOf(row: InstanceRow): Settings {
  return {
    name: row.name,
    signUp: row.sign_up,
    organizationCreation: row.organization_creation,
    defaultPlan: row.default_plan,
    currency: row.currency,
    seatPrices: { team: row.seat_price_team, enterprise: row.seat_price_enterprise, plus: row.seat_price_plus },
    storageLimits: { accounts: row.user_storage, openSignUp: row.sign_up_storage, organizations: row.org_storage },
  }
}
