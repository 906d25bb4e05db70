import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { maskAddress, record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import type { Links } from '../mail/links.ts'
import { type Db, transaction } from '../store/database.ts'
import { findAccountOf } from './accounts.ts'
import { attemptLimits, countAttempt, forgetAttempts, uncountAttempt } from './attempts.ts'
import { isKnownDevice, knownDevice } from './devices.ts'
import { newDeviceMail } from './mails.ts'
import { lowerName } from './names.ts'
import { tellOwner } from './notices.ts'
import { isPassword } from './passwords.ts'
import { deleteSession } from './session-store.ts'
import { startSession } from './sessions.ts'
import { findByName, findByVerifiedEmail, lockPasswordHash, type SignInRow } from './store.ts'
import { isSecondFactor } from './two-factor.ts'

type SignIn = InputOf<typeof api.users.signIn>

/**
 * Signs in with a name or a verified address and a password, and a one-time code where the account asks for one. Never
 * tells which of name and password was wrong, nor by the time it takes whether there is such an account.
 */
export async function signIn(
  db: Db,
  permit: Permit<'session.create'>,
  input: SignIn,
  services: SignInServices,
): Promise<ResultOf<typeof api.users.signIn>> {
  const account = await findWhoSignsIn(db, input.username)
  const attempt = attemptOf(permit, input.username.toLowerCase())
  await attempt.count(db)
  const isRight = await isPassword(account?.password_hash, input.password)
  if (account === undefined || !isRight) throw new HubError('BadCredentials', 'The name or the password is not right.')
  await refuseOpenCases(db, services.key, { account, input, attempt })
  await attempt.forget(db)
  return beginSession(db, permit, account, services)
}

/** What signing in uses: the key that 2FA secrets are sealed with, and addresses for the reply. */
interface SignInServices {
  key: InstanceKey
  links: Links
}

async function findWhoSignsIn(db: Db, who: string): Promise<SignInRow | undefined> {
  return who.includes('@') ? findByVerifiedEmail(db, who) : findByName(db, lowerName(who))
}

interface Attempt {
  count(db: Db): Promise<void>
  /** The password was right, and still no one is signed in. */
  takeBack(db: Db): Promise<void>
  forget(db: Db): Promise<void>
}

// Counted for what was typed as seen from one address, so that one guesser stops early, and for what was typed in all.
// Not for the account found: a limit reached under a name would tell whose address an address is.
function attemptOf(permit: Permit<'session.create'>, who: string): Attempt {
  const fromAddress = `${who} ${maskAddress(permit.request.ip)}`
  return {
    count: async (db) => {
      await countAttempt(db, attemptLimits.signInFromAddress, fromAddress)
      await countAttempt(db, attemptLimits.signIn, who)
    },
    takeBack: async (db) => {
      await uncountAttempt(db, attemptLimits.signInFromAddress, fromAddress)
      await uncountAttempt(db, attemptLimits.signIn, who)
    },
    forget: async (db) => {
      await forgetAttempts(db, attemptLimits.signInFromAddress, fromAddress)
      await uncountAttempt(db, attemptLimits.signIn, who)
    },
  }
}

// From here on the caller has shown the password, so the account's own state is no secret to them.
async function refuseOpenCases(
  db: Db,
  key: InstanceKey,
  { account, input, attempt }: { account: SignInRow; input: SignIn; attempt: Attempt },
): Promise<void> {
  if (account.state === 'suspended') {
    await attempt.takeBack(db)
    throw new HubError('Forbidden', 'This account is suspended; ask an operator of this installation.')
  }
  if (!account.two_factor) return
  if (input.code === undefined || input.code.trim() === '') {
    await attempt.takeBack(db)
    throw new HubError('TwoFactorCodeRequired', 'Give the code of your authenticator, or a recovery code.')
  }
  if (!(await isSecondFactor(db, key, account.id, input.code)))
    throw new HubError('BadCredentials', 'The code is not right.')
}

async function beginSession(
  db: Db,
  permit: Permit<'session.create'>,
  { id, name, password_hash }: SignInRow,
  { links, key }: SignInServices,
) {
  const known = { id, passwordHash: password_hash }
  const { request } = permit
  return transaction(db, async (tx) => {
    if ((await lockPasswordHash(tx, id)) !== password_hash)
      throw new HubError('BadCredentials', 'The password was changed just now.')
    // The session this browser had so far is replaced, even one of another account: no earlier secret stays valid.
    const former = permit.actor?.session
    if (former && permit.actor) await deleteSession(tx, permit.actor.id, former.id)
    const { id: session, secret, expiresAt } = await startSession(tx, id, request)
    const reply = await findAccountOf(tx, links, id)
    const origin = { at: now(), network: maskAddress(request.ip) }
    if (!isKnownDevice(key, known, request.device)) await tellOwner(tx, { id, name }, (to) => newDeviceMail(to, origin))
    await record(tx, permit, { type: 'session.create', message: 'signed in', data: { session }, author: { id, name } })
    return { reply, session: { secret, expiresAt, device: knownDevice(key, known, request.device) } }
  })
}
