import type { RawBuilder } from 'kysely'
import type { notifications, OrgRole } from '../../api/index.ts'
import { confirmingRoles } from '../access/escalation.ts'
import {
  acceptsToken,
  adminRow,
  expiredMembership,
  lacksSso,
  liveMembership,
  meetsTwoFactor,
  requiresTwoFactor,
  type TokenInHand,
  twoFactorRequiredFrom,
  usableAdmin,
} from '../access/grants.ts'
import { waitingOffers } from '../joining/invitations/offers.ts'
import type { Db } from '../store/database.ts'
import { rowOf, sql } from '../store/sql.ts'

/** One thing that waits, or the pending invitations of an organization, which are counted only. */
export interface WaitingRow {
  kind: notifications.Notification['kind'] | 'pending_invitations'
  organization: string | null
  fullname: string | null
  count: number
  id: string | null
  about: string | null
  at: Date | null
  /** Of an invitation: the role it gives, and the one its inviter has now. */
  role: OrgRole | null
  inviter_role: OrgRole | null
}

/** Whose notifications, with which session or token, and until when what ends is told. */
export interface Asker {
  userId: string
  token: TokenInHand | undefined
  hasTwoFactor: boolean
  /** The session of the browser; null with a token. */
  sessionId: string | null
  isOperator: boolean
  at: Date
  /** What ends before this moment is told. */
  soon: Date
  /** Organizations deleted after this moment can be restored. */
  restorableSince: Date
}

type Sql = RawBuilder<unknown>

const nothing = sql`null`

// Every arm of the statement has the same columns.
function arm(
  kind: WaitingRow['kind'],
  from: Sql,
  given: Partial<Record<'org' | 'count' | 'id' | 'about' | 'at', Sql>>,
) {
  const { org, count = sql`1`, id = nothing, about = nothing, at = nothing } = given
  const [name, fullname] = org ? [sql`${org}.name`, sql`${org}.fullname`] : [nothing, nothing]
  return sql`select ${sql.lit(kind)}::text kind, ${name}::text organization, ${fullname}::text fullname, (${count})::int count,
    (${id})::text id, (${about})::text about, (${at})::timestamptz at, null::org_role role, null::org_role inviter_role ${from}`
}

const me = sql.raw('me')

// The memberships of the person; `counts`: nothing that the organization requires is missing.
const mine = ({ userId, token, hasTwoFactor, sessionId, at }: Asker) => sql`
  select o.id, o.name, o.fullname, o.adminless_since, m.expires_at, ${twoFactorRequiredFrom('o')} factor_from, ${adminRow('m')} is_admin,
    m.role = any(${confirmingRoles}::org_role[]) confirms, ${meetsTwoFactor('o', hasTwoFactor, at)} counts,
    ${requiresTwoFactor('o')} and not ${hasTwoFactor}::boolean lacks_factor, ${lacksSso({ org: 'o', membership: 'm' }, sql`${sessionId}::text`, at)} lacks_sso
  from memberships m join ${rowOf('organizations', 'm.org_id')} o on o.deleted_at is null
  where m.user_id = ${userId} and ${liveMembership('m', at)} and ${acceptsToken('o', token)}`

function ofMyself({ userId, at, soon, restorableSince }: Asker): Sql[] {
  return [
    sql`select 'invitation', i.org->>'name', i.org->>'fullname', 1, i.id, i.inviter->>'user', i.expires_at, i.role, i.inviter_role
      from (${waitingOffers(userId, at)}) i`,
    arm('two_factor_required', sql`from mine me where not me.counts`, { org: me }),
    arm('two_factor_soon', sql`from mine me where me.counts and me.lacks_factor`, {
      org: me,
      at: sql`me.factor_from`,
    }),
    arm('membership_ends', sql`from mine me where ${expiredMembership('me', soon)}`, {
      org: me,
      at: sql`me.expires_at`,
    }),
    arm('no_active_admins', sql`from mine me where me.adminless_since is not null`, { org: me }),
    gatesIn(sql`from users me join repositories r on r.user_id = me.id`, sql`where me.id = ${userId}`, undefined),
    arm(
      'restorable',
      sql`from memberships m join ${rowOf('organizations', 'm.org_id')} me on me.deleted_at > ${restorableSince}
        where m.user_id = ${userId} and ${adminRow('m')} and ${liveMembership('m', at)}`,
      { org: me, at: sql`me.deleted_at` },
    ),
  ]
}

// Repositories in which people wait for access; those of one person or organization are few.
function gatesIn(repositories: Sql, whose: Sql, org: Sql | undefined): Sql {
  const waiting = sql`select count(*) n from (
    select from gate_requests q where q.repo_id = r.id and q.state = 'pending' limit 1000) few`
  return arm(
    'access_requests',
    sql`${repositories} and r.gate is not null cross join lateral (${waiting}) c ${whose} and c.n > 0`,
    { ...(org && { org }), count: sql`c.n`, about: sql`r.type || 's/' || me.name || '/' || r.name` },
  )
}

