import { randomInt } from 'node:crypto'
import { generateSecret, generateURI, verify } from 'otplib'
import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { digest, type InstanceKey } from '../../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../accounts/accounts.ts'
import { findInstance } from '../accounts/instance-store.ts'
import { deleteLinks } from '../addresses/email-store.ts'
import { recoveryCodesMail, twoFactorMail } from '../addresses/mails.ts'
import { tellOwner } from '../addresses/notices.ts'
import { attemptLimits, countAttempt, forgetAttempts } from '../guessing/attempts.ts'
import { endFormerAccess } from '../sessions/sessions.ts'
import * as store from './two-factor-store.ts'

// RFC 6238 §5.2: steps of 30 seconds; one step either way for clocks that differ.
const stepSeconds = 30
const recoveryCodeCount = 10
const recoveryCodeLength = 10
// No letters that look like digits or like one another.
const recoveryAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Shows whether 2FA is on, and how many recovery codes are left. */
export async function getTwoFactor(
  db: Db,
  permit: Permit<'twoFactor.view'>,
): Promise<ResultOf<typeof api.users.getTwoFactor>> {
  const row = await store.findSecondFactor(db, ownId(permit))
  const enabledAt = row?.totp_enabled_at ?? null
  return {
    enabled: enabledAt !== null,
    enabledAt: enabledAt?.toISOString() ?? null,
    recoveryCodesLeft: row?.recovery_codes_left ?? 0,
  }
}

/** Makes a secret for the authenticator; it is in force only once a first code was right. */
export async function beginTwoFactor(
  db: Db,
  permit: Permit<'twoFactor.begin'>,
  _input: unknown,
  key: InstanceKey,
): Promise<ResultOf<typeof api.users.beginTwoFactor>> {
  const userId = ownId(permit)
  const { name: issuer } = await findInstance(db)
  const secret = generateSecret()
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [userId] })
    if (!(await store.setPendingSecret(tx, userId, key.seal(secret)))) throw alreadyOn()
    await record(tx, permit, { type: 'two_factor.begin', message: 'started 2FA setup' })
  })
  return { secret, uri: generateURI({ issuer, label: permit.actor.name, secret }) }
}

function alreadyOn(): HubError {
  return new HubError('Conflict', '2FA is already on. Turn it off first to set it up again.')
}

/** Turns on 2FA with a first code, and answers the recovery codes, this once; other sessions end, and this one gets a new secret. */
export async function confirmTwoFactor(
  db: Db,
  permit: Permit<'twoFactor.enable'>,
  { code }: InputOf<typeof api.users.confirmTwoFactor>,
  key: InstanceKey,
): Promise<ResultOf<typeof api.users.confirmTwoFactor>> {
  const userId = ownId(permit)
  const row = await store.findSecondFactor(db, userId)
  if (row?.totp_enabled_at) throw alreadyOn()
  if (!row?.totp_secret) throw new HubError('Conflict', 'Start 2FA setup first.')
  const secret = row.totp_secret
  await countAttempt(db, attemptLimits.code, userId)
  if (!(await isTimeCode(db, { key, userId, secret }, compact(code))))
    throw badField('code', 'is incorrect. Enter the current code from your authenticator app')
  await forgetAttempts(db, attemptLimits.code, userId)
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [userId] })
    if (!(await store.enable(tx, userId, { secret, at: now() }))) throw alreadyOn()
    const recoveryCodes = await giveRecoveryCodes(tx, key, userId)
    const session = await endFormerAccess(tx, permit)
    await tellOwner(tx, permit.actor, (to) => twoFactorMail(to, 'on'))
    await record(tx, permit, { type: 'two_factor.enable', message: 'turned on 2FA' })
    return { reply: { recoveryCodes }, session }
  })
}

