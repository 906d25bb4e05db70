import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Db, Tx } from '../store/database.ts'
import type { Links } from './links.ts'
import { addSendJob, countMails, findMail, listMails, requeue, type StoredMail } from './store.ts'
import { renderMail } from './templates.ts'

type Input = api.InputOf<typeof api.operator.listOutbox>
type Result = api.ResultOf<typeof api.operator.listOutbox>

const aboveEveryId = 'g'

/** Mail of this installation, newest first. */
export async function listOutbox(
  db: Db,
  _permit: Permit<'operator.listOutbox'>,
  input: Input,
  links: Links,
): Promise<Result> {
  const [before = aboveEveryId] = input.cursor === undefined ? [] : decodeCursor(input.cursor, 1)
  const rows = await listMails(db, { before, limit: input.limit + 1, search: input.search })
  const { items, next } = pageOf(rows, input.limit, (mail) => [mail.id])
  return { items: items.map((mail) => shown(mail, links)), next }
}

function shown({ body, createdAt, sentAt, ...mail }: StoredMail, links: Links): Result['items'][number] {
  const words = renderMail({ subject: mail.subject, body }, links)
  return { ...mail, ...words, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null }
}

/** Puts a failed or kept mail back into the queue and answers what it is; refuses one that waits or was delivered. */
export async function requeueMail(tx: Tx, id: string): Promise<{ to: string; subject: string }> {
  const mail = await findMail(tx, id)
  if (mail === undefined) throw new HubError('NotFound', 'There is no mail of this id.')
  if (!(await requeue(tx, id)))
    throw new HubError('Conflict', 'Only a failed or kept mail can be sent again; this one waits or was delivered.')
  await addSendJob(tx, id)
  return { to: mail.to, subject: mail.subject }
}

/** How many mails wait, and how many failed. */
export async function mailCounts(db: Db): Promise<{ queued: number; failed: number }> {
  return countMails(db)
}
