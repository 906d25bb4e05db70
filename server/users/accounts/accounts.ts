import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Facts } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { deleteLinks } from '../addresses/email-store.ts'
import { passwordChangedMail } from '../addresses/mails.ts'
import { tellOwner } from '../addresses/notices.ts'
import { attemptLimits, countAttempt, forgetAttempts } from '../guessing/attempts.ts'
import { newPasswordHash } from '../guessing/chosen-passwords.ts'
import { knownDevice } from '../guessing/devices.ts'
import { isPassword } from '../guessing/passwords.ts'
import { deleteOtherSessions } from '../sessions/session-store.ts'
import { endFormerAccess } from '../sessions/sessions.ts'
import * as store from './store.ts'

type Account = ResultOf<typeof api.users.getAccount>
type Person = ResultOf<typeof api.operator.createPerson>

/** The id of the person who asks; the command line on the server has no account of its own. */
export function ownId(author: Author): string {
  const { actor } = author
  if (actor === undefined || actor.via === 'console')
    throw new HubError('Forbidden', 'The command line on the server has no account of its own.')
  return actor.id
}

/** The person whom the path names; throws `404` where there is none. */
export function getSubject({ subject }: Facts): { id: string; name: string; fullname: string } {
  if (subject === undefined) throw new HubError('NotFound', 'No account with this username.')
  return subject
}

/** Reads an account as its owner sees it; throws `404` where there is none. */
export async function findAccountOf(db: Db, links: Links, userId: string): Promise<Account> {
  const row = await store.findAccount(db, userId)
  if (row === undefined) throw new HubError('NotFound', 'No account with this username.')
  return accountOf(row, links)
}

function accountOf(row: store.AccountRow, links: Links): Account {
  return {
    id: row.id,
    name: row.name,
    fullname: row.fullname,
    details: row.details,
    avatarUrl: avatarUrl(links, row.name),
    email: row.email,
    emailVerified: row.email_verified,
    twoFactorEnabled: row.two_factor,
    isOperator: row.is_operator,
    managedBy: row.managed_by,
    createdAt: row.created_at.toISOString(),
  }
}

/** Reads an account as operators see it; throws `404` where there is none. */
export async function getPerson(db: Db, links: Links, userId: string): Promise<Person> {
  const row = await store.findPerson(db, userId)
  if (row === undefined) throw new HubError('NotFound', 'No account with this username.')
  return personOf(row, links)
}

/** Puts an account as the database gives it into the form in which operators see it. */
export function personOf(row: store.PersonRow, links: Links): Person {
  const { details: _, managedBy: __, ...account } = accountOf(row, links)
  return { ...account, state: row.state, organizations: row.organizations }
}

/** Shows the caller their account. */
export async function getAccount(
  db: Db,
  permit: Permit<'account.view'>,
  _input: unknown,
  links: Links,
): Promise<Account> {
  return findAccountOf(db, links, ownId(permit))
}

/** Changes the caller's profile, or their password: that ends the other sessions and gives this one a new secret. */
export async function updateAccount(
  db: Db,
  permit: Permit<'account.update'>,
  input: InputOf<typeof api.users.updateAccount>,
  { links, key }: { links: Links; key: InstanceKey },
): Promise<ResultOf<typeof api.users.updateAccount>> {
  const id = ownId(permit)
  await refuseManaged(db, id, input)
  const passwordHash = await changedPassword(db, permit, input)
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [id] })
    const changes = await changeProfile(tx, id, input)
    const changed = passwordHash === undefined ? undefined : await changePassword(tx, permit, passwordHash, key)
    const reply = await findAccountOf(tx, links, id)
    if (passwordHash !== undefined) {
      await record(tx, permit, {
        type: 'user.change_password',
        message: 'changed their password',
        data: { ...changes, otherSessionsEnded: true },
      })
    } else if (changes !== undefined) {
      await record(tx, permit, { type: 'user.update', message: 'changed their profile', data: changes })
    }
    return { reply, session: changed?.session, device: changed?.device }
  })
}

// Its identity provider says what a managed account is called, and signs it in.
async function refuseManaged(
  db: Db,
  id: string,
  { fullname, newPassword }: InputOf<typeof api.users.updateAccount>,
): Promise<void> {
  const account = await store.findAccount(db, id)
  if (!account?.managed_by) return
  const isRenamed = fullname !== undefined && fullname !== account.fullname
  if (!isRenamed && newPassword === undefined) return
  const what = isRenamed
    ? 'decides your full name. Ask an admin to change it there'
    : 'signs you in, without a password'
  throw new HubError('Forbidden', `${account.managed_by} manages your account. Its identity provider ${what}.`)
}

