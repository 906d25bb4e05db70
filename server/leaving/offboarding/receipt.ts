import type { InputOf, leaving, ResultOf } from '../../../api/index.ts'
import { canonicalText } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { digest } from '../../kernel/secret.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { type Db, transaction } from '../../store/database.ts'
import { deleteTombstone, findReceipt, listReceipts, type ReceiptRow } from './receipts-store.ts'

type Leaving = typeof leaving

/** A receipt without its hash and what may change later: this is what is hashed and kept. */
export type Sealed = Omit<leaving.Receipt, 'hash' | 'keptOutUntil'>

/** The bytes of a receipt that are kept, and their hash. */
export function sealReceipt(receipt: Sealed): { text: string; hash: string } {
  const text = canonicalText(receipt)
  return { text, hash: digest(text).toString('hex') }
}

/** A receipt as it is shown; its hash is calculated from what is kept. */
export function receiptReply({ receipt, kept_out_until }: ReceiptRow): leaving.Receipt {
  const sealed: Sealed = JSON.parse(receipt)
  return { ...sealed, keptOutUntil: kept_out_until?.toISOString() ?? null, hash: digest(receipt).toString('hex') }
}

/** Lists who was offboarded, the latest first. */
export async function listOffboardings(
  db: Db,
  permit: Permit<'offboarding.list'>,
  { cursor, limit }: InputOf<Leaving['listOffboardings']>,
  links: Links,
): Promise<ResultOf<Leaving['listOffboardings']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const rows = await listReceipts(db, permit.org.id, { before, most: limit + 1 })
  const page = pageOf(rows, limit, ({ id }) => [id])
  return { items: page.items.map((row) => summaryOf(row, links)), next: page.next }
}

function summaryOf(row: ReceiptRow, links: Links): leaving.OffboardingSummary {
  const { id, user, fullname, by, at, reason, keptOutUntil } = receiptReply(row)
  return { id, user, fullname, avatarUrl: avatarUrl(links, user), by, at, reason, removed: row.removed, keptOutUntil }
}

/** Shows the receipt of an offboarding. */
export async function getOffboarding(
  db: Db,
  permit: Permit<'offboarding.view'>,
  { id }: InputOf<Leaving['getOffboarding']>,
): Promise<ResultOf<Leaving['getOffboarding']>> {
  return receiptReply((await findReceipt(db, permit.org.id, id)) ?? noReceipt())
}

/** Lets an offboarded person in again; where nothing keeps them out, nothing happens. */
export async function liftTombstone(
  db: Db,
  permit: Permit<'offboarding.lift'>,
  { id }: InputOf<Leaving['liftTombstone']>,
): Promise<ResultOf<Leaving['liftTombstone']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { user, keptOutUntil } = receiptReply((await findReceipt(tx, permit.org.id, id)) ?? noReceipt())
    if (!(await deleteTombstone(tx, permit.org.id, id))) return { success: true }
    await record(tx, permit, {
      type: 'org.offboard.lift',
      message: `let ${user} in again, who was offboarded`,
      data: { user: { user }, receipt: { id }, before: { keptOutUntil }, after: { keptOutUntil: null } },
    })
    return { success: true }
  })
}

function noReceipt(): never {
  throw new HubError('NotFound', 'The organization has no receipt of this id.')
}
