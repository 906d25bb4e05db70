import type { gated } from '../../../api/index.ts'
import { acceptedRequest, expiredRequest } from '../../access/grants.ts'
import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, foldedPattern, rowOf, sql } from '../../store/sql.ts'
import { lowerName } from '../../users/names/names.ts'
import type { RepoSettings } from '../registry/store.ts'
import type { Answer } from './answers.ts'

export type State = gated.RequestState | 'expired'

/** A repository as its gate sees it. */
export interface GateRow extends RepoSettings {
  gate_form: gated.GateForm | null
}

/** Finds the settings of a gate, and what it asks for. */
export async function findGate(db: Db, repoId: string): Promise<GateRow | undefined> {
  const { rows } = await sql<GateRow>`select private, gate, gate_members, gate_notifications, gate_email, gate_form
    from repositories where id = ${repoId}`.execute(db)
  return rows[0]
}

export interface RequestRow {
  id: string
  user_id: string
  user: string
  fullname: string
  email: string | null
  state: State
  created_at: Date
  asked: boolean
  answers: Answer[]
  handled_by_id: string | null
  handled_by: string | null
  handled_by_fullname: string | null
  handled_at: Date | null
  reason: string | null
  expires_at: Date | null
}

const address = sql`(select e.address from emails e where e.user_id = u.id and e.verified_at is not null
  order by e.is_primary desc, e.id limit 1)`

const requestColumns = sql`q.id, q.user_id, u.name as "user", u.fullname, case when q.asked then ${address} end as email,
  q.state, q.created_at, q.asked, q.answers, q.handled_by_id, h.name as handled_by, h.fullname as handled_by_fullname,
  q.handled_at, q.reason, q.expires_at`

const people = sql`join ${rowOf('users', 'q.user_id')} u on u.state <> 'deleted'
  left join ${rowOf('users', 'q.handled_by_id')} h on true`

/** Finds the request of one person, or what they were granted. */
export async function findRequest(db: Db, repoId: string, userId: string): Promise<RequestRow | undefined> {
  const { rows } = await sql<RequestRow>`select ${requestColumns} from gate_requests q ${people}
    where q.repo_id = ${repoId} and q.user_id = ${userId}`.execute(db)
  return rows[0]
}

export interface RequestQuery {
  repoId: string
  status: gated.RequestState
  after?: string | undefined
  before?: string | undefined
  search?: string | undefined
  /** Time and ID of the last row of the page before. */
  last?: string[] | undefined
  most: number
}

/** Lists requests in one state, the newest first; accepted ones while they give access. */
export async function listRequests(db: Db, query: RequestQuery): Promise<(RequestRow & { at: string })[]> {
  const { search, most } = query
  const listed = search ? named(query, search) : sql`select * from gate_requests q where ${asked(query)}`
  const { rows } = await sql<RequestRow & { at: string }>`select ${requestColumns},
      (extract(epoch from q.created_at) * 1000000)::bigint::text as at
    from (${listed}) q ${people} order by q.created_at desc, q.id desc limit ${most}`.execute(db)
  return rows
}

function asked({ repoId, status, after, before, last }: RequestQuery) {
  const live = status === 'accepted' ? sql`and ${acceptedRequest('q', now())}` : sql``
  return sql`q.repo_id = ${repoId} and q.state = ${status} ${live}
    ${after === undefined ? sql`` : sql`and q.created_at > ${after}`}
    ${before === undefined ? sql`` : sql`and q.created_at < ${before}`}
    ${last === undefined ? sql`` : sql`and (q.created_at, q.id) < (timestamptz 'epoch' + ${last[0]}::bigint * interval '1 microsecond', ${last[1]})`}`
}

// Of few people the requests are looked up. Of so many, the list is read from its beginning until a page is full: each row
// is asked by itself, since a join would read all of them.
const mostNamed = 10_000

function named(query: RequestQuery, search: string) {
  const matches = sql`state <> 'deleted' and search like ${foldedPattern(search)}`
  const page = sql`order by q.created_at desc, q.id desc limit ${query.most}`
  return sql`with named as materialized (select id from users where ${matches} limit ${sql.lit(mostNamed + 1)})
    (select q.* from named n join gate_requests q on q.user_id = n.id
      where ${asked(query)} and (select count(*) from named) <= ${sql.lit(mostNamed)} ${page})
    union all
    (select q.* from gate_requests q where ${asked(query)} and (select count(*) from named) > ${sql.lit(mostNamed)}
      and (select ${matches} from users where id = q.user_id) ${page})`
}

/** Every request of a repository, the oldest first, after an ID: those that have expired too. */
export async function listAllRequests(db: Db, repoId: string, after: string, most: number): Promise<RequestRow[]> {
  const { rows } = await sql<RequestRow>`select ${requestColumns} from gate_requests q ${people}
    where q.repo_id = ${repoId} and q.id > ${after} order by q.id limit ${most}`.execute(db)
  return rows
}

export interface Counts {
  pending: number
  accepted: number
  rejected: number
  organizations: number
}

