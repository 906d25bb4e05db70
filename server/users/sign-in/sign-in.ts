import type * as api from '../../../api/index.ts'
import { EmailAddress, type InputOf, type ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { maskAddress, record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, transaction } from '../../store/database.ts'
import { findAccountOf } from '../accounts/accounts.ts'
import { findByName, findByVerifiedEmail, lockPasswordHash, type SignInRow } from '../accounts/store.ts'
import { codesGuessedMail, newDeviceMail } from '../addresses/mails.ts'
import { tellOwner } from '../addresses/notices.ts'
import {
  type AttemptLimit,
  attemptLimits,
  codeAfterPassword,
  countAttempt,
  forgetAttempts,
  uncountAttempt,
} from '../guessing/attempts.ts'
import { isKnownDevice, knownDevice } from '../guessing/devices.ts'
import { noteFailure } from '../guessing/failures.ts'
import { isPassword } from '../guessing/passwords.ts'
import { lowerName } from '../names/names.ts'
import { replaceSession } from '../sessions/sessions.ts'
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
  const typed = input.username.toLowerCase()
  const attempt = attemptOf(permit, services.key, { typed, account })
  await attempt.count(db)
  const isRight = await isPassword(account?.password_hash, input.password)
  if (account === undefined || !isRight) {
    await noteFailure(db, permit, { type: 'session.fail', message: 'failed to sign in', user: account, about: typed })
    throw new HubError('BadCredentials', 'Incorrect username or password.')
  }
  await refuseOpenCases(db, { permit, account, input, attempt, key: services.key })
  await attempt.forget(db)
  return beginSession(db, permit, account, services)
}

/** What signing in uses: the key that 2FA secrets are sealed with, and addresses for the reply. */
interface SignInServices {
  key: InstanceKey
  links: Links
}

async function findWhoSignsIn(db: Db, who: string): Promise<SignInRow | undefined> {
  if (!who.includes('@')) return findByName(db, lowerName(who))
  return findByVerifiedEmail(db, EmailAddress.safeParse(who).data ?? who)
}

interface Attempt {
  /** The account has signed in with this browser before. */
  isKnown: boolean
  count(db: Db): Promise<void>
  /** The password was right, and still no one is signed in. */
  takeBack(db: Db): Promise<void>
  forget(db: Db): Promise<void>
}

// Counted for what was typed as seen from one network, for what was typed in all, and for the network over all names.
// Not for the account found: a limit reached under a name would tell whose address an address is. A browser that the
// account has signed in with before is counted by itself, so that strangers cannot lock its owner out.
function attemptOf(
  { request }: Permit<'session.create'>,
  key: InstanceKey,
  { typed, account }: { typed: string; account: SignInRow | undefined },
): Attempt {
  const isKnown =
    account !== undefined && isKnownDevice(key, { id: account.id, passwordHash: account.password_hash }, request.device)
  const network = maskAddress(request.ip)
  const counted: [AttemptLimit, string][] = isKnown
    ? [[attemptLimits.signInFromDevice, account.id]]
    : [
        [attemptLimits.signInFromAddress, `${typed} ${network}`],
        [attemptLimits.signInFromNetwork, network],
        [attemptLimits.signIn, typed],
      ]
  const takeBack = async (db: Db) => {
    for (const [limit, who] of counted) await uncountAttempt(db, limit, who)
  }
  return {
    isKnown,
    count: async (db) => {
      for (const [limit, who] of counted) await countAttempt(db, limit, who)
    },
    takeBack,
    forget: async (db) => {
      await takeBack(db)
      const [own] = counted
      if (own) await forgetAttempts(db, ...own)
    },
  }
}

interface OpenCase {
  permit: Permit<'session.create'>
  account: SignInRow
  input: SignIn
  attempt: Attempt
  key: InstanceKey
}

// From here on the caller has shown the password, so the account's own state is no secret to them.
async function refuseOpenCases(db: Db, { permit, account, input, attempt, key }: OpenCase): Promise<void> {
  if (account.state === 'suspended') {
    await attempt.takeBack(db)
    throw new HubError('Forbidden', 'This account is suspended. Ask a site admin.')
  }
  if (!account.two_factor) return
  if (input.code === undefined || input.code.trim() === '') {
    await attempt.takeBack(db)
    throw new HubError('TwoFactorCodeRequired', 'Enter the code from your authenticator app, or a recovery code.')
  }
  const counts = attempt.isKnown ? [] : await countCodes(db, account)
  if (await isSecondFactor(db, key, account.id, input.code)) return forgetCodes(db, account)
  await noteFailure(db, permit, {
    type: 'session.fail_code',
    message: 'entered the correct password and a wrong code',
    user: account,
    about: account.id,
  })
  if (counts.some((count) => count === codesUntilTold))
    await transaction(db, (tx) => tellOwner(tx, account, codesGuessedMail))
  throw new HubError('BadCredentials', 'Incorrect code.')
}

const codesUntilTold = 3

// A new password starts the count again: who guessed the codes does not know it
function codesOf({ id, password_hash }: SignInRow): string {
  return `${id} ${password_hash}`
}

async function countCodes(db: Db, account: SignInRow): Promise<number[]> {
  const counts: number[] = []
  for (const limit of codeAfterPassword) counts.push(await countAttempt(db, limit, codesOf(account)))
  return counts
}

async function forgetCodes(db: Db, account: SignInRow): Promise<void> {
  for (const limit of codeAfterPassword) await forgetAttempts(db, limit, codesOf(account))
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
      throw new HubError('BadCredentials', 'The password has just been changed. Sign in with the new one.')
    const { id: session, secret, expiresAt } = await replaceSession(tx, permit, id)
    const reply = await findAccountOf(tx, links, id)
    const origin = { at: now(), network: maskAddress(request.ip) }
    if (!isKnownDevice(key, known, request.device)) await tellOwner(tx, { id, name }, (to) => newDeviceMail(to, origin))
    await record(tx, permit, { type: 'session.create', message: 'signed in', data: { session }, author: { id, name } })
    return { reply, session: { secret, expiresAt }, device: knownDevice(key, known, request.device) }
  })
}
