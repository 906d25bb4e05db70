import type { RepoType } from '../../../api/index.ts'
import { adminRow, liveMembership } from '../../access/grants.ts'
import type { Tx } from '../../store/database.ts'
import { arrayOf, rowOf, sql } from '../../store/sql.ts'

/** A gated repository, and where its authors want to hear of requests. */
export interface NoticeRow {
  id: string
  type: RepoType
  /** `namespace/name`. */
  name: string
  org_id: string | null
  notifications: 'real-time' | 'bulk'
  /** The chosen address, or those of the first admins or of the owner. */
  addresses: string[]
}

const mostAdmins = 5

const verified = sql`e.is_primary and e.verified_at is not null`

const noticeColumns = (at: Date) => sql`r.id, r.type, coalesce(o.name, owner.name) || '/' || r.name as name, r.org_id,
  r.gate_notifications as notifications,
  case when r.gate_email is not null then array[r.gate_email] else array(
    select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
    join emails e on e.user_id = u.id and ${verified}
    where m.org_id = r.org_id and ${adminRow('m')} and ${liveMembership('m', at)} order by m.id limit ${mostAdmins})
    || array(select e.address from emails e where e.user_id = r.user_id and ${verified}) end as addresses`

const withOwner = sql`left join organizations o on o.id = r.org_id left join users owner on owner.id = r.user_id`

/** Finds where the authors of a repository want to hear of requests. */
export async function findNoticeRow(tx: Tx, repoId: string, at: Date): Promise<NoticeRow | undefined> {
  const { rows } = await sql<NoticeRow>`select ${noticeColumns(at)} from repositories r ${withOwner}
    where r.id = ${repoId}`.execute(tx)
  return rows[0]
}

/** Marks the pending request of a person as told. */
export async function markTold(tx: Tx, repoId: string, userId: string, at: Date): Promise<void> {
  await sql`update gate_requests set notified_at = ${at}
    where repo_id = ${repoId} and user_id = ${userId} and state = 'pending'`.execute(tx)
}

/** Takes repositories with requests that their authors were not told of, and marks those as told. */
export async function takeUntold(
  tx: Tx,
  { most, at, since }: { most: number; at: Date; since: Date },
): Promise<(NoticeRow & { requests: number })[]> {
  const { rows } = await sql<NoticeRow & { requests: number }>`
    with due as materialized (
      select q.repo_id, count(*)::int requests from gate_requests q join repositories r on r.id = q.repo_id
      where q.state = 'pending' and q.notified_at is null and r.gate is not null
        and (r.gate_notifications = 'bulk' or q.created_at < ${since})
      group by q.repo_id order by q.repo_id limit ${most}
    ), told as (
      update gate_requests q set notified_at = ${at} from due
      where q.repo_id = due.repo_id and q.state = 'pending' and q.notified_at is null
    )
    select ${noticeColumns(at)}, due.requests from due join ${rowOf('repositories', 'due.repo_id')} r on true ${withOwner}
    order by r.org_id, r.id`.execute(tx)
  return rows
}

/** The primary addresses of some people, where they are verified. */
export async function findAddresses(tx: Tx, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`select e.address from unnest(${arrayOf(userIds)}) w(user_id)
    join users u on u.id = w.user_id and u.state = 'active' join emails e on e.user_id = u.id and ${verified}
    order by u.id`.execute(tx)
  return rows.map(({ address }) => address)
}
