import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { maskAddress, record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { findAccountOf } from '../accounts/accounts.ts'
import { giveFirstEmail, sendVerification } from '../accounts/emails.ts'
import { findInstance } from '../accounts/instance-store.ts'
import { insertAccount, lockOperators } from '../accounts/store.ts'
import { attemptLimits, countAttempt, uncountAttempt } from '../guessing/attempts.ts'
import { newPasswordHash, refuseWeakPassword } from '../guessing/chosen-passwords.ts'
import { knownDevice } from '../guessing/devices.ts'
import { hashPassword } from '../guessing/passwords.ts'
import { checkName, takeName } from '../names/names.ts'
import { startSession } from '../sessions/sessions.ts'

/** What a new account begins with. */
export interface NewAccount {
  username: string
  fullname: string | undefined
  email: string
  passwordHash: string | null
  isOperator: boolean
  isVerified: boolean
  /** Made by the person, whom no one invited: the storage limit of such accounts holds. */
  isOpenSignUp?: boolean
}

/** Adds an account with its name and its address; `409` where the name is taken. */
export async function addAccount(
  tx: Tx,
  account: NewAccount,
): Promise<{ id: string; name: string; email: { id: string; address: string } }> {
  const { username: name, email: address, passwordHash, isOperator, isVerified, isOpenSignUp = false } = account
  const id = newId()
  const fullname = account.fullname || name
  await insertAccount(tx, { id, name, fullname, passwordHash, isOperator, isOpenSignUp, createdAt: now() })
  await takeName(tx, { name, userId: id })
  const email = await giveFirstEmail(tx, id, address, isVerified)
  return { id, name, email }
}

/** What brought someone to sign up. */
export interface SignUpReason {
  links: Links
  key: InstanceKey
  /** They were invited by this address, which opens sign-up where only invited people may. */
  isInvited: boolean
  /** Where they go on once the address is verified. */
  leadTo: string | undefined
  /** The address that what they came with proves to be theirs, if any, in the transaction that makes the account. */
  provenIn?: (tx: Tx) => Promise<string | undefined>
}

/** Creates the caller's account, mails the link that verifies the address, and signs in. */
export async function signUp(
  db: Db,
  permit: Permit<'account.create'>,
  input: InputOf<typeof api.users.signUp>,
  reason: SignUpReason,
): Promise<ResultOf<typeof api.users.signUp>> {
  await refuseClosedSignUp(db, reason.isInvited)
  checkName('username', input.username)
  await refuseWeakPassword(input.password, { field: 'password', names: [input.username, input.email] })
  const work = () => createAccount(db, permit, input, reason)
  return reason.isInvited ? work() : countedSignUp(db, permit, input.email, work)
}

async function createAccount(
  db: Db,
  permit: Permit<'account.create'>,
  input: InputOf<typeof api.users.signUp>,
  { leadTo, provenIn, isInvited, links, key }: SignUpReason,
): Promise<ResultOf<typeof api.users.signUp>> {
  const passwordHash = await hashPassword(input.password)
  return transaction(db, async (tx) => {
    const proven = await provenIn?.(tx)
    const account = await addAccount(tx, {
      ...input,
      fullname: input.fullname,
      email: proven ?? input.email,
      passwordHash,
      isOperator: false,
      isVerified: proven !== undefined,
      isOpenSignUp: !isInvited,
    })
    if (proven === undefined) await sendVerification(tx, permit, account, { ...account.email, leadTo })
    const message =
      proven === undefined ? 'signed up' : 'signed up from the email of an invitation, which verified the address'
    return beginAs(tx, permit, { ...account, passwordHash }, { message, links, key })
  })
}

// Each sign-up mails the address that was typed, which may be a stranger's; one that is refused mails no one
async function countedSignUp<T>(
  db: Db,
  permit: Permit<'account.create'>,
  address: string,
  work: () => Promise<T>,
): Promise<T> {
  await countAttempt(db, attemptLimits.signUp, maskAddress(permit.request.ip))
  await countAttempt(db, attemptLimits.verificationMail, address.toLowerCase())
  try {
    return await work()
  } catch (error) {
    await uncountAttempt(db, attemptLimits.verificationMail, address.toLowerCase())
    throw error
  }
}

async function refuseClosedSignUp(db: Db, isInvited: boolean): Promise<void> {
  const { sign_up } = await findInstance(db)
  if (sign_up !== 'open' && !(isInvited && sign_up === 'invited'))
    throw new HubError('Forbidden', 'Only site admins can create accounts. Ask one of them.')
}

/** Creates the first operator, whose address counts as verified, and signs in; `409` once there is an operator. */
export async function createFirstOperator(
  db: Db,
  permit: Permit<'instance.setup'>,
  input: InputOf<typeof api.users.setup>,
  { links, key }: { links: Links; key: InstanceKey },
): Promise<ResultOf<typeof api.users.setup>> {
  checkName('username', input.username)
  const passwordHash = await newPasswordHash(input.password, {
    field: 'password',
    names: [input.username, input.email],
  })
  return transaction(db, async (tx) => {
    const { isOperator, others } = await lockOperators(tx, '')
    if (isOperator || others)
      throw new HubError('SetupDone', 'This instance already has a site admin. Sign in instead.')
    const account = await addAccount(tx, {
      ...input,
      fullname: input.fullname,
      passwordHash,
      isOperator: true,
      isVerified: true,
    })
    return beginAs(tx, permit, { ...account, passwordHash }, { message: 'set up the instance', links, key })
  })
}

async function beginAs(
  tx: Tx,
  author: Author,
  { id, name, email, passwordHash }: Awaited<ReturnType<typeof addAccount>> & { passwordHash: string },
  { message, links, key }: { message: string; links: Links; key: InstanceKey },
) {
  const { secret, expiresAt } = await startSession(tx, id, author.request)
  const reply = await findAccountOf(tx, links, id)
  const data = { user: name, email: email.address, operator: reply.isOperator }
  await record(tx, author, { type: 'user.create', message, data, author: { id, name } })
  const device = knownDevice(key, { id, passwordHash }, author.request.device)
  return { reply, session: { secret, expiresAt }, device }
}
