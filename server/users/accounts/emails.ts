import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { type Author, systemAuthor } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { daySeconds, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { queueMail } from '../../mail/queue.ts'
import { refusedBy } from '../../store/conflict.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import * as store from '../addresses/email-store.ts'
import { checkLink, createLink, useLink } from '../addresses/links.ts'
import { type AddressChange, addressChangedMail, addressTakenMail, verificationMail } from '../addresses/mails.ts'
import { tellOwner } from '../addresses/notices.ts'
import { attemptLimits, countAttempt } from '../guessing/attempts.ts'
import { ownId } from './accounts.ts'

const mostEmails = 20
const verificationSeconds = 3 * daySeconds

type Email = ResultOf<typeof api.emails.addEmail>

/** Gives a new account its primary address; one that counts as verified is refused with `409` where another account has it. */
export async function giveFirstEmail(
  tx: Tx,
  userId: string,
  address: string,
  isVerified: boolean,
): Promise<store.EmailRow> {
  const at = now()
  const email = { id: newId(), userId, address, verifiedAt: isVerified ? at : null, isPrimary: true, createdAt: at }
  return insert(tx, email)
}

async function insert(tx: Tx, email: Parameters<typeof store.insertEmail>[1]): Promise<store.EmailRow> {
  try {
    const row = await store.insertEmail(tx, email, mostEmails)
    if (row === undefined)
      throw new HubError('Conflict', `An account can have at most ${mostEmails} email addresses. Remove one first.`)
    return row
  } catch (error) {
    const constraint = refusedBy(error)
    if (constraint === 'emails_once') throw new HubError('Conflict', 'This address is already on your account.')
    if (constraint === 'emails_verified') throw verifiedElsewhere()
    throw error
  }
}

function verifiedElsewhere(): HubError {
  return new HubError(
    'Conflict',
    'Another account has already verified this address. An address can belong to only one account.',
  )
}

/**
 * Mails the link that verifies an address, and then leads on to a page. Where another account has it verified, the mail says that instead, so that
 * only the owner of the address learns of that account.
 */
export async function sendVerification(
  tx: Tx,
  author: Author,
  account: { id: string; name: string },
  email: { id: string; address: string; leadTo?: string | undefined },
) {
  const recipient = { name: account.name, email: email.address }
  const token = await createLink(tx, {
    purpose: 'verify_email',
    userId: account.id,
    emailId: email.id,
    lifetimeSeconds: verificationSeconds,
  })
  const isTaken = await store.isVerifiedElsewhere(tx, account.id, email.address)
  await queueMail(tx, author, isTaken ? addressTakenMail(recipient) : verificationMail(recipient, token, email.leadTo))
}

/** Lists the caller's addresses, the primary one first. */
export async function listEmails(
  db: Db,
  permit: Permit<'email.list'>,
): Promise<ResultOf<typeof api.emails.listEmails>> {
  const rows = await store.listEmails(db, ownId(permit))
  return rows.map(emailOf)
}

/** Adds an address to the caller's account, and mails the link that verifies it. */
export async function addEmail(
  db: Db,
  permit: Permit<'email.create'>,
  { address }: InputOf<typeof api.emails.addEmail>,
): Promise<Email> {
  const userId = ownId(permit)
  await countAttempt(db, attemptLimits.verificationMail, address.toLowerCase())
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const isPrimary = (await store.lockPrimary(tx, userId)) === undefined
    const row = await insert(tx, { id: newId(), userId, address, verifiedAt: null, isPrimary, createdAt: now() })
    await sendVerification(tx, permit, permit.actor, row)
    await tellOfAddress(tx, permit.actor, address, 'added')
    await record(tx, permit, { type: 'email.create', message: `added the address ${address}`, data: { address } })
    return emailOf(row)
  })
}

/** Sends the verification mail of an address once more; the link in the earlier one stops working. */
export async function resendVerification(
  db: Db,
  permit: Permit<'email.resend'>,
  { id }: InputOf<typeof api.emails.resendVerification>,
): Promise<ResultOf<typeof api.emails.resendVerification>> {
  const email = (await store.findEmail(db, ownId(permit), id)) ?? noSuchEmail()
  if (email.verified_at !== null) throw new HubError('Conflict', 'This address is already verified.')
  await countAttempt(db, attemptLimits.verificationMail, email.address.toLowerCase())
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    await sendVerification(tx, permit, permit.actor, email)
    await record(tx, permit, {
      type: 'email.resend',
      message: `requested another verification email for ${email.address}`,
      data: { address: email.address },
    })
    return { success: true }
  })
}

// A link to a new password went to the addresses as they were.
async function tellOfAddress(
  tx: Tx,
  account: { id: string; name: string },
  address: string,
  change: AddressChange,
): Promise<void> {
  await store.deleteLinks(tx, account.id, 'reset_password')
  const except = change === 'verified' ? [address] : []
  await tellOwner(tx, account, (to) => addressChangedMail(to, address, change), { except })
}

