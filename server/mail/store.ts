import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { Mail } from './templates.ts'

/** Exponential waits between attempts add up to about 15 hours. */
const maxSendAttempts = 12

export async function insertMail(tx: Tx, mail: Mail & { id: string; createdAt: Date }): Promise<void> {
  await sql`insert into mails (id, recipient, subject, text_body, html_body, state, created_at)
    values (${mail.id}, ${mail.to}, ${mail.subject}, ${mail.text}, ${mail.html}, 'queued', ${mail.createdAt})`.execute(tx)
}

export async function addSendJob(tx: Tx, id: string): Promise<void> {
  await sql`select 1 from graphile_worker.add_job('send_mail', json_build_object('id', ${id}::text),
    job_key => ${`mail:${id}`}::text, max_attempts => ${maxSendAttempts}::int)`.execute(tx)
}
