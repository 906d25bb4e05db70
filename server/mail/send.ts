import { now } from '../kernel/clock.ts'
import { type Db, transaction } from '../store/database.ts'
import type { Links } from './links.ts'
import { findQueuedMails, markKept, markSent, markTried, type StoredMail, setApart } from './store.ts'
import { renderMail } from './templates.ts'
import { MailRefused, type MailTransport, maxConnections, type OutgoingMail } from './transport.ts'

/**
 * The task `send_mail`: sends one queued mail or several, or keeps them for the outbox where there is no mail server.
 * It throws to be tried again later; after the last attempt, or an answer that stays what it is, a mail is marked as
 * failed. Each is marked as sent as soon as it is: a process that is killed repeats at most what it had in hand.
 */
export function sendMailTask(db: Db, links: Links, transport: MailTransport | undefined) {
  return async (payload: unknown, job: Attempt): Promise<void> => {
    const mails = await findQueuedMails(db, payload as { id: string } | { job: string })
    if (transport === undefined) return markKept(db, idsOf(mails))
    const isAlone = 'id' in (payload as object)
    const { refusal, rest } = await sendInTurn(mails, (mail) => sendOne({ db, links, transport, isAlone }, mail, job))
    if (refusal === undefined) return
    await markTried(db, idsOf(rest), { error: refusal.message, state: job.lastAttempt ? 'failed' : 'queued' })
    if (!job.lastAttempt) throw refusal
  }
}

interface Attempt {
  lastAttempt: boolean
}

function idsOf(mails: readonly StoredMail[]): string[] {
  return mails.map(({ id }) => id)
}

interface Sending {
  db: Db
  links: Links
  transport: MailTransport
  /** The mail has a job of its own, which tries again. */
  isAlone: boolean
}

// As many at a time as there are connections, until one finds that there is no use; answers why, and what is left.
async function sendInTurn(
  mails: readonly StoredMail[],
  send: (mail: StoredMail) => Promise<MailRefused | undefined>,
): Promise<{ refusal: MailRefused | undefined; rest: StoredMail[] }> {
  const waiting = [...mails]
  const refused: StoredMail[] = []
  let refusal: MailRefused | undefined
  const sendNext = async () => {
    while (refusal === undefined) {
      const mail = waiting.shift()
      if (mail === undefined) return
      const found = await send(mail)
      if (found === undefined) continue
      refusal = found
      refused.push(mail)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: maxConnections }, sendNext))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return { refusal, rest: [...refused, ...waiting] }
}

// Answers a refusal that is for the job to try again; what the server has against this one mail is settled here.
async function sendOne(
  { db, links, transport, isAlone }: Sending,
  mail: StoredMail,
  job: Attempt,
): Promise<MailRefused | undefined> {
  const refusal = await trySending(transport, { ...mail, ...renderMail(mail, links) })
  if (refusal === undefined) {
    await markSent(db, mail.id, now())
    return undefined
  }
  if (!refusal.ofOne) return refusal
  const over = refusal.forGood || job.lastAttempt
  await markTried(db, [mail.id], { error: refusal.message, state: over ? 'failed' : 'queued' })
  if (over) return undefined
  if (isAlone) return refusal
  await transaction(db, (tx) => setApart(tx, mail.id))
  return undefined
}

async function trySending(transport: MailTransport, mail: OutgoingMail): Promise<MailRefused | undefined> {
  try {
    await transport.send(mail)
    return undefined
  } catch (error) {
    if (error instanceof MailRefused) return error
    throw error
  }
}
