import { newId } from '../kernel/ids.ts'
import type { Mail } from '../mail/templates.ts'
import type { Tx } from '../store/database.ts'
import { insertKeptMail } from './past-store.ts'

/** Puts a mail of an organization into the outbox. None of them is ever sent: the people of the demo read no mail. */
export async function writeLetter(tx: Tx, orgId: string, mail: Mail, of: { at: Date; hash?: Buffer }): Promise<void> {
  await insertKeptMail(tx, mail, { id: newId(), orgId, at: of.at, hash: of.hash ?? null })
}
