import { CompiledQuery, type RawBuilder } from 'kysely'
import type { OrgRole, Plan } from '../../../api/index.ts'
import type { AddressRules } from '../../access/address-rules.ts'
import {
  adminRow,
  lacksSso,
  liveMembership,
  meetsTwoFactor,
  type Reader,
  scopeReadsRepo,
  scopeTouchesOrg,
  tokenState,
} from '../../access/grants.ts'
import { seenHiddenMembers } from '../../access/lists.ts'
import type { TokenRules, TokenState } from '../../access/token-rules.ts'
import { type Db, readShortly, whenSent } from '../../store/database.ts'
import { rowOf, sql, textOf } from '../../store/sql.ts'

/** What decides whether the role of a member counts. */
export interface JudgedBy extends TokenRules, AddressRules {
  /** The 2FA requirement is not met. */
  blocked: boolean
  /** SSO is enforced, and they have no live session. */
  lacks_sso: boolean
  token_state: TokenState | null
}

interface WhoamiOrg {
  id: string
  name: string
  fullname: string
  plan: Plan
  role: OrgRole
  judged: JudgedBy
  groups: { id: string; name: string; role: OrgRole }[]
}

interface WhoamiRow extends Omit<WhoamiOrg, 'groups' | 'id' | 'judged'>, JudgedBy {
  email: string | null
  id: string | null
  group_id: string | null
  group_name: string | null
  group_role: OrgRole | null
}

const rulesOfOrg = sql`o.token_policy as "tokenPolicy", o.token_max_lifetime_days as "tokenMaxLifetimeDays",
    o.enforce_ip_ranges as "enforceIpRestriction", o.ip_ranges as "ipRanges"`

// Asked with the person, the token, whether they have two-factor authentication, and the time.
const whoamiText = whoamiTextWithin(sql``, sql``)

// With a fine-grained token only where its scope leads: the address of the person is not among that.
const scopedWhoamiText = whoamiTextWithin(
  sql` and ${scopeTouchesOrg(sql.raw('m.org_id'), sql.raw('$2'))}`,
  sql` and exists (select from token_scopes ts where ts.token_id = $2 and (ts.org_id = r.org_id or ts.group_id = r.group_id))`,
)

function whoamiTextWithin(orgs: RawBuilder<unknown>, groups: RawBuilder<unknown>): string {
  return textOf(sql`
  select e.address as email, o.id, o.name, o.fullname, o.plan, m.role,
    not ${meetsTwoFactor('o', sql.raw('$3::bool'), sql.raw('$4'))} as blocked,
    ${lacksSso({ org: 'o', membership: 'm' }, sql.raw('$5::text'), sql.raw('$4'))} as lacks_sso,
    ${rulesOfOrg}, ts.state as token_state, g.id as group_id, g.name as group_name, r.role as group_role
  from users u
  left join emails e on e.user_id = u.id and e.is_primary
  left join (memberships m join ${rowOf('organizations', 'm.org_id')} o on o.deleted_at is null)
    on m.user_id = u.id and ${liveMembership('m', sql.raw('$4'))}${orgs}
  left join token_states ts on ts.org_id = m.org_id and ts.token_id = $2
  left join group_roles r on r.org_id = m.org_id and r.user_id = m.user_id${groups}
  left join ${rowOf('resource_groups', 'r.group_id')} g on true
  where u.id = $1 order by m.id, g.id, r.role`)
}

interface Who {
  userId: string
  tokenId: string | null
  hasTwoFactor: boolean
  /** The session of the browser; null with a token. */
  sessionId: string | null
}

/**
 * Reads, in one statement, the address of a person and the organizations they are in with their groups. It gives plain
 * rows, lowest role first, which cost the database a third of what JSON does: this is what every client asks at its start.
 */
export async function findWhoami(
  db: Db,
  { userId, tokenId, isScoped, hasTwoFactor, sessionId }: Who & { isScoped: boolean },
): Promise<{ email: string | null; orgs: WhoamiOrg[] }> {
  const question = CompiledQuery.raw(isScoped ? scopedWhoamiText : whoamiText, [
    userId,
    tokenId,
    hasTwoFactor,
    whenSent,
    sessionId,
  ])
  const rows = await readShortly(db, question as CompiledQuery<WhoamiRow>)
  return { email: isScoped ? null : (rows[0]?.email ?? null), orgs: whoamiOrgs(rows) }
}

interface ServiceOrg extends AddressRules {
  id: string
  name: string
  fullname: string
  plan: Plan
  isRevoked: boolean
}

/** Reads the organization that a service account belongs to, and whether it revoked the token at hand. */
export async function findServiceOrg(
  db: Db,
  { orgId, tokenId }: { orgId: string; tokenId: string },
): Promise<ServiceOrg> {
  const { rows } =
    await sql<ServiceOrg>`select id, name, fullname, plan, enforce_ip_ranges as "enforceIpRestriction", ip_ranges as "ipRanges",
    coalesce(${tokenState(sql.raw('o.id'), tokenId)} = 'revoked', false) as "isRevoked" from organizations o where id = ${orgId}`.execute(
      db,
    )
  if (rows[0] === undefined) throw new Error('the organization of a service account is missing')
  return rows[0]
}

