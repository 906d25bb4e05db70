import { systemAuthor } from '../../access/author.ts'
import { queueMail } from '../../mail/queue.ts'
import type { Mail } from '../../mail/templates.ts'
import type { Tx } from '../../store/database.ts'
import { listVerifiedAddresses } from './email-store.ts'

/** A notice about an account: the mail that tells it to one of its addresses. */
export type Notice = (recipient: { name: string; email: string }) => Mail

/** Tells every verified address of an account what was done to it, but those left out. */
export async function tellOwner(
  tx: Tx,
  account: { id: string; name: string },
  notice: Notice,
  { except = [] }: { except?: readonly string[] } = {},
): Promise<void> {
  for (const email of await listVerifiedAddresses(tx, account.id))
    if (!except.includes(email)) await queueMail(tx, systemAuthor, notice({ name: account.name, email }))
}
