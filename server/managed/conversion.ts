import type * as api from '../../api/index.ts'
import { canonicalText, type InputOf, type ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { digest } from '../kernel/secret.ts'
import { queueNotices } from '../mail/queue.ts'
import type { Mail } from '../mail/templates.ts'
import { ChangedMeanwhile } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { domainsOf, releaseAccounts, takeOverAccounts } from '../users/managed/managed.ts'
import * as store from './conversion-store.ts'
import { managedMail, releasedMail } from './mails.ts'

type Api = typeof api.managedAccounts
type ConvertPermit = Permit<'sso.convert'>
type Result = ResultOf<Api['convertSso']>
type Person = api.managedAccounts.ConvertedPerson

const mostNamed = 1000

/** Shows whether an organization uses Managed SSO, and what is missing before it can. */
export async function getManagedSso(
  db: Db,
  { org }: Permit<'sso.viewManaged'>,
): Promise<ResultOf<Api['getManagedSso']>> {
  const [{ since, accounts }, domains, missing] = await Promise.all([
    store.findManaged(db, org.id),
    domainsOf(db, org.id),
    missingFor(db, org),
  ])
  return { managed: since !== null, since: since?.toISOString() ?? null, accounts, domains, missing }
}

async function missingFor(db: Db, org: ConvertPermit['org']): Promise<string[]> {
  const domains = await domainsOf(db, org.id)
  const keepers = await store.countOwnBreakGlass(db, org.id)
  return [
    ...(org.ssoMode === 'enforced' ? [] : ['Enforce SSO.']),
    ...(domains.length > 0 ? [] : ['Verify an email domain.']),
    ...(keepers > 0 ? [] : ['Name a break-glass admin, who keeps an account of their own.']),
  ]
}

/**
 * Converts an organization to Managed SSO, or back. It takes over the accounts of members who have nothing outside the
 * organization, and whose addresses are all in its verified domains; the others keep theirs. Back, the accounts become the
 * people's own. A plan changes nothing, and `apply` does what the plan said, or nothing.
 */
export async function convertSso(db: Db, permit: ConvertPermit, input: InputOf<Api['convertSso']>): Promise<Result> {
  const { mode, managed, planHash } = input
  if (mode === 'apply' && planHash === undefined) throw badField('planHash', 'is required to apply')
  const seen = await peopleOf(db, permit)
  if (mode === 'plan') return resultOf(input, verdictsOf(seen, managed))
  return transaction(db, (tx) => apply(tx, permit, input, seen))
}

async function peopleOf(db: Db, { org }: ConvertPermit): Promise<store.PersonRow[]> {
  return store.listPeople(db, { orgId: org.id, domains: await domainsOf(db, org.id), at: now() })
}

type Verdict = store.PersonRow & Pick<Person, 'outcome'>

function verdictsOf(people: readonly store.PersonRow[], managed: boolean): Verdict[] {
  return people.map((person) => ({ ...person, outcome: outcomeOf(person, managed) }))
}

function outcomeOf({ isManaged, isEnding, reason }: store.PersonRow, managed: boolean): Person['outcome'] {
  if (isEnding) return 'ending'
  if (managed) return isManaged ? 'already_managed' : reason === null ? 'managed' : 'own'
  return isManaged ? 'released' : 'own'
}

function resultOf({ mode, managed }: InputOf<Api['convertSso']>, verdicts: readonly Verdict[]): Result {
  const counts = { managed: 0, already_managed: 0, own: 0, released: 0, ending: 0 }
  for (const { outcome } of verdicts) counts[outcome]++
  const first = verdicts.filter(({ outcome }) => outcome === 'own')
  const people = [...first, ...verdicts.filter(({ outcome }) => outcome !== 'own')].slice(0, mostNamed)
  const planned = verdicts.map(({ id, outcome }) => [id, outcome])
  return {
    managed,
    applied: mode === 'apply',
    planHash: digest(canonicalText({ managed, planned })).toString('hex').slice(0, 32),
    counts,
    people: people.map(({ user, fullname, email, role, outcome, reason }) => {
      return { user, fullname, email, role, outcome, reason: outcome === 'own' ? reason : null }
    }),
  }
}

async function apply(
  tx: Tx,
  permit: ConvertPermit,
  input: InputOf<Api['convertSso']>,
  seen: readonly store.PersonRow[],
): Promise<Result> {
  const { managed, planHash } = input
  const ids = seen.map(({ id }) => id)
  const fresh = await recheck(tx, permit, { accounts: ids, members: ids, requirements: true })
  if (managed) await requireReady(tx, fresh)
  const people = await peopleOf(tx, fresh)
  // Who came in meanwhile is not locked: begin again
  const known = new Set(ids)
  if (people.some(({ id }) => !known.has(id))) throw new ChangedMeanwhile()
  const verdicts = verdictsOf(people, managed)
  const result = resultOf(input, verdicts)
  if (result.planHash !== planHash)
    throw new HubError('Conflict', 'What would happen has changed since the preview. Look at it again.')
  const changed = managed ? await convert(tx, fresh, verdicts) : await convertBack(tx, fresh, verdicts)
  if (changed.length === 0 && fresh.org.isManaged === managed) return result
  await store.setManaged(tx, fresh.org.id, managed ? now() : null)
  await queueNotices(tx, fresh.org.id, mailsFor(fresh, changed, managed))
  await recordConversion(tx, fresh, { managed, changed, counts: result.counts })
  return result
}

async function requireReady(tx: Tx, { org }: ConvertPermit): Promise<void> {
  const [first] = await missingFor(tx, org)
  if (first !== undefined) throw new HubError('Conflict', `managed: ${first}`)
}

async function convert(tx: Tx, { org }: ConvertPermit, verdicts: readonly Verdict[]): Promise<Verdict[]> {
  const taken = verdicts.filter(({ outcome }) => outcome === 'managed')
  const ids = taken.map(({ id }) => id)
  await takeOverAccounts(tx, org.id, ids)
  return taken
}

async function convertBack(tx: Tx, { org }: ConvertPermit, verdicts: readonly Verdict[]): Promise<Verdict[]> {
  await releaseAccounts(tx, org.id)
  return verdicts.filter(({ outcome }) => outcome === 'released')
}

function mailsFor({ org }: ConvertPermit, changed: readonly Verdict[], managed: boolean): Mail[] {
  const mailTo = managed ? managedMail : releasedMail
  return changed.flatMap(({ email, user }) => (email === null ? [] : [mailTo({ to: email, org: org.name, user })]))
}

async function recordConversion(
  tx: Tx,
  permit: ConvertPermit,
  { managed, changed, counts }: { managed: boolean; changed: readonly Verdict[]; counts: Result['counts'] },
): Promise<void> {
  const users = changed.slice(0, mostNamed).map(({ id, user }) => ({ _id: id, user }))
  const accounts = changed.length === 1 ? '1 account' : `${changed.length} accounts`
  const message = managed
    ? `converted the organization to Managed SSO, which took over ${accounts}`
    : `converted the organization back to Basic SSO, which released ${accounts}`
  await record(tx, permit, { type: 'org.settings.sso.convert', message, data: { managed, counts, users } })
}