function whoamiOrg(id: string, row: WhoamiRow): WhoamiOrg {
  const { name, fullname, plan, role } = row
  return { id, name, fullname, plan, role, judged: row, groups: [] }
}

function whoamiOrgs(rows: readonly WhoamiRow[]): WhoamiOrg[] {
  const orgs = new Map<string, WhoamiOrg>()
  for (const row of rows) {
    const { id, group_id: groupId, group_name: groupName, group_role: groupRole } = row
    if (id === null) continue
    const org = orgs.get(id) ?? whoamiOrg(id, row)
    orgs.set(id, org)
    if (groupId === null || groupName === null || groupRole === null) continue
    // Rows of one group come lowest role first, so the last is the one that counts.
    if (org.groups.at(-1)?.id === groupId) org.groups.pop()
    org.groups.push({ id: groupId, name: groupName, role: groupRole })
  }
  return [...orgs.values()]
}

interface Person {
  id: string
  name: string
  fullname: string
  details: string
  created_at: Date
  models: number
  datasets: number
  spaces: number
  orgs: { id: string; name: string; fullname: string }[]
}

/**
 * Reads what is public about a person, for a viewer. Organizations that hide their members are left out for viewers who may
 * not see the members; the person sees all of their own.
 */
export async function findOverview(db: Db, userId: string, viewer: Reader, at: Date): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select u.id, u.name, u.fullname, u.details, u.created_at, c.models, c.datasets, c.spaces,
      (select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'fullname', o.fullname) order by m.id), '[]')
        from memberships m join ${rowOf('organizations', 'm.org_id')} o on o.deleted_at is null
        where m.user_id = u.id and ${liveMembership('m', at)}
          and (not o.hide_members${seesOwn(viewer)} or ${seenHiddenMembers(viewer, at)})) as orgs
    from users u cross join lateral (
      select count(*) filter (where type = 'model')::int as models, count(*) filter (where type = 'dataset')::int as datasets,
        count(*) filter (where type = 'space')::int as spaces
      from repositories${viewer.isScoped ? sql` r` : sql``} where user_id = u.id and (not private or u.id = ${viewer.id}::text${ownInScope(viewer)})) c
    where u.id = ${userId} and u.state <> 'deleted'`.execute(db)
  return rows[0]
}

// A fine-grained token does not tell where its owner belongs
function seesOwn({ id, isScoped }: Reader): RawBuilder<unknown> {
  return isScoped ? sql`` : sql` or u.id = ${id}::text`
}

function ownInScope({ id, token, isScoped }: Reader): RawBuilder<unknown> {
  return isScoped ? sql` and ${scopeReadsRepo(token?.id ?? null, id)}` : sql``
}

interface MyOrganization extends JudgedBy {
  id: string
  name: string
  fullname: string
  role: OrgRole
  plan: Plan
  members: number
  admins: number
  joined_at: Date
}

/** Lists the organizations a person is in. */
export async function listMyOrganizations(
  db: Db,
  { userId, tokenId, hasTwoFactor, sessionId, at }: Who & { at: Date },
): Promise<MyOrganization[]> {
  const { rows } = await sql<MyOrganization>`
    select o.id, o.name, o.fullname, m.role, o.plan, m.joined_at, not ${meetsTwoFactor('o', hasTwoFactor, at)} as blocked,
      ${lacksSso({ org: 'o', membership: 'm' }, sql`${sessionId}::text`, at)} as lacks_sso,
      ${rulesOfOrg}, ${tokenState(sql.raw('o.id'), sql`${tokenId}`)} as token_state,
      (select count(*)::int from memberships c where c.org_id = o.id and ${liveMembership('c', at)}) as members,
      (select count(*)::int from memberships c
        where c.org_id = o.id and ${adminRow('c')} and ${liveMembership('c', at)}) as admins
    from memberships m join ${rowOf('organizations', 'm.org_id')} o on o.deleted_at is null
    where m.user_id = ${userId} and ${liveMembership('m', at)}
    order by o.name collate "C"`.execute(db)
  return rows
}

interface Restorable {
  id: string
  name: string
  fullname: string
  deleted_at: Date
}

/** Lists the organizations deleted since a moment of which the person is an admin. */
export async function listRestorable(
  db: Db,
  { userId, at, since }: { userId: string; at: Date; since: Date },
): Promise<Restorable[]> {
  const { rows } = await sql<Restorable>`
    select o.id, o.name, o.fullname, o.deleted_at
    from memberships m join ${rowOf('organizations', 'm.org_id')} o on true
    where m.user_id = ${userId} and ${adminRow('m')} and ${liveMembership('m', at)} and o.deleted_at > ${since}
    order by o.deleted_at desc`.execute(db)
  return rows
}
