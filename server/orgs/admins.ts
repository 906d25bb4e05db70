import { systemAuthor } from '../access/author.ts'
import { refuseOnProbation } from '../access/authorize.ts'
import type { Facts } from '../access/facts.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { queueMail } from '../mail/queue.ts'
import type { Db, Tx } from '../store/database.ts'
import { adminlessMail, atRiskMail } from './admin-mails.ts'
import {
  countUsableAdminsByOrg,
  findAddressesOfWatchers,
  findCandidates,
  findFit,
  findOrganizationsAdministered,
  findRescuers,
  findSuccessors,
  findUsableAdmins,
  lockAccount,
  lockOrganization,
  type SuccessorRow,
  setAdminless,
  setHealthTold,
  type UsableAdmin,
} from './admins-store.ts'

const maxCandidates = 20

/** The organization a change is about. */
export interface Guarded {
  id: string
  name: string
  /** What to do first, for a refusal that another admin would not mend. */
  wayOut?: string
}

/**
 * Makes a change that could take away the last usable admin of an organization, and refuses it with `LastAdmin` if it
 * did. An admin who is not usable keeps the rights and does not count; where no one was usable before, nothing is lost.
 * Who is left alone as admin is told by mail.
 */
export async function guardAdmins<T>(tx: Tx, by: Facts, org: Guarded, change: () => Promise<T>): Promise<T> {
  await lockOrganization(tx, org.id)
  const before = await findUsableAdmins(tx, org.id, now())
  const result = await change()
  const after = await findUsableAdmins(tx, org.id, now())
  if (before.length > 0 && after.length === 0) await refuseLastAdmin(tx, withWayOut(by, org), before)
  if (before.some((admin) => admin.is_proven && admin.id !== by.actor?.id && !after.some(({ id }) => id === admin.id)))
    refuseOnProbation(by, 'change or remove admins who are not on probation')
  const [alone] = after
  if (alone !== undefined && after.length === 1 && before.length > 1) await tellAlone(tx, org, alone)
  return result
}

function withWayOut({ org: of }: Facts, org: Guarded): Guarded {
  if (org.wayOut !== undefined || of?.id !== org.id || of.ssoMode !== 'enforced') return org
  return { ...org, wayOut: ssoWayOut }
}

const ssoWayOut =
  'Make another member an admin first. While single sign-on (SSO) is enforced, admins count once they have signed in with SSO, or if they are break-glass admins'

/** Why the last active admin can't be lost, and the way on. */
export function lastAdminSentence(wayOut = 'Make another member an admin first'): string {
  return `An organization needs at least one active admin. ${wayOut}.`
}

async function refuseLastAdmin(tx: Tx, { id: orgId, wayOut }: Guarded, before: UsableAdmin[]): Promise<never> {
  const lost = before.map(({ id }) => id)
  const candidates = await findCandidates(tx, orgId, lost, maxCandidates)
  throw new HubError('LastAdmin', lastAdminSentence(wayOut), { body: { candidates } })
}

/** An account whose change may cost organizations an admin; `only2fa`: only where 2FA is required. */
export interface AdminAccount {
  id: string
  only2fa?: boolean
  /** Locks what comes after memberships and before organizations. */
  hold?: () => Promise<void>
}

/**
 * Makes a change to an account, and answers which organizations lost their last usable admin by it. Locks the account,
 * and each organization in which the person is admin. Who is left alone as admin is told by mail.
 */
export async function lossesOf(tx: Tx, person: AdminAccount, change: () => Promise<unknown>): Promise<Guarded[]> {
  await lockAccount(tx, person.id)
  await person.hold?.()
  const organizations = await findOrganizationsAdministered(tx, person.id, person.only2fa ?? false)
  for (const { id } of organizations) await lockOrganization(tx, id)
  const ids = organizations.map(({ id }) => id)
  const before = await countUsableAdminsByOrg(tx, ids)
  await change()
  const after = await countUsableAdminsByOrg(tx, ids)
  const atRisk = organizations.filter(({ id }) => after.get(id) === 1 && before.get(id) !== 1)
  for (const org of atRisk) await warnAlone(tx, org)
  return organizations.filter(({ id }) => before.has(id) && !after.has(id))
}

/**
 * Makes a change that can't be refused, and answers whether the organization lost its last usable admin by it. Who is left
 * alone as admin is told by mail.
 */
export async function losesLastAdmin(tx: Tx, org: Guarded, change: () => Promise<unknown>): Promise<boolean> {
  await lockOrganization(tx, org.id)
  const before = await countUsableAdmins(tx, org.id)
  await change()
  const after = await countUsableAdmins(tx, org.id)
  if (after === 1 && before > 1) await warnAlone(tx, org)
  return before > 0 && after === 0
}

