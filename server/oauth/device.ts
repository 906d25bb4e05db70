import type { InputOf, oauth, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { digest, randomText } from '../kernel/secret.ts'
import type { Links } from '../mail/links.ts'
import { networkOf } from '../shares/network.ts'
import type { Db } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { findProgram } from './programs.ts'
import { oauthRefusal } from './refusal.ts'
import { insertDevice } from './store.ts'
import { newUserCode, shownCode } from './user-codes.ts'

/** How long a user code can be entered. */
export const codeSeconds = 15 * minuteSeconds
const secretLength = 43
const intervalSeconds = 5

/** Starts the sign-in of a program: a secret for itself, and a code that a person approves within 15 minutes. */
export async function requestDeviceCode(
  db: Db,
  { request }: Permit<'device.request'>,
  input: InputOf<typeof oauth.requestDeviceCode>,
  { publicUrl }: Links,
): Promise<ResultOf<typeof oauth.requestDeviceCode>> {
  const program = findProgram(input.client_id)
  if (program === undefined) throw oauthRefusal('invalid_client')
  await countAttempt(db, attemptLimits.deviceCode, networkOf(request.ip))
  const [secret, userCode] = [randomText(secretLength), newUserCode()]
  const times = { at: now(), expiresAt: secondsFromNow(codeSeconds), intervalSeconds }
  await insertDevice(db, { hash: digest(secret), userCode, clientId: program.clientId, ip: request.ip, ...times })
  const page = new URL('/device', publicUrl).href
  return {
    device_code: secret,
    user_code: shownCode(userCode),
    verification_uri: page,
    verification_uri_complete: `${page}?code=${shownCode(userCode)}`,
    expires_in: codeSeconds,
    interval: intervalSeconds,
  }
}
