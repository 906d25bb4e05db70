import { setTimeout as wait } from 'node:timers/promises'
import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { hourSeconds } from '../kernel/clock.ts'
import { queueMail } from '../mail/queue.ts'
import { type Db, transaction } from '../store/database.ts'
import { tellPasswordChanged } from './accounts.ts'
import { attemptLimits, mayAttempt } from './attempts.ts'
import { deleteLinks } from './email-store.ts'
import { checkLink, createLink, useLink } from './links.ts'
import { resetMail } from './mails.ts'
import { hashPassword } from './passwords.ts'
import { deleteOtherSessions } from './session-store.ts'
import { findByVerifiedEmail, setPasswordHash } from './store.ts'

const resetSeconds = hourSeconds
const shortestAnswerMs = 250

/** Mails a link that sets a new password, if an account has the address verified. The answer, and the time it takes, are the same if not. */
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
  if (account?.state !== 'active') return
  const { id, name } = account
  await transaction(db, async (tx) => {
    const token = await createLink(tx, {
      purpose: 'reset_password',
      userId: id,
      emailId: null,
      lifetimeSeconds: resetSeconds,
    })
    await queueMail(tx, permit, resetMail({ name, email }, token))
    await record(tx, permit, {
      type: 'user.request_password_reset',
      message: `asked for a new password of ${name}`,
      data: { user: name },
    })
  })
}

/** Sets a new password with the token from the mail, once; every session of the account ends. */
export async function resetPassword(
  db: Db,
  permit: Permit<'account.resetPassword'>,
  { token, password }: InputOf<typeof api.users.resetPassword>,
): Promise<ResultOf<typeof api.users.resetPassword>> {
  await checkLink(db, 'reset_password', token)
  const passwordHash = await hashPassword(password)
  return transaction(db, async (tx) => {
    const { user_id: id, username: name } = await useLink(tx, 'reset_password', token)
    await setPasswordHash(tx, id, passwordHash)
    await deleteLinks(tx, id, 'reset_password')
    await deleteOtherSessions(tx, id, '')
    await tellPasswordChanged(tx, id)
    const message = 'set a new password with the link from a mail'
    await record(tx, permit, {
      type: 'user.reset_password',
      message,
      data: { user: name, sessionsEnded: true },
      author: { id, name },
    })
    return { success: true }
  })
}
