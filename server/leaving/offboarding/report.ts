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
import { deleteRejoinBlock, findReport, listReports, type ReportRow } from './reports-store.ts'

type Leaving = typeof leaving

/** An offboarding report without its hash and what may change later: this is what is hashed and kept. */
export type Sealed = Omit<leaving.OffboardingReport, 'hash' | 'rejoinBlockedUntil'>

/** The bytes of an offboarding report that are kept, and their hash. */
export function sealReport(report: Sealed): { text: string; hash: string } {
  const text = canonicalText(report)
  return { text, hash: digest(text).toString('hex') }
}

/** An offboarding report as it is shown; its hash is calculated from what is kept. */
export function reportReply({ report, rejoin_blocked_until }: ReportRow): leaving.OffboardingReport {
  const sealed: Sealed = JSON.parse(report)
  return {
    ...sealed,
    rejoinBlockedUntil: rejoin_blocked_until?.toISOString() ?? null,
    hash: digest(report).toString('hex'),
  }
}

/** Lists who was offboarded, the latest first. */
export async function listOffboardings(
  db: Db,
  permit: Permit<'offboarding.list'>,
  { cursor, limit }: InputOf<Leaving['listOffboardings']>,
  links: Links,
): Promise<ResultOf<Leaving['listOffboardings']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const rows = await listReports(db, permit.org.id, { before, most: limit + 1 })
  const page = pageOf(rows, limit, ({ id }) => [id])
  return { items: page.items.map((row) => summaryOf(row, links)), next: page.next }
}

function summaryOf(row: ReportRow, links: Links): leaving.OffboardingSummary {
  const { id, user, fullname, by, at, reason, rejoinBlockedUntil } = reportReply(row)
  return {
    id,
    user,
    fullname,
    avatarUrl: avatarUrl(links, user),
    by,
    at,
    reason,
    removed: row.removed,
    rejoinBlockedUntil,
  }
}

/** Shows the report of an offboarding. */
export async function getOffboarding(
  db: Db,
  permit: Permit<'offboarding.view'>,
  { id }: InputOf<Leaving['getOffboarding']>,
): Promise<ResultOf<Leaving['getOffboarding']>> {
  return reportReply((await findReport(db, permit.org.id, id)) ?? noReport())
}

/** Allows an offboarded person to rejoin; without a rejoin block, nothing happens. */
export async function allowRejoin(
  db: Db,
  permit: Permit<'offboarding.allowRejoin'>,
  { id }: InputOf<Leaving['allowRejoin']>,
): Promise<ResultOf<Leaving['allowRejoin']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { user, rejoinBlockedUntil } = reportReply((await findReport(tx, permit.org.id, id)) ?? noReport())
    if (!(await deleteRejoinBlock(tx, permit.org.id, id))) return { success: true }
    await record(tx, permit, {
      type: 'org.offboard.allow_rejoin',
      message: `allowed ${user} to rejoin after an offboarding`,
      data: { user: { user }, report: { id }, before: { rejoinBlockedUntil }, after: { rejoinBlockedUntil: null } },
    })
    return { success: true }
  })
}

function noReport(): never {
  throw new HubError('NotFound', 'No offboarding report with this ID.')
}
