import { EmailAddress } from '../../../api/index.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { ChangedMeanwhile, refusedBy } from '../../store/conflict.ts'
import type { Db, Tx } from '../../store/database.ts'
import { closeAccount } from '../accounts/accounts.ts'
import { takeOver } from '../accounts/store.ts'
import { fitName, giveUpName } from '../names/names.ts'
import * as store from './managed-store.ts'

const keptDays = 30
// From when the account is closed: 90 days after its identity provider deleted it
const nameKeptDays = 60

/** What an identity provider says about a person for whom it wants an account. */
export interface NewManaged {
  orgId: string
  /** The account is named after the part of it before `@`. */
  userName: string
  fullname: string
  address: string
}

/**
 * Creates an account that an organization owns, without a password. Its address counts as verified, so it has to be in a
 * domain of the organization, and no account has it yet.
 */
export async function createManaged(tx: Tx, wish: NewManaged): Promise<{ id: string; name: string; fullname: string }> {
  const at = now()
  return insertAs(tx, wish, await store.findFreeName(tx, fitName(wish.userName), at), at)
}

/**
 * The account that has an address; where there is none, one that the organization owns is created, if the address is in
 * one of its verified domains.
 */
export async function findOrCreateManaged(tx: Tx, wish: NewManaged): Promise<Omit<store.ManagedRow, 'isActive'>> {
  const at = now()
  const { orgId, address } = wish
  const { known, domains, name } = await store.findForNew(tx, { orgId, address, base: fitName(wish.userName) }, at)
  if (known !== undefined) return known
  refuseForeign(address, domains)
  return { ...(await insertAs(tx, wish, name, at)), managedBy: orgId }
}

async function insertAs(tx: Tx, { orgId, fullname, address }: NewManaged, name: string, at: Date) {
  const account = { id: newId(), orgId, name, fullname: fullname || name, emailId: newId(), address, at }
  // Someone took the name or the address at this moment: the transaction is tried again, and finds another, or their account
  if (!(await isInserted(tx, account))) throw new ChangedMeanwhile()
  return { id: account.id, name, fullname: account.fullname }
}

async function isInserted(tx: Tx, account: Parameters<typeof store.insertManaged>[1]): Promise<boolean> {
  try {
    return await store.insertManaged(tx, account)
  } catch (error) {
    if (refusedBy(error) !== 'emails_verified') throw error
    return false
  }
}

async function refusingTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (refusedBy(error) !== 'emails_verified') throw error
    throw new HubError('Conflict', 'Another account has this email address.')
  }
}

/** Refuses an address outside the verified domains of the organization: it would pass for someone else’s. */
export async function requireOwnDomain(tx: Tx, orgId: string, address: string): Promise<void> {
  refuseForeign(address, await store.listVerifiedDomains(tx, orgId))
}

function refuseForeign(address: string, domains: readonly string[]): void {
  // As everyone’s: neither two addresses, nor one that goes on to another server, nor a look-alike
  if (EmailAddress.safeParse(address).data?.toLowerCase() !== address.toLowerCase())
    throw new HubError('Unprocessable', `“${address}” is not a valid email address.`)
  const [, domain = ''] = address.toLowerCase().split('@')
  if (domains.includes(domain)) return
  throw new HubError(
    'Unprocessable',
    `The email address ${address} is not in a verified domain of the organization. Verify ${domain} under Settings → Account first.`,
  )
}

/** The account that has an address verified, with whose it is. */
export async function findAccountAt(db: Db, address: string): Promise<store.ManagedRow | undefined> {
  return store.findByAddress(db, address)
}

/** The account of an ID, with whose it is. */
export async function findAccountById(db: Db, id: string): Promise<store.ManagedRow | undefined> {
  return store.findById(db, id)
}

/** The domains in which addresses of the accounts of an organization can be. */
export async function domainsOf(db: Db, orgId: string): Promise<string[]> {
  return store.listVerifiedDomains(db, orgId)
}

/** Makes accounts an organization’s: their passwords, 2FA, and sessions end. Lock them first. */
export async function takeOverAccounts(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  await takeOver(tx, orgId, userIds)
}

/** Gives all accounts of an organization to their people, but for those that end. */
export async function releaseAccounts(tx: Tx, orgId: string): Promise<void> {
  await store.release(tx, orgId)
}

/** Deactivates a managed account: it is out at its next request. */
export async function deprovisionAccount(tx: Tx, userId: string): Promise<void> {
  await store.deprovision(tx, userId, now())
}

/** Activates a managed account again, unless a site admin suspended it. */
export async function reprovisionAccount(tx: Tx, userId: string): Promise<void> {
  await store.reprovision(tx, userId)
}

/** Managed accounts whose 30 days are over. */
export async function findEndedAccounts(db: Db, most: number): Promise<{ id: string; name: string }[]> {
  return store.findEnded(db, now(), most)
}

/** Locks an account whose 30 days are over; false where it is gone. */
export async function lockEndedAccount(tx: Tx, id: string): Promise<boolean> {
  return store.lockEnded(tx, id, now())
}

/** Closes a managed account for good, after everything that it holds; its name is free 60 days later. */
export async function closeManaged(tx: Tx, id: string): Promise<void> {
  await closeAccount(tx, id)
  await store.clearEnd(tx, id)
  await giveUpName(tx, id, secondsFromNow(nameKeptDays * daySeconds))
}

/** Deactivates a managed account for good: the address is free at once, and the account is deleted after 30 days. */
export async function endAccountLater(tx: Tx, userId: string): Promise<void> {
  await store.deprovision(tx, userId, now())
  await store.setEnd(tx, userId, secondsFromNow(keptDays * daySeconds))
}

/** Brings the name and the address of a person up to what the identity provider says; `409` where another account has the address. */
export async function updateManaged(
  tx: Tx,
  userId: string,
  change: { fullname: string | undefined; address: string | undefined },
): Promise<void> {
  await refusingTaken(() => store.updatePerson(tx, userId, { ...change, at: now() }))
}
