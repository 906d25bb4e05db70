import type { Author } from '../access/author.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Tx } from '../store/database.ts'
import { noticesWithinLimits, type Sender, senderOf, withinLimits } from './budget.ts'
import { addBatchJobs, addSendJob, insertMails, type NewMail } from './store.ts'
import type { Mail } from './templates.ts'

/**
 * Writes a mail and the job that sends it, in the transaction of the change it tells about. It is counted for the author:
 * throws `429` once they sent too many. Where its recipient got too many of the kind, it is left out.
 */
export async function queueMail(tx: Tx, author: Author, mail: Mail): Promise<void> {
  const sender = senderOf(author)
  const [sent] = await withinLimits(tx, sender, [mail], { isBulk: false })
  if (sent === undefined) return
  const id = newId()
  await insertMails(tx, [{ ...sent, id, job: null }], { ...sender, batch: null, at: now() })
  await addSendJob(tx, id)
}

// Few enough that a job is done in a moment, even when the mail server takes half a second for each.
const mailsPerJob = 25
const mailsPerInsert = 500

/**
 * Writes many mails and the jobs that send them, in the transaction of the change they tell about, and answers how many:
 * limits are those of `queueMail`. They go out after everything else that waits. Their progress can be told under the id of
 * the batch.
 */
export async function queueMails(
  tx: Tx,
  author: Author,
  mails: readonly Mail[],
  batch: string | null = null,
): Promise<number> {
  if (mails.length === 0) return 0
  const sender = senderOf(author)
  const sent = await withinLimits(tx, sender, mails, { isBulk: true })
  await insertInBatches(tx, sent, { ...sender, batch })
  return sent.length
}

/** Writes mails of an organization that only inform: what is over a limit is left out, and refuses no change. */
export async function queueNotices(tx: Tx, orgId: string, mails: readonly Mail[]): Promise<void> {
  if (mails.length === 0) return
  const sender = { actorId: null, orgId }
  await insertInBatches(tx, await noticesWithinLimits(tx, sender, mails), { ...sender, batch: null })
}

async function insertInBatches(
  tx: Tx,
  sent: readonly Mail[],
  sender: Sender & { batch: string | null },
): Promise<void> {
  const keys = Array.from({ length: Math.ceil(sent.length / mailsPerJob) }, () => `mails:${newId()}`)
  const keyOf = (index: number) => keys[Math.floor(index / mailsPerJob)] ?? ''
  const rows: NewMail[] = sent.map((mail, index) => ({ ...mail, id: newId(), job: keyOf(index) }))
  for (let from = 0; from < rows.length; from += mailsPerInsert)
    await insertMails(tx, rows.slice(from, from + mailsPerInsert), { ...sender, at: now() })
  if (keys.length > 0) await addBatchJobs(tx, keys)
}