function ofMyOrganizations({ userId, at, soon }: Asker): Sql[] {
  const administered = sql`from mine me`
  const manages = sql`where me.is_admin and me.counts and not me.lacks_sso`
  const several = (kind: WaitingRow['kind'], rows: Sql) =>
    arm(kind, sql`${administered} cross join lateral (select count(*) n from ${rows}) c ${manages} and c.n > 0`, {
      org: me,
      count: sql`c.n`,
    })
  return [
    several('held_removals', sql`scim_held h where h.org_id = me.id and h.state = 'waiting' and h.expires_at > ${at}`),
    several('join_requests', sql`join_requests r where r.org_id = me.id and r.state = 'pending'`),
    several(
      'pending_invitations',
      sql`invitations i where i.org_id = me.id and i.state = 'pending' and i.expires_at > ${at}`,
    ),
    several(
      'memberships_end',
      sql`memberships m where m.org_id = me.id and m.user_id <> ${userId}
        and ${liveMembership('m', at)} and ${expiredMembership('m', soon)}`,
    ),
    gatesIn(sql`${administered} join repositories r on r.org_id = me.id`, sql`${manages}`, me),
    arm(
      'only_admin',
      sql`${administered} cross join lateral (select count(*) n, min(m.user_id) only from (
          select m.user_id from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
          where m.org_id = me.id and ${usableAdmin({ m: 'm', o: 'o', u: 'u' })} limit 2) m) c
        ${manages} and c.n = 1 and c.only = ${userId}`,
      { org: me },
    ),
    arm(
      'domain_failing',
      sql`${administered} join lateral (select * from organization_domains where org_id = me.id offset 0) d
        on d.state = 'failing' ${manages}`,
      { org: me, about: sql`d.domain`, at: sql`d.failing_since` },
    ),
  ]
}

const living = sql`p.state in ('open', 'waiting')`
const request = { org: sql.raw('o'), id: sql`p.id`, about: sql`u.name`, at: sql`p.effective_at` }

// A recovery request is told once: as one's own, to object to, to confirm, or, for site admins, to approve.
function ofRecovery({ userId, isOperator }: Asker): Sql[] {
  const from = (who: Sql) => sql`from ${who} join ${rowOf('organizations', 'p.org_id')} o on o.deleted_at is null
    join ${rowOf('users', 'p.person_id')} u on true`
  const ofMine = sql`mine me join recovery_requests p on p.org_id = me.id and ${living} and p.person_id <> ${userId}`
  const unspoken = sql`not exists (select from recovery_confirmations v
    where v.recovery_request_id = p.id and v.confirmed_by_id = ${userId})`
  return [
    arm('recovery_own', sql`${from(sql`recovery_requests p`)} where p.person_id = ${userId} and ${living}`, request),
    arm('recovery_object', sql`${from(ofMine)} where me.is_admin`, request),
    arm(
      'recovery_confirm',
      sql`${from(ofMine)} where me.confirms and me.counts and not me.is_admin and p.path = 'domain' and ${unspoken}`,
      request,
    ),
    arm(
      'recovery_approve',
      sql`${from(sql`recovery_requests p`)} where ${isOperator}::boolean and ${living} and p.path = 'operators' and ${unspoken}
        and p.effective_at is null`,
      request,
    ),
  ]
}

// Counted up to a thousand: more does not change what there is to do.
function ofInstance({ isOperator }: Asker): Sql[] {
  const several = (kind: WaitingRow['kind'], rows: Sql) =>
    arm(
      kind,
      sql`from (select count(*) n from (select ${rows} and ${isOperator}::boolean limit 1000) few) c where c.n > 0`,
      { count: sql`c.n` },
    )
  return [
    several(
      'organizations_without_admins',
      sql`from organizations w where w.adminless_since is not null and w.deleted_at is null`,
    ),
    several('failed_emails', sql`from mails f where f.state = 'failed'`),
  ]
}

/** Reads everything that waits for a person, in one statement. */
export async function findWaiting(db: Db, asker: Asker): Promise<WaitingRow[]> {
  const arms = [...ofMyself(asker), ...ofRecovery(asker), ...ofMyOrganizations(asker), ...ofInstance(asker)]
  const [first = nothing, ...rest] = arms
  const { rows } = await sql<WaitingRow>`with mine as materialized (${mine(asker)})
    select w.kind, w.organization, w.fullname, w.count, w.id, w.about, w.at, w.role, w.inviter_role
    from (${rest.reduce((all, next) => sql`${all} union all ${next}`, first)})
      w(kind, organization, fullname, count, id, about, at, role, inviter_role)`.execute(db)
  return rows
}