/** Makes a change to an account, and answers which organizations without a usable admin have one again by it. */
export async function regainsOf(tx: Tx, userId: string, change: () => Promise<unknown>): Promise<Guarded[]> {
  await lockAccount(tx, userId)
  await change()
  const regained: Guarded[] = []
  for (const org of await findOrganizationsAdministered(tx, userId, false))
    if (await clearAdminless(tx, org.id)) regained.push(org)
  return regained
}

async function warnAlone(tx: Tx, org: Guarded): Promise<void> {
  const [alone] = await findUsableAdmins(tx, org.id, now())
  if (alone !== undefined) await tellAlone(tx, org, alone)
}

async function tellAlone(tx: Tx, org: Guarded, { email }: UsableAdmin): Promise<void> {
  await queueMail(tx, systemAuthor, atRiskMail(org, email))
  await setHealthTold(tx, org.id, now())
}

/** Makes a change to an account; refuses it with `LastAdmin`, naming the organizations left without a usable admin. */
export async function guardOrganizationsOf(
  tx: Tx,
  person: AdminAccount,
  change: () => Promise<unknown>,
): Promise<void> {
  const lost = await lossesOf(tx, person, change)
  const [first] = lost
  if (first === undefined) return
  const organizations = lost.map(({ name }) => name)
  const candidates = await findCandidates(tx, first.id, [person.id], maxCandidates)
  const sentence = `You are the last active admin of ${organizations.join(', ')}. Make another member an admin there first.`
  throw new HubError('LastAdmin', sentence, { body: { organizations, candidates } })
}

/** Holds the row of an organization: no one gives up the role admin, or changes successors, until the transaction ends. */
export async function lockAdmins(tx: Tx, orgId: string): Promise<void> {
  await lockOrganization(tx, orgId)
}

/** The ordered successors of an organization; usable are those who would count as admin. */
export async function listSuccessors(db: Db, orgId: string): Promise<SuccessorRow[]> {
  return findSuccessors(db, orgId)
}

/** Notes that an organization has no usable admin any more, and tells its admins and the operators. */
export async function markAdminless(tx: Tx, org: Guarded): Promise<void> {
  await setAdminless(tx, org.id, now())
  await setHealthTold(tx, org.id, now())
  for (const email of await findRescuers(tx, org.id)) await queueMail(tx, systemAuthor, adminlessMail(org, email))
}

/**
 * Forgets that an organization had no usable admin, once it has one again; answers whether that was news. Holds the row of
 * the organization: who takes its last admin at this moment counts the new one too.
 */
export async function clearAdminless(tx: Tx, orgId: string): Promise<boolean> {
  await lockOrganization(tx, orgId)
  return (await countUsableAdmins(tx, orgId)) > 0 && setAdminless(tx, orgId, null)
}

/** How many usable admins an organization has: active, verified, without expiry, able to sign in under its policy. */
export async function countUsableAdmins(db: Db, orgId: string): Promise<number> {
  return (await countUsableAdminsByOrg(db, [orgId])).get(orgId) ?? 0
}

/** The same for many organizations at once, by id; those without a usable admin are left out. */
export async function countUsableAdminsOf(db: Db, orgIds: readonly string[]): Promise<Map<string, number>> {
  return countUsableAdminsByOrg(db, orgIds)
}

/** How many usable admins there would be if these members became admin, and those stopped being it. */
export async function countUsableAdminsAfter(
  db: Db,
  orgId: string,
  { gained, lost }: { gained: readonly string[]; lost: readonly string[] },
): Promise<{ before: number; after: number }> {
  const before = await countUsableAdmins(db, orgId)
  const fit = new Set(await findFit(db, orgId, [...gained, ...lost]))
  const count = (ids: readonly string[]) => ids.filter((id) => fit.has(id)).length
  return { before, after: before + count(gained) - count(lost) }
}

/** Everyone who is told when someone recovers an organization: admins, members with `write` or more, site admins, and the person. */
export async function findWatchers(db: Db, orgId: string, personId: string): Promise<string[]> {
  return findAddressesOfWatchers(db, orgId, personId, now())
}

/** How well an organization is guarded against losing its last admin. */
export function healthOf(usableAdmins: number): 'healthy' | 'at_risk' | 'adminless' {
  if (usableAdmins >= 2) return 'healthy'
  return usableAdmins === 1 ? 'at_risk' : 'adminless'
}