async function changedPassword(
  db: Db,
  { actor: { id, name } }: Permit<'account.update'>,
  input: InputOf<typeof api.users.updateAccount>,
): Promise<string | undefined> {
  if (input.newPassword === undefined) return undefined
  if (input.currentPassword === undefined) throw badField('currentPassword', 'is required to set a new password')
  await confirmPassword(db, id, input.currentPassword)
  const email = (await store.findAccount(db, id))?.email
  return newPasswordHash(input.newPassword, { field: 'newPassword', names: [name, email] })
}

async function changeProfile(
  tx: Tx,
  id: string,
  { fullname, details }: { fullname?: string | undefined; details?: string | undefined },
) {
  if (fullname === '') throw badField('fullname', 'must not be empty')
  if (fullname === undefined && details === undefined) return undefined
  const before = await store.updateProfile(tx, { id, fullname, details })
  const after = { fullname: fullname ?? before?.fullname, details: details ?? before?.details }
  return before?.fullname === after.fullname && before?.details === after.details ? undefined : { before, after }
}

async function changePassword(tx: Tx, permit: Permit<'account.update'>, passwordHash: string, key: InstanceKey) {
  const { id, name } = permit.actor
  await store.setPasswordHash(tx, id, passwordHash)
  const session = await endFormerAccess(tx, permit)
  await tellOwner(tx, { id, name }, passwordChangedMail)
  return { session, device: knownDevice(key, { id, passwordHash }, permit.request.device) }
}

/**
 * Makes sure that the person at the keyboard knows the account's password; throws `403` otherwise, and `429` after too
 * many guesses. Call it outside the transaction of the change, so that wrong guesses stay counted.
 */
export async function confirmPassword(db: Db, userId: string, password: string): Promise<void> {
  await countAttempt(db, attemptLimits.password, userId)
  if (!(await isPassword(await store.findPasswordHash(db, userId), password))) {
    throw new HubError('Forbidden', 'The current password is incorrect.')
  }
  await forgetAttempts(db, attemptLimits.password, userId)
}

/**
 * Closes an account for good: no password, 2FA, session or address is left, and its name stays taken so
 * that no one can pass for the person. Memberships and holdings are the caller's to end. The only operator's account stays.
 */
export async function closeAccount(tx: Tx, userId: string): Promise<void> {
  await keepAnOperator(tx, userId)
  await store.emptyAccount(tx, userId)
}

/** Suspends an account, which ends its sessions and its links to a new password, or ends the suspension. The only operator cannot be suspended. */
export async function setAccountState(tx: Tx, userId: string, state: 'active' | 'suspended'): Promise<void> {
  if (state === 'suspended') await keepAnOperator(tx, userId)
  const changed = await store.setState(tx, userId, state)
  if (!changed || state !== 'suspended') return
  await deleteOtherSessions(tx, userId, '')
  await deleteLinks(tx, userId, 'reset_password')
}

/** Makes an account an operator, or no operator any more; the only one stays. */
export async function setOperator(tx: Tx, userId: string, isOperator: boolean): Promise<void> {
  if (!isOperator) await keepAnOperator(tx, userId)
  if (await store.setIsOperator(tx, userId, isOperator, now())) return
  throw new HubError('Conflict', 'An organization manages this account, so it can’t be a site admin.')
}

// Without an operator the installation would ask the next visitor to become one.
async function keepAnOperator(tx: Tx, userId: string): Promise<void> {
  const { isOperator, others } = await store.lockOperators(tx, userId)
  if (isOperator && !others)
    throw new HubError(
      'Conflict',
      'This is the only site admin of the instance. Make another account a site admin first.',
    )
}

/** Whether this installation still waits for its first operator. */
export async function needsSetup(db: Db): Promise<boolean> {
  return !(await store.findAnyOperator(db))
}

/** Refuses with `409` to set an installation up that has an operator. */
export async function refuseSetupDone(db: Db): Promise<void> {
  if (!(await needsSetup(db)))
    throw new HubError('SetupDone', 'This instance already has a site admin. Sign in instead.')
}
