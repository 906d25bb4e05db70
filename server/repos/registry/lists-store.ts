import type { RepoType } from '../../../api/index.ts'
import type { Readable } from '../../access/lists.ts'
import { now } from '../../kernel/clock.ts'
import type { Db } from '../../store/database.ts'
import { containing, rowOf, sql } from '../../store/sql.ts'
import { lowerName } from '../../users/names/names.ts'
import { type RepoRow, repoColumns, repoJoins } from './store.ts'

export interface RepoQuery {
  type: RepoType
  author: string | undefined
  search: string[]
  tags: string[]
  /** The task that models are for. */
  task: string | undefined
  group: string | undefined
  visibility: 'public' | 'private' | undefined
  gated: boolean | undefined
  /** By the time of the last change instead of by age. */
  byChange: boolean
  /** The id of the last row of the page before; with `byChange` its time too. */
  before: string[] | undefined
  withCards: boolean
  most: number
}

// A larger card is shown with its repository alone.
const largestListedCard = 16 * 1024

export interface ListedRepo extends RepoRow {
  sees_group: boolean
  /** Microseconds since 1970 at the last change. */
  changed_at: string
  /** Where cards were asked for, those that are not too large for a list. */
  card?: Record<string, unknown> | null
}

/** Lists repositories that the caller may read, newest first; each combination of filters has one text. */
export async function listRepoRows(db: Db, readable: Readable, query: RepoQuery): Promise<ListedRepo[]> {
  const { author, search, group, visibility, gated, before, byChange, task } = query
  // The task is one of the tags, where the index is
  const tags = task === undefined ? query.tags : [...query.tags, task]
  const { rows } =
    await sql<ListedRepo>`select ${repoColumns}, r.group_id, g.name as group_name, ${readable.groupOfRepo} as sees_group,
      (extract(epoch from r.updated_at) * 1000000)::bigint::text as changed_at
      ${query.withCards ? listedCard : sql``}
    from repositories r ${repoJoins} left join ${rowOf('resource_groups', 'r.group_id')} g on true
    where r.type = ${query.type} and ${readable.repos}
      ${author === undefined ? sql`` : ownedBy(author)}
      ${sql.join(
        search.map((words) => sql`and ${nameHolds(words)}`),
        sql` `,
      )}
      ${tags.length === 0 ? sql`` : sql`and r.tags @> ${tags}::text[]`}
      ${task === undefined ? sql`` : sql`and r.pipeline_tag = ${task}`}
      ${group === undefined ? sql`` : sql`and ${readable.groupOfRepo} and (g.id = ${lowerName(group)} or fold(g.name) = fold(${group}::text))`}
      ${visibility === undefined ? sql`` : sql`and r.private = ${visibility === 'private'}`}
      ${gated === undefined ? sql`` : gated ? sql`and r.gate is not null` : sql`and r.gate is null`}
      ${before === undefined ? sql`` : beforeRow(before)}
    order by ${byChange ? sql`r.updated_at desc, r.id desc` : sql`r.id desc`} limit ${query.most}`.execute(db)
  return rows
}

const listedCard = sql`, case when r.card_bytes <= ${sql.lit(largestListedCard)} then r.card end as card`

function beforeRow([id, changedAt]: string[]) {
  return changedAt === undefined
    ? sql`and r.id < ${id}`
    : sql`and (r.updated_at, r.id) < (timestamptz 'epoch' + ${changedAt}::bigint * interval '1 microsecond', ${id})`
}

/** The condition, after others, that a repository `r` belongs to this person or organization. */
export function ownedBy(author: string) {
  const owner = lowerName(author)
  const named = sql`from names where lower_name = ${owner} and (current or kept_until > ${now()})`
  return sql`and (r.org_id = (select org_id ${named}) or r.user_id = (select user_id ${named}))`
}

// `namespace/name` is searched as such; words without a slash in the name alone, where the index is.
function nameHolds(search: string) {
  if (search.includes('/')) return sql`lower(coalesce(o.name, u.name) || '/' || r.name) like ${containing(search)}`
  return sql`lower(r.name) like ${containing(search)}`
}

export interface StorageQuery {
  owner: { kind: 'user' | 'org'; id: string }
  search: string | undefined
  type: RepoType | undefined
  sort: 'storage' | 'updatedAt'
  descending: boolean
  most: number
}

export interface StoredRepo extends RepoRow {
  storage: string
  /** What all repositories of the owner take that the reader may read. */
  total: string
}

/** Lists the repositories of one owner that the caller may read, with the bytes they take, git and LFS. */
export async function listOwnedRows(db: Db, readable: Readable, query: StorageQuery): Promise<StoredRepo[]> {
  const { owner, search, type } = query
  const { rows } = await sql<StoredRepo>`with owned as (
      select ${repoColumns}, null as group_id, null as group_name, r.git_bytes + r.lfs_bytes as storage,
        sum(r.git_bytes + r.lfs_bytes) over () as total
      from repositories r ${repoJoins}
      where ${owner.kind === 'org' ? sql`r.org_id` : sql`r.user_id`} = ${owner.id} and ${readable.repos})
    select r.* from owned r where true
      ${search === undefined ? sql`` : sql`and ${ownedNameHolds(search)}`}
      ${type === undefined ? sql`` : sql`and r.type = ${type}`}
    order by ${storageOrder(query)} limit ${query.most}`.execute(db)
  return rows
}

function ownedNameHolds(search: string) {
  if (search.includes('/')) return sql`lower(r.namespace || '/' || r.name) like ${containing(search)}`
  return sql`lower(r.name) like ${containing(search)}`
}

function storageOrder({ sort, descending }: StorageQuery) {
  if (sort === 'storage') return descending ? sql`r.storage desc, r.id desc` : sql`r.storage, r.id`
  return descending ? sql`r.updated_at desc, r.id desc` : sql`r.updated_at, r.id`
}
