import type { RawBuilder } from 'kysely'
import { liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { foldedPattern, membershipOf, rowOf, sql } from '../../store/sql.ts'
import { columns, foundInGroup, type MemberQuery, type MemberRow, trigramLength, withRole } from './list-store.ts'

/**
 * Reads members in any order, of those idle, and of those with or without 2FA. What an index finds by group or search is found first and sorted; all else
 * goes along the index of the order until the page is full.
 */
export async function listInOrder(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  const found = foundFirst(query)
  const base = found === undefined ? sql`memberships m` : sql`found m`
  const isAlongActivity = query.order.by === 'lastActive' && found === undefined
  const from = isAlongActivity ? alongActivity : usesActivity(query) ? withActivity(base) : base
  const org = isAlongActivity ? sql.ref('a.org_id') : sql.ref('m.org_id')
  const [keys, place] = orderOf(query)
  const [way, beyond] = query.order.descending ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  const after = query.after === undefined ? sql`` : sql`and (${sql.join(keys)}) ${beyond} (${sql.join(place)})`
  const { rows } = await sql<MemberRow>`
    ${found === undefined ? sql`` : sql`with found as materialized (${found})`}
    select ${columns} from (
      select m.*, ${sql.join(keys.map((key, index) => sql`${key} as ${sql.ref(`key${index}`)}`))} from ${from}
      where ${org} = ${query.orgId} and ${liveMembership('m', query.at)} ${withRole(query)} ${holding(query)} ${idle(query)} ${withFactor(query)} ${after}
      order by ${sql.join(keys.map((key) => sql`${key} ${way}`))} limit ${query.limit}
    ) p join ${rowOf('users', 'p.user_id')} u on true
    order by ${sql.join(keys.map((_, index) => sql`p.${sql.ref(`key${index}`)} ${way}`))}`.execute(db)
  return rows
}

// Members in the order of their activity, each read by its key.
const alongActivity = sql`member_activity a join ${membershipOf(sql.ref('a.org_id'), sql.ref('a.user_id'))} m on true`

function withActivity(base: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${base} join lateral (
    select user_id, last_at, joined_at from member_activity where org_id = m.org_id and user_id = m.user_id limit 1
  ) a on true`
}

function usesActivity({ order, idle }: MemberQuery): boolean {
  return order.by === 'lastActive' || idle !== undefined
}

/** What the order goes by, and where the page before ended, in the same terms. */
function orderOf({ order, after }: MemberQuery): [keys: RawBuilder<unknown>[], place: RawBuilder<unknown>[]] {
  const { key, id } = after ?? { key: '', id: '' }
  if (order.by === 'joined') return [[sql.ref('m.id')], [sql`${id}`]]
  if (order.by === 'name')
    return [
      [sql`m.sort_name collate "C"`, sql.ref('m.id')],
      [sql`${key}::text collate "C"`, sql`${id}`],
    ]
  if (order.by === 'role')
    return [
      [sql.ref('m.role'), sql.ref('m.id')],
      [sql`${key}::org_role`, sql`${id}`],
    ]
  const lastAt = key === '' ? sql`'-infinity'::timestamptz` : sql`${key}::timestamptz`
  return [
    [sql.ref('a.last_at'), sql.ref('a.user_id')],
    [lastAt, sql`${id}`],
  ]
}

function foundFirst(query: MemberQuery): RawBuilder<unknown> | undefined {
  if (query.groupId !== undefined) return foundInGroup(query, query.groupId)
  if (query.search === undefined || query.search.length < trigramLength) return undefined
  return sql`select * from memberships where org_id = ${query.orgId} and search like ${foldedPattern(query.search)}`
}

// A search too short for the index; of what was found first, all match.
function holding(query: MemberQuery): RawBuilder<unknown> {
  if (query.search === undefined || foundFirst(query) !== undefined) return sql``
  return sql`and strpos(m.search, fold(${query.search}::text)) > 0`
}

function withFactor({ twoFactor }: MemberQuery): RawBuilder<unknown> {
  if (twoFactor === undefined) return sql``
  return twoFactor === 'on' ? sql`and m.has_two_factor` : sql`and not m.has_two_factor`
}

function idle({ idle: since }: MemberQuery): RawBuilder<unknown> {
  if (since === undefined) return sql``
  if (since === 'never') return sql`and a.last_at = '-infinity'`
  return sql`and a.last_at < ${since} and (a.last_at > '-infinity' or a.joined_at < ${since})`
}
