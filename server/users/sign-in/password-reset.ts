import { setTimeout as wait } from 'node:timers/promises'
import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { record } from '../../audit/record.ts'
import { daySeconds, hourSeconds, secondsFromNow } from '../../kernel/clock.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { queueMail } from '../../mail/queue.ts'
import { type Db, transaction } from '../../store/database.ts'
import { findByVerifiedEmail, findPasswordHash, lockActive, setPasswordHash } from '../accounts/store.ts'
import { deleteLinks, listResetAddresses } from '../addresses/email-store.ts'
import { checkLink, createLink, useLink } from '../addresses/links.ts'
import { passwordChangedMail, resetMail } from '../addresses/mails.ts'
import { tellOwner } from '../addresses/notices.ts'
import { attemptLimits, mayAttempt } from '../guessing/attempts.ts'
import { newPasswordHash } from '../guessing/chosen-passwords.ts'
import { isKnownDevice, knownDevice } from '../guessing/devices.ts'
import { deleteOtherSessions } from '../sessions/session-store.ts'

const resetSeconds = hourSeconds
// An address that was just added may be a thief's: it opens nothing for a day, and the others hear of it.
const settledSeconds = daySeconds
const shortestAnswerMs = 250

/** Mails a link that sets a new password to the settled addresses of the account that has this one verified. The answer, and the time it takes, are the same if not. */
export async function requestPasswordReset(
  db: Db,
  permit: Permit<'account.requestPasswordReset'>,
  { email }: InputOf<typeof api.users.requestPasswordReset>,
): Promise<ResultOf<typeof api.users.requestPasswordReset>> {
  await Promise.all([sendReset(db, permit, email), wait(shortestAnswerMs)])
  return { success: true }
}

async function sendReset(db: Db, permit: Permit<'account.requestPasswordReset'>, email: string): Promise<void> {
  if (!(await mayAttempt(db, attemptLimits.resetMail, email.toLowerCase()))) return
  const account = await findByVerifiedEmail(db, email)
  if (account?.state !== 'active' || account.is_managed) return
  const { id, name } = account
  await transaction(db, async (tx) => {
    // Waits for a change of the account that is under way: a link made before it would outlive it.
    if (!(await lockActive(tx, id))) return
    const token = await createLink(tx, {
      purpose: 'reset_password',
      userId: id,
      emailId: null,
      lifetimeSeconds: resetSeconds,
    })
    // As they are stored: what was typed may look the same and belong to someone else.
    for (const to of await listResetAddresses(tx, id, secondsFromNow(-settledSeconds)))
      await queueMail(tx, permit, resetMail({ name, email: to }, token))
    await record(tx, permit, {
      type: 'user.request_password_reset',
      message: `requested a password reset for ${name}`,
      data: { user: name },
    })
  })
}

/** Sets a new password with the token from the mail, once; every session of the account ends. A browser that was known stays so. */
export async function resetPassword(
  db: Db,
  permit: Permit<'account.resetPassword'>,
  { token, password }: InputOf<typeof api.users.resetPassword>,
  key: InstanceKey,
): Promise<ResultOf<typeof api.users.resetPassword>> {
  const { username, email } = await checkLink(db, 'reset_password', token)
  const passwordHash = await newPasswordHash(password, { field: 'password', names: [username, email] })
  return transaction(db, async (tx) => {
    const { user_id: id, username: name } = await useLink(tx, 'reset_password', token)
    const { device } = permit.request
    const before = { id, passwordHash: (await findPasswordHash(tx, id)) ?? null }
    const isKnown = isKnownDevice(key, before, device)
    await setPasswordHash(tx, id, passwordHash)
    await deleteLinks(tx, id, 'reset_password')
    await deleteOtherSessions(tx, id, '')
    await tellOwner(tx, { id, name }, passwordChangedMail)
    const message = 'reset the password with the link in an email'
    await record(tx, permit, {
      type: 'user.reset_password',
      message,
      data: { user: name, sessionsEnded: true },
      author: { id, name },
    })
    const reply = { success: true as const }
    return { reply, session: undefined, device: isKnown ? knownDevice(key, { id, passwordHash }, device) : undefined }
  })
}
