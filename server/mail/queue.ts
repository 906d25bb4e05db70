import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Tx } from '../store/database.ts'
import { addBatchJobs, addSendJob, insertMail, insertMails, type NewMail } from './store.ts'
import type { Mail } from './templates.ts'

/** Writes a mail and the job that sends it, in the transaction of the change it tells about. */
export async function queueMail(tx: Tx, mail: Mail): Promise<void> {
  const id = newId()
  await insertMail(tx, { id, createdAt: now(), ...mail })
  await addSendJob(tx, id)
}

// Few enough that a job is done in a moment, even when the mail server takes half a second for each.
const mailsPerJob = 25
const mailsPerInsert = 500

/**
 * Writes many mails and the jobs that send them, in the transaction of the change they tell about. They go out after
 * everything else that waits. Their progress can be told under the id of the batch.
 */
export async function queueMails(tx: Tx, mails: readonly Mail[], batch: string | null = null): Promise<void> {
  if (mails.length === 0) return
  const keys = Array.from({ length: Math.ceil(mails.length / mailsPerJob) }, () => `mails:${newId()}`)
  const keyOf = (index: number) => keys[Math.floor(index / mailsPerJob)] ?? ''
  const rows: NewMail[] = mails.map((mail, index) => ({ ...mail, id: newId(), job: keyOf(index) }))
  for (let from = 0; from < rows.length; from += mailsPerInsert)
    await insertMails(tx, rows.slice(from, from + mailsPerInsert), { batch, at: now() })
  await addBatchJobs(tx, keys)
}