/** Makes new recovery codes, shown this once; the old ones stop working. */
export async function renewRecoveryCodes(
  db: Db,
  permit: Permit<'twoFactor.renewRecoveryCodes'>,
  _input: unknown,
  key: InstanceKey,
): Promise<ResultOf<typeof api.users.renewRecoveryCodes>> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [userId] })
    if (!(await store.lockEnabled(tx, userId)))
      throw new HubError('Conflict', '2FA is off. Turn it on to get recovery codes.')
    const recoveryCodes = await giveRecoveryCodes(tx, key, userId)
    await deleteLinks(tx, userId, 'reset_password')
    await tellOwner(tx, permit.actor, recoveryCodesMail)
    await record(tx, permit, { type: 'two_factor.renew_recovery_codes', message: 'created new recovery codes' })
    return { recoveryCodes }
  })
}

async function giveRecoveryCodes(tx: Tx, key: InstanceKey, userId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newRecoveryCode)
  const hashes = codes.map((code) => recoveryHash(key, userId, compact(code)))
  await store.replaceRecoveryCodes(tx, userId, hashes)
  return codes
}

function newRecoveryCode(): string {
  const letters = Array.from({ length: recoveryCodeLength }, () => recoveryAlphabet[randomInt(recoveryAlphabet.length)])
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`
}

// Signed before it is hashed: codes short enough to type could be guessed from a copy of the database alone.
function recoveryHash(key: InstanceKey, userId: string, code: string): Buffer {
  return digest(key.sign('recovery code', `${userId} ${code}`))
}

function compact(code: string): string {
  return code.toLowerCase().replace(/[\s-]/g, '')
}

/**
 * Whether a code of the authenticator or a recovery code is right; a right one is used up by asking. Throws `429` after too
 * many wrong ones. Call it outside a transaction, so that what was used and counted stays so.
 */
export async function isSecondFactor(db: Db, key: InstanceKey, userId: string, code: string): Promise<boolean> {
  await countAttempt(db, attemptLimits.code, userId)
  const row = await store.findSecondFactor(db, userId)
  if (!row?.totp_enabled_at || row.totp_secret === null) return false
  const text = compact(code)
  const isRight = /^\d+$/.test(text)
    ? await isTimeCode(db, { key, userId, secret: row.totp_secret }, text)
    : await store.takeRecoveryCode(db, userId, recoveryHash(key, userId, text), now())
  if (isRight) await forgetAttempts(db, attemptLimits.code, userId)
  return isRight
}

async function isTimeCode(
  db: Db,
  { key, userId, secret }: { key: InstanceKey; userId: string; secret: Buffer },
  code: string,
): Promise<boolean> {
  if (!/^\d{6}$/.test(code)) return false
  const epoch = Math.floor(now().getTime() / 1000)
  const result = await verify({
    strategy: 'totp',
    secret: key.open(secret),
    token: code,
    epoch,
    period: stepSeconds,
    epochTolerance: stepSeconds,
  })
  // RFC 6238 §5.2: a code is taken once.
  return result.valid && 'timeStep' in result && store.takeStep(db, userId, result.timeStep)
}

/**
 * Makes sure that the person at the keyboard has 2FA, and uses the code up; throws `403` otherwise, and `429`
 * after too many wrong ones. Call it outside the transaction of the change.
 */
export async function checkSecondFactor(db: Db, key: InstanceKey, userId: string, code: string): Promise<void> {
  if (!(await isSecondFactor(db, key, userId, code))) {
    throw new HubError(
      'Forbidden',
      'Incorrect code. Enter the current code from your authenticator app, or a recovery code.',
    )
  }
}

/** Turns off 2FA and tells the owner; secret and recovery codes are gone. Throws `409` where it is off. */
export async function removeTwoFactor(tx: Tx, account: { id: string; name: string }): Promise<void> {
  if (!(await store.lockEnabled(tx, account.id))) throw new HubError('Conflict', '2FA is already off.')
  await store.clearSecondFactor(tx, account.id)
  await tellOwner(tx, account, (to) => twoFactorMail(to, 'off'))
}
