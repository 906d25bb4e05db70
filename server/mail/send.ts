import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { findMail, markKept, markSent, markTried, type StoredMail } from './store.ts'
import { MailRefused, type MailTransport } from './transport.ts'

/**
 * The task `send_mail`: sends one queued mail, or keeps it for the outbox where there is no mail server. It throws to
 * be tried again later; after the last attempt, or an answer that stays what it is, the mail is marked as failed.
 */
export function sendMailTask(db: Db, transport: MailTransport | undefined) {
  return async (payload: unknown, job: { lastAttempt: boolean }): Promise<void> => {
    const { id } = payload as { id: string }
    const mail = await findMail(db, id)
    if (mail?.state !== 'queued') return
    if (transport === undefined) return markKept(db, id)
    const refusal = await trySending(transport, mail)
    if (refusal === undefined) return markSent(db, id, now())
    const over = refusal.forGood || job.lastAttempt
    await markTried(db, id, { error: refusal.message, state: over ? 'failed' : 'queued' })
    if (!over) throw refusal
  }
}

async function trySending(transport: MailTransport, mail: StoredMail): Promise<MailRefused | undefined> {
  try {
    await transport.send(mail)
    return undefined
  } catch (error) {
    if (error instanceof MailRefused) return error
    throw error
  }
}
