import { HubError } from '../kernel/errors.ts'
import type { Db, Tx } from '../store/database.ts'
import { countUsableAdminsByOrg, findCandidates, findOrganizationsAdministered, findUsableAdmins, lockAccount, lockOrganization } from './admins-store.ts'

const maxCandidates = 20

/**
 * Makes a change that could take away the last usable admin of an organization, and refuses it with `LastAdmin` if it
 * did. An admin who is not usable keeps the rights and does not count; where nobody was usable before, nothing is lost.
 * Everybody who locks does so in one order: accounts, memberships, organizations, chains of events.
 */
export async function guardAdmins<T>(tx: Tx, orgId: string, change: () => Promise<T>): Promise<T> {
  await lockOrganization(tx, orgId)
  const before = await findUsableAdmins(tx, orgId)
  const result = await change()
  if (before.length > 0 && (await findUsableAdmins(tx, orgId)).length === 0) await refuseLastAdmin(tx, orgId, before)
  return result
}

async function refuseLastAdmin(tx: Tx, orgId: string, before: string[]): Promise<never> {
  const candidates = await findCandidates(tx, orgId, before, maxCandidates)
  const sentence = 'An organization keeps at least one admin who can sign in: make another member admin first.'
  throw new HubError('LastAdmin', sentence, { body: { candidates } })
}

/** An organization that a person is about to leave without a usable admin. */
export interface Loss {
  id: string
  name: string
}

/**
 * Makes a change to an account, and answers which organizations lost their last usable admin by it. Locks the
 * account, and each organization in which the person is admin, until the transaction ends.
 */
export async function lossesOf(
  tx: Tx,
  person: { id: string; only2fa?: boolean },
  change: () => Promise<unknown>,
): Promise<Loss[]> {
  await lockAccount(tx, person.id)
  const organizations = await findOrganizationsAdministered(tx, person.id, person.only2fa ?? false)
  for (const { id } of organizations) await lockOrganization(tx, id)
  const ids = organizations.map(({ id }) => id)
  const before = await countUsableAdminsByOrg(tx, ids)
  await change()
  const after = await countUsableAdminsByOrg(tx, ids)
  return organizations.filter(({ id }) => before.has(id) && !after.has(id))
}

/** Makes a change to an account; refuses it with `LastAdmin`, naming the organizations that it would leave without a usable admin. */
export async function guardOrganizationsOf(
  tx: Tx,
  person: { id: string; only2fa?: boolean },
  change: () => Promise<unknown>,
): Promise<void> {
  const lost = await lossesOf(tx, person, change)
  const [first] = lost
  if (first === undefined) return
  const names = lost.map(({ name }) => name)
  const candidates = await findCandidates(tx, first.id, [person.id], maxCandidates)
  const sentence = `You are the last admin who can sign in of ${names.join(', ')}: make another member admin there first.`
  throw new HubError('LastAdmin', sentence, { body: { organizations: names, candidates } })
}

/** How many usable admins an organization has: active, verified, without expiry, able to sign in under its policy. */
export async function countUsableAdmins(db: Db, orgId: string): Promise<number> {
  return (await countUsableAdminsByOrg(db, [orgId])).get(orgId) ?? 0
}

/** The same for many organizations at once, by id; those without a usable admin are left out. */
export async function countUsableAdminsOf(db: Db, orgIds: readonly string[]): Promise<Map<string, number>> {
  return countUsableAdminsByOrg(db, orgIds)
}

/** How well an organization is guarded against losing its last admin. */
export function healthOf(usableAdmins: number): 'healthy' | 'at_risk' | 'adminless' {
  if (usableAdmins >= 2) return 'healthy'
  return usableAdmins === 1 ? 'at_risk' : 'adminless'
}
