import { digest } from '../kernel/secret.ts'
import { type Db, sendWithNext, type Tx } from '../store/database.ts'
import { arrayOf, bytesOf, containing, sql } from '../store/sql.ts'
import type { Sender } from './budget.ts'
import type { Mail } from './templates.ts'

/** Exponential waits between attempts add up to about 15 hours. */
const maxSendAttempts = 12

/** Mails of a batch let others go first: a higher number is later. */
const batchPriority = 10

export type MailState = 'queued' | 'sent' | 'kept' | 'failed'

export interface StoredMail extends Omit<Mail, 'kind'> {
  id: string
  state: MailState
  createdAt: Date
  sentAt: Date | null
  error: string | null
}

const columns = sql`id, recipient as "to", subject, body, state,
  created_at as "createdAt", sent_at as "sentAt", error`

/** A mail as it is written, and the key of the job that sends it together with others; null: it has one of its own. */
export interface NewMail extends Mail {
  id: string
  job: string | null
}

/** Inserts mails in one statement; a single one together with the next. */
export async function insertMails(
  tx: Tx,
  mails: readonly NewMail[],
  { batch, at, actorId, orgId }: { batch: string | null; at: Date } & Sender,
): Promise<void> {
  const column = (key: 'id' | 'to' | 'subject' | 'kind') => arrayOf(mails.map((mail) => mail[key]))
  const bodies = arrayOf(mails.map(({ body }) => JSON.stringify(body)))
  const jobs = arrayOf(mails.map(({ job }) => job ?? ''))
  const links = arrayOf(
    mails.map(({ body }) => (body.button?.secret ? digest(body.button.secret).toString('hex') : '')),
  )
  const inserted = sql`insert into mails
      (id, recipient, subject, body, kind, state, created_at, job, batch_id, actor_id, org_id, link_hash)
    select m.id, m.recipient, m.subject, m.body::jsonb, m.kind, 'queued', ${at}, nullif(m.job, ''), ${batch},
      ${actorId}, ${orgId}, decode(nullif(m.link, ''), 'hex')
    from unnest(${column('id')}, ${column('to')}, ${column('subject')}, ${bodies}, ${column('kind')}, ${jobs}, ${links})
      m(id, recipient, subject, body, kind, job, link)`
  await (mails.length === 1 ? sendWithNext(tx, inserted.compile(tx)) : inserted.execute(tx))
}

/** Adds jobs that each send the mails with their key, together with the next statement. */
export async function addBatchJobs(tx: Tx, keys: readonly string[]): Promise<void> {
  const added = sql`select 1 from graphile_worker.add_jobs((select array_agg(
      ('send_mail', json_build_object('job', key), null, null, ${maxSendAttempts}::smallint, key,
        ${batchPriority}::smallint, null)::graphile_worker.job_spec)
    from unnest(${arrayOf(keys)}) key))`
  await sendWithNext(tx, added.compile(tx))
}

/** Adds the job that sends the mail, or begins it again where there is one. */
export async function addSendJob(tx: Tx, id: string): Promise<void> {
  await sql`select 1 from graphile_worker.add_job('send_mail', json_build_object('id', ${id}::text),
    job_key => ${`mail:${id}`}::text, max_attempts => ${maxSendAttempts}::int)`.execute(tx)
}

export async function findMail(db: Db, id: string): Promise<StoredMail | undefined> {
  const { rows } = await sql<StoredMail>`select ${columns} from mails where id = ${id}`.execute(db)
  return rows[0]
}

/** Mails that wait and that a job is to send: the one it names, or those that have its key. */
export async function findQueuedMails(db: Db, { id, job }: { id?: string; job?: string }): Promise<StoredMail[]> {
  const mine = id === undefined ? sql`job = ${job}` : sql`id = ${id}`
  const { rows } = await sql<StoredMail>`select ${columns} from mails
    where ${mine} and state = 'queued' order by id`.execute(db)
  return rows
}

/** Mails newest first, below the id where the page before ended. */
export async function listMails(
  db: Db,
  page: { before: string; limit: number; search: string | undefined },
): Promise<StoredMail[]> {
  const pattern = containing(page.search ?? '')
  const { rows } = await sql<StoredMail>`select ${columns} from mails
    where id < ${page.before} and (lower(recipient) like ${pattern} or lower(subject) like ${pattern})
    order by id desc limit ${page.limit}`.execute(db)
  return rows
}

export async function markKept(db: Db, ids: readonly string[]): Promise<void> {
  await sql`update mails set state = 'kept' where id = any(${arrayOf(ids)}) and state = 'queued'`.execute(db)
}

const sentBody = JSON.stringify({ paragraphs: ['The text of a delivered email is not stored.'], isBlank: true })
const deadBody = JSON.stringify({
  paragraphs: ['The text of this email is no longer stored, because its link has expired or was used.'],
  isBlank: true,
})

/** A delivered mail may hold a link that opens an account: its text is not kept. */
export async function markSent(db: Db, id: string, at: Date): Promise<void> {
  await sql`update mails set state = 'sent', sent_at = ${at}, error = null, body = ${sentBody}::jsonb, link_hash = null
    where id = ${id}`.execute(db)
}

/** The links in kept and failed mails, by hash, from one of them on. */
export async function findLinkHashes(db: Db, after: Buffer, limit: number): Promise<Buffer[]> {
  const { rows } = await sql<{ hash: Buffer }>`select distinct link_hash as hash from mails
    where link_hash > ${after} and state in ('kept', 'failed') order by link_hash limit ${limit}`.execute(db)
  return rows.map(({ hash }) => hash)
}

/** Takes the text out of kept and failed mails with these links. */
export async function blankMails(db: Db, hashes: readonly Buffer[]): Promise<void> {
  if (hashes.length === 0) return
  await sql`update mails set body = ${deadBody}::jsonb, link_hash = null
    where link_hash = any(${bytesOf(hashes)}) and state in ('kept', 'failed')`.execute(db)
}

export async function markTried(
  db: Db,
  ids: readonly string[],
  outcome: { error: string; state: 'queued' | 'failed' },
): Promise<void> {
  await sql`update mails set state = ${outcome.state}, error = ${outcome.error}
    where id = any(${arrayOf(ids)}) and state = 'queued'`.execute(db)
}

/** Takes a mail out of the job that sends it with others: it gets one of its own. */
export async function setApart(tx: Tx, id: string): Promise<void> {
  await sql`update mails set job = null where id = ${id}`.execute(tx)
  await addSendJob(tx, id)
}

/** Puts a failed or kept mail back into the queue; false when it is neither. */
export async function requeue(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`update mails set state = 'queued', error = null, job = null
    where id = ${id} and state in ('failed', 'kept')`.execute(tx)
  return numAffectedRows === 1n
}

export async function countMails(db: Db): Promise<{ queued: number; failed: number }> {
  const { rows } = await sql<{
    queued: number
    failed: number
  }>`select count(*) filter (where state = 'queued')::int as queued,
    count(*) filter (where state = 'failed')::int as failed from mails where state in ('queued', 'failed')`.execute(db)
  return rows[0] ?? { queued: 0, failed: 0 }
}
