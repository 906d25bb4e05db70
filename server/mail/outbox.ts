import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Db, Tx } from '../store/database.ts'
import type { Links } from './links.ts'
import {
  addSendJob,
  blankMails,
  countMails,
  findLinkHashes,
  findMail,
  listMails,
  requeue,
  type StoredMail,
} from './store.ts'
import { renderMail, withoutSecret } from './templates.ts'

type Input = api.InputOf<typeof api.operator.listOutbox>
type Result = api.ResultOf<typeof api.operator.listOutbox>

const aboveEveryId = 'g'

/** Mail of this installation, newest first, without the texts. */
export async function listOutbox(db: Db, _permit: Permit<'operator.listOutbox'>, input: Input): Promise<Result> {
  const [before = aboveEveryId] = input.cursor === undefined ? [] : decodeCursor(input.cursor, 1)
  const rows = await listMails(db, { before, limit: input.limit + 1, search: input.search })
  const { items, next } = pageOf(rows, input.limit, (mail) => [mail.id])
  return { items: items.map(shown), next }
}

function shown({ body, createdAt, sentAt, ...mail }: StoredMail): Result['items'][number] {
  const hasSecret = body.button?.secret !== undefined
  const isBlank = body.isBlank === true
  return { ...mail, hasSecret, isBlank, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null }
}

/** A mail as its recipient sees it; the secret of its link is left out unless it is to be revealed. */
export async function readMailText(
  tx: Tx,
  id: string,
  { links, reveal }: { links: Links; reveal: boolean },
): Promise<{ to: string; subject: string; text: string; html: string }> {
  const { to, subject, body } = await getMail(tx, id)
  return { to, subject, ...renderMail({ subject, body: reveal ? body : withoutSecret(body) }, links) }
}

async function getMail(tx: Tx, id: string): Promise<StoredMail> {
  const mail = await findMail(tx, id)
  if (mail === undefined) throw new HubError('NotFound', 'No email with this ID.')
  return mail
}

const atOnce = 500

/** Takes the text out of kept and failed mails whose link opens nothing any more; `liveAmong` tells which links still do. */
export async function blankDeadMails(db: Db, liveAmong: (hashes: Buffer[]) => Promise<Buffer[]>): Promise<void> {
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const hashes = await findLinkHashes(db, after, atOnce)
    const last = hashes.at(-1)
    if (last === undefined) return
    const live = new Set((await liveAmong(hashes)).map((hash) => hash.toString('hex')))
    await blankMails(
      db,
      hashes.filter((hash) => !live.has(hash.toString('hex'))),
    )
    after = last
  }
}

/** Puts a failed or kept mail back into the queue and answers what it is; refuses one that waits or was delivered. */
export async function requeueMail(tx: Tx, id: string): Promise<{ to: string; subject: string }> {
  const mail = await getMail(tx, id)
  if (mail.body.isBlank)
    throw new HubError(
      'Conflict',
      'The text of this email is no longer stored, because its link has expired or was used.',
    )
  if (!(await requeue(tx, id)))
    throw new HubError(
      'Conflict',
      'This email is queued or was already sent. Only emails that failed or were not sent can be resent.',
    )
  await addSendJob(tx, id)
  return { to: mail.to, subject: mail.subject }
}

/** How many mails wait, and how many failed. */
export async function mailCounts(db: Db): Promise<{ queued: number; failed: number }> {
  return countMails(db)
}
