import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Tx } from '../store/database.ts'
import { addSendJob, insertMail } from './store.ts'
import type { Mail } from './templates.ts'

/** Writes a mail and the job that sends it, in the transaction of the change it tells about. */
export async function queueMail(tx: Tx, mail: Mail): Promise<void> {
  const id = newId()
  await insertMail(tx, { id, createdAt: now(), ...mail })
  await addSendJob(tx, id)
}
