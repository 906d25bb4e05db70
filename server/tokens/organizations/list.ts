import type * as api from '../../../api/index.ts'
import { type InputOf, type ResultOf, scopeInWords } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { record } from '../../audit/record.ts'
import { csvHeader, csvLine } from '../../csv/lines.ts'
import { dayOf, now } from '../../kernel/clock.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, transaction } from '../../store/database.ts'
import * as store from './reach-store.ts'
import { orgTokensOf, watchedTimes } from './reply.ts'

type OrgTokens = typeof api.orgTokens
type ListPermit = Permit<'orgToken.list'>

/** Lists the tokens that can reach the organization, the newest first. */
export async function listOrgTokens(
  db: Db,
  { org }: ListPermit,
  input: InputOf<OrgTokens['listOrgTokens']>,
  links: Links,
): Promise<ResultOf<OrgTokens['listOrgTokens']>> {
  const before = input.cursor === undefined ? undefined : decodeCursor(input.cursor, 1)[0]
  const query = { orgId: org.id, at: now(), filter: filterOf(input), before, most: input.limit + 1 }
  const page = pageOf(await store.listReaching(db, query), input.limit, ({ id }) => [id])
  return { items: await orgTokensOf(db, org, page.items, { links }), next: page.next }
}

function filterOf(input: InputOf<OrgTokens['exportOrgTokens']>): store.ReachFilter {
  const { state, owner, search, unused, neverRotated, expiresSoon, broad } = input
  const { unusedSince, expiresBefore } = watchedTimes()
  return {
    ...{ state, owner, search, neverRotated, broad },
    unusedSince: unused ? unusedSince : undefined,
    expiresBefore: expiresSoon ? expiresBefore : undefined,
  }
}

/** Counts the tokens that can reach the organization, by what an admin looks for. */
export async function countOrgTokens(db: Db, { org }: ListPermit): Promise<ResultOf<OrgTokens['countOrgTokens']>> {
  return store.countReaching(db, { orgId: org.id, ...watchedTimes() })
}

const exportedAtOnce = 1000
const columns = [
  'id',
  'owner',
  'name',
  'kind',
  'scope',
  'created',
  'last_used',
  'rotated',
  'expires',
  'state',
  'blocked_by',
]

/** Exports the tokens that can reach the organization as CSV, piece by piece. The export is recorded. */
export async function exportOrgTokens(
  db: Db,
  permit: ListPermit,
  input: InputOf<OrgTokens['exportOrgTokens']>,
  links: Links,
): Promise<ResultOf<OrgTokens['exportOrgTokens']>> {
  await transaction(db, (tx) =>
    record(tx, permit, { type: 'org.tokens.export', message: 'exported the tokens as CSV', data: { format: 'csv' } }),
  )
  return {
    fileName: `${permit.org.name}-tokens-${dayOf(now())}.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: linesOf(db, permit, filterOf(input), links),
  }
}

// Never more than one batch in memory.
async function* linesOf(db: Db, { org }: ListPermit, filter: store.ReachFilter, links: Links): AsyncGenerator<string> {
  yield csvHeader(columns)
  let before: string | undefined
  do {
    const rows = await store.listReaching(db, { orgId: org.id, at: now(), filter, before, most: exportedAtOnce })
    for (const token of await orgTokensOf(db, org, rows, { links })) yield csvLine(cellsOf(token))
    before = rows.length < exportedAtOnce ? undefined : rows.at(-1)?.id
  } while (before !== undefined)
}

function cellsOf(token: api.orgTokens.OrgToken): string[] {
  return [
    token.id,
    token.owner.user,
    token.name ?? '',
    token.role,
    scopeInWords(token).join(' '),
    token.createdAt,
    token.lastUsedAt ?? '',
    token.rotatedAt ?? '',
    token.expiresAt ?? '',
    token.state,
    token.blockedBy.join(' '),
  ]
}