/** What the link of a verification mail is for; throws `400` when it works no more. */
export async function getClaim(db: Db, token: string): Promise<{ userId: string; username: string; address: string }> {
  const { user_id: userId, email_id, username } = await checkLink(db, 'verify_email', token)
  const { address } = (await store.findEmail(db, userId, email_id ?? '')) ?? noSuchEmail()
  return { userId, username, address }
}

/**
 * Verifies an address of the caller with the token from the mail; a first verified address becomes the primary one. Only
 * the account that asked can: else the owner of the address would verify it for anyone who typed it in.
 */
export async function verifyEmail(
  db: Db,
  permit: Permit<'email.verify'>,
  { token }: InputOf<typeof api.emails.verifyEmail>,
): Promise<ResultOf<typeof api.emails.verifyEmail>> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [userId] })
    const { user_id, email_id, username } = await useLink(tx, 'verify_email', token)
    if (user_id !== userId) throw ofAnotherAccount()
    const primary = await store.lockPrimary(tx, userId)
    const email =
      (await verify(tx, email_id ?? '')) ?? (await store.findEmail(tx, userId, email_id ?? '')) ?? noSuchEmail()
    if (!primary?.verified_at) await store.setPrimary(tx, userId, email.id)
    const { address } = email
    await tellOfAddress(tx, permit.actor, address, 'verified')
    const message = `verified the address ${address}`
    await record(tx, permit, { type: 'email.verify', message, data: { address } })
    return { success: true, email: address, username }
  })
}

function ofAnotherAccount(): HubError {
  const sentence =
    'This link is for another account. Sign in to the account named in the email, then open the link again.'
  return new HubError('Forbidden', sentence)
}

/** Takes an address away from the account that asked to verify it: its owner says that it is not theirs. */
export async function rejectClaim(
  db: Db,
  permit: Permit<'email.rejectClaim'>,
  { token }: InputOf<typeof api.emails.rejectClaim>,
): Promise<ResultOf<typeof api.emails.rejectClaim>> {
  return transaction(db, async (tx) => {
    const { user_id: id, email_id, username: name } = await useLink(tx, 'verify_email', token)
    const claim = (await store.deleteClaim(tx, email_id ?? '')) ?? noSuchEmail()
    await tellOfAddress(tx, { id, name }, claim.address, 'removed')
    await record(tx, permit, {
      type: 'email.reject_claim',
      message: `removed the address ${claim.address} from ${name}, because its owner rejected the verification`,
      data: { address: claim.address, user: name },
    })
    return { success: true }
  })
}

async function verify(tx: Tx, id: string): Promise<store.EmailRow | undefined> {
  try {
    return await store.setVerified(tx, id, now())
  } catch (error) {
    throw refusedBy(error) === 'emails_verified' ? verifiedElsewhere() : error
  }
}

/** Makes a verified address the one mail goes to; the former one is told. */
export async function makeEmailPrimary(
  db: Db,
  permit: Permit<'email.update'>,
  { id }: InputOf<typeof api.emails.makeEmailPrimary>,
): Promise<Email> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const former = await store.lockPrimary(tx, userId)
    const email = (await store.findEmail(tx, userId, id)) ?? noSuchEmail()
    if (email.verified_at === null)
      throw new HubError('Conflict', 'Verify this address first. Open the link in the verification email.')
    if (email.is_primary) return emailOf(email)
    await store.setPrimary(tx, userId, id)
    await tellOfAddress(tx, permit.actor, email.address, 'primary')
    const data = { before: { primary: former?.address }, after: { primary: email.address } }
    await record(tx, permit, { type: 'email.update', message: `made ${email.address} the primary address`, data })
    return emailOf({ ...email, is_primary: true })
  })
}

/** Removes an address of the caller; the primary one stays. */
export async function deleteEmail(
  db: Db,
  permit: Permit<'email.delete'>,
  { id }: InputOf<typeof api.emails.deleteEmail>,
): Promise<ResultOf<typeof api.emails.deleteEmail>> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const deleted = await store.deleteEmail(tx, userId, id)
    if (deleted === undefined) throw await whyNotDeleted(tx, userId, id)
    const { address } = deleted
    const recipient = { name: permit.actor.name, email: address }
    if (deleted.verified_at !== null)
      await queueMail(tx, systemAuthor, addressChangedMail(recipient, address, 'removed'))
    await tellOfAddress(tx, permit.actor, address, 'removed')
    await record(tx, permit, { type: 'email.delete', message: `removed the address ${address}`, data: { address } })
    return { success: true }
  })
}

async function whyNotDeleted(tx: Tx, userId: string, id: string): Promise<HubError> {
  if ((await store.findEmail(tx, userId, id)) === undefined) noSuchEmail()
  return new HubError('Conflict', 'This is your primary address. Make another verified address the primary one first.')
}

function noSuchEmail(): never {
  throw new HubError('NotFound', 'No email address with this ID.')
}

function emailOf(row: store.EmailRow): Email {
  return {
    id: row.id,
    address: row.address,
    verified: row.verified_at !== null,
    primary: row.is_primary,
    createdAt: row.created_at.toISOString(),
  }
}
