import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { badField } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { type Db, transaction } from '../../store/database.ts'
import { confirmPassword, ownId } from '../accounts/accounts.ts'
import { setConfirmedAt } from '../sessions/session-store.ts'
import { renewSecret } from '../sessions/sessions.ts'
import { checkSecondFactor } from './two-factor.ts'

/**
 * Makes the caller's session count as a recent sign-in again, with the password, and a code where 2FA is on. It gets a new
 * secret: anyone else who had the one before gains nothing.
 */
export async function confirmSession(
  db: Db,
  permit: Permit<'session.confirm'>,
  { password, code }: InputOf<typeof api.users.confirmSession>,
  key: InstanceKey,
): Promise<ResultOf<typeof api.users.confirmSession>> {
  const userId = ownId(permit)
  const { hasTwoFactor } = permit.actor
  if (hasTwoFactor && !code?.trim()) throw badField('code', 'is required because 2FA is on')
  await confirmPassword(db, userId, password)
  if (hasTwoFactor && code !== undefined) await checkSecondFactor(db, key, userId, code)
  return transaction(db, async (tx) => {
    // A new password or 2FA meanwhile has ended this session, so what was checked above still holds.
    await recheck(tx, permit, { accounts: [userId] })
    const session = await renewSecret(tx, permit)
    await setConfirmedAt(tx, session.id, now())
    await record(tx, permit, {
      type: 'session.confirm',
      message: 'confirmed the sign-in',
      data: { session: session.id },
    })
    return { reply: { success: true as const }, session }
  })
}
