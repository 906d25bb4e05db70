import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import type { Links } from '../mail/links.ts'
import { readMailText, requeueMail } from '../mail/outbox.ts'
import { type Db, transaction } from '../store/database.ts'
import { instanceScope, record } from './record.ts'

type MailText = api.ResultOf<typeof api.operator.readMail>

/** Reads a mail of the outbox without the secret of its link; that it was read is recorded. */
export async function readMail(
  db: Db,
  permit: Permit<'operator.readMail'>,
  { id }: api.InputOf<typeof api.operator.readMail>,
  links: Links,
): Promise<MailText> {
  return readAndRecord(db, permit, id, { links, reveal: false })
}

/** Reads a mail of the outbox with the secret of its link; that it was revealed is recorded. */
export async function revealMail(
  db: Db,
  permit: Permit<'operator.revealMail'>,
  { id }: api.InputOf<typeof api.operator.revealMail>,
  links: Links,
): Promise<MailText> {
  return readAndRecord(db, permit, id, { links, reveal: true })
}

async function readAndRecord(
  db: Db,
  permit: Permit<'operator.readMail'> | Permit<'operator.revealMail'>,
  id: string,
  how: { links: Links; reveal: boolean },
): Promise<MailText> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { to, subject, text, html } = await readMailText(tx, id, how)
    await record(tx, permit, {
      type: how.reveal ? 'operator.reveal_mail' : 'operator.read_mail',
      message: how.reveal ? `revealed the link in the email to ${to}` : `read the email to ${to}`,
      data: { mail: id, to, subject },
      scope: instanceScope,
    })
    return { text, html }
  })
}

/** Queues a failed or kept mail once more. Stands here because mail, which every room writes, cannot record. */
export async function retryMail(
  db: Db,
  permit: Permit<'operator.retryMail'>,
  input: api.InputOf<typeof api.operator.retryMail>,
): Promise<api.ResultOf<typeof api.operator.retryMail>> {
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { to, subject } = await requeueMail(tx, input.id)
    const message = `resent the email to ${to}`
    await record(tx, permit, {
      type: 'operator.retry_mail',
      message,
      data: { mail: input.id, to, subject },
      scope: instanceScope,
    })
  })
  return { success: true }
}