/** Counts what there is to review, each up to `most`. */
export async function countRequests(db: Db, repoId: string, most: number): Promise<Counts> {
  const count = (state: gated.RequestState) => sql`(select count(*)::int from (select from gate_requests q
    where q.repo_id = ${repoId} and q.state = ${state} ${state === 'accepted' ? sql`and ${acceptedRequest('q', now())}` : sql``}
    limit ${most}) counted)`
  const { rows } = await sql<Counts>`select ${count('pending')} as pending, ${count('accepted')} as accepted,
    ${count('rejected')} as rejected,
    (select count(*)::int from gate_organizations g where g.repo_id = ${repoId}) as organizations`.execute(db)
  return rows[0] ?? { pending: 0, accepted: 0, rejected: 0, organizations: 0 }
}

/** What a request becomes. */
export interface WrittenRequest {
  id: string
  state: gated.RequestState
  asked: boolean
  answers: readonly Answer[]
  handledById: string | null
  handledAt: Date | null
  expiresAt: Date | null
}

/** Writes a request, in place of what the person had. */
export async function putRequest(tx: Tx, repoId: string, userId: string, request: WrittenRequest): Promise<void> {
  const { id, state, asked, answers, handledById, handledAt, expiresAt } = request
  await sql`insert into gate_requests as q
      (id, repo_id, user_id, state, created_at, asked, answers, handled_by_id, handled_at, expires_at)
    values (${id}, ${repoId}, ${userId}, ${state}, ${now()}, ${asked}, ${JSON.stringify(answers)}::jsonb, ${handledById},
      ${handledAt}, ${expiresAt})
    on conflict (repo_id, user_id) do update set state = excluded.state, created_at = excluded.created_at,
      asked = excluded.asked, answers = excluded.answers, handled_by_id = excluded.handled_by_id,
      handled_at = excluded.handled_at, reason = null, expires_at = excluded.expires_at, notified_at = null`.execute(tx)
}

/** Deletes the request of a person. */
export async function deleteRequest(tx: Tx, repoId: string, userId: string): Promise<void> {
  await sql`delete from gate_requests where repo_id = ${repoId} and user_id = ${userId}`.execute(tx)
}

/** Someone whose request is asked for: by username, by ID, or by the ID of the request. */
export interface Asked {
  user?: string | undefined
  userId?: string | undefined
  requestId?: string | undefined
}

export interface FoundPerson {
  position: number
  user_id: string | null
  name: string | null
  request_id: string | null
  state: State | null
  expires_at: Date | null
}

/** Finds people and their requests, one row for each that is asked for, in that order. */
export async function findPeople(db: Db, repoId: string, asked: readonly Asked[]): Promise<FoundPerson[]> {
  const list = (name: keyof Asked) => asked.map((one) => one[name] ?? null)
  const names = asked.map(({ user }) => (user === undefined ? null : lowerName(user)))
  const { rows } = await sql<FoundPerson>`
    select w.position::int, u.id as user_id, u.name, q.id as request_id, q.state, q.expires_at
    from unnest(${names}::text[], ${list('userId')}::text[], ${list('requestId')}::text[]) with ordinality
      w(lower_name, user_id, request_id, position)
    left join names n on n.lower_name = w.lower_name
    left join gate_requests wq on wq.id = w.request_id and wq.repo_id = ${repoId}
    left join users u on u.id = coalesce(n.user_id, w.user_id, wq.user_id) and u.state not in ('deleted', 'service')
    left join gate_requests q on q.repo_id = ${repoId} and q.user_id = u.id
    order by w.position`.execute(db)
  return rows
}

export interface Decided {
  state: gated.RequestState
  reason: string | null
  expiresAt: Date | null
  handledById: string
}

/** Writes one decision about many requests. */
export async function decideRequests(tx: Tx, ids: readonly string[], decided: Decided): Promise<void> {
  const { state, reason, expiresAt, handledById } = decided
  await sql`update gate_requests set state = ${state}, reason = ${reason}, expires_at = ${expiresAt},
      handled_by_id = ${state === 'pending' ? null : handledById}, handled_at = ${state === 'pending' ? null : now()}
    where id = any(${arrayOf(ids)})`.execute(tx)
}

export interface ExpiredRequest {
  id: string
  repo_id: string
  user_id: string
  user: string
  expires_at: Date
  type: 'model' | 'dataset' | 'space'
  repo: string
  org_id: string | null
}

/** Marks accepted requests that are past their expiry, the oldest first, and answers them. */
export async function markExpired(tx: Tx, most: number): Promise<ExpiredRequest[]> {
  const { rows } = await sql<ExpiredRequest>`
    with due as (
      select id from gate_requests q where ${expiredRequest('q', now())} order by q.expires_at limit ${most}
      for no key update skip locked
    ), marked as (
      update gate_requests q set state = 'expired' from due where q.id = due.id returning q.*
    )
    select m.id, m.repo_id, m.user_id, u.name as "user", m.expires_at, r.type, r.org_id,
      coalesce(o.name, ru.name) || '/' || r.name as repo
    from marked m join users u on u.id = m.user_id join repositories r on r.id = m.repo_id
    left join organizations o on o.id = r.org_id left join users ru on ru.id = r.user_id
    order by r.org_id, m.id`.execute(tx)
  return rows
}
