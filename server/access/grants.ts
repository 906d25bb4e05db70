import type { RawBuilder } from 'kysely'
import type { tokens } from '../../api/index.ts'
import { rowOf, sql, textOf } from '../store/sql.ts'
import type { Service } from './service.ts'
import { skewSeconds, type TokenState } from './token-rules.ts'

// The only text that says which rows give access, and what an organization requires before they count. Each piece names
// the aliases of the statement that it is put into; values are given, or are SQL of that statement: a column, a placeholder.

/** A value of a statement, or SQL that stands for one. */
export type Given<Value> = Value | RawBuilder<unknown>

function column(alias: string, name: string): RawBuilder<unknown> {
  return sql.raw(`${alias}.${name}`)
}

function unexpired(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`(${column(alias, 'expires_at')} is null or ${column(alias, 'expires_at')} > ${at})`
}

// Without a test for null: a row that never expires is not past its expiry, and an index on the expiry answers.
function expired(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`${column(alias, 'expires_at')} <= ${at}`
}

/** The condition that a row of `memberships` has not expired. */
export function liveMembership(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return unexpired(alias, at)
}

/** The condition that a row of `memberships` is past its expiry and not yet cleared away. */
export function expiredMembership(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return expired(alias, at)
}

/** The condition that a row of `memberships` is past its expiry, which came after a moment. */
export function expiredSince(alias: string, at: Given<Date>, since: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`${expired(alias, at)} and ${column(alias, 'expires_at')} > ${since}`
}

/** How many people of a group `resource_groups` have a membership that has not expired: its kept size, less the few that have. */
export function liveGroupSize(group: string, at: Given<Date>): RawBuilder<number> {
  const id = column(group, 'id')
  // A subquery with a limit is asked for each membership that has expired, and never turned into a join with all roles.
  return sql<number>`((select gs.people from group_sizes gs where gs.group_id = ${id}) - (
    select count(*)::int from memberships em where em.org_id = ${column(group, 'org_id')} and ${expired('em', at)}
      and (select true from group_roles er where er.group_id = ${id} and er.user_id = em.user_id limit 1)))`
}

/** The condition that a row of `repo_collaborators` has not expired. */
export function liveCollaborator(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return unexpired(alias, at)
}

/** The condition that a row of `repo_collaborators` is past its expiry and not yet cleared away. */
export function expiredCollaborator(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return expired(alias, at)
}

/** The condition that a row of `access_tokens` has not expired. */
export function liveToken(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return unexpired(alias, at)
}

/** The condition that an account `users` has two-factor authentication on: of a managed one the identity provider asks for it. */
export function hasTwoFactor(user: string): RawBuilder<boolean> {
  return sql<boolean>`(${column(user, 'totp_enabled_at')} is not null or ${column(user, 'managed_by')} is not null)`
}

/** The condition that someone with, or without, 2FA meets what an organization requires at a moment. */
export function meetsTwoFactor(org: string, factor: Given<boolean>, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`(${factor}::boolean or not ${column(org, 'require_2fa')}
    or coalesce(${column(org, 'require_2fa_from')} > ${at}, false))`
}

/** The condition that an organization requires 2FA, be it from a later date on. */
export function requiresTwoFactor(org: string): RawBuilder<boolean> {
  return sql<boolean>`${column(org, 'require_2fa')}`
}

/** When an organization begins to require 2FA, as a value; null: it does already, or does not. */
export function twoFactorRequiredFrom(org: string): RawBuilder<Date | null> {
  return sql<Date | null>`${column(org, 'require_2fa_from')}`
}

/** The condition that an account meets what an organization requires, as if the requirement began now where it begins later. */
export function meetsTwoFactorInTime(org: string, user: string): RawBuilder<boolean> {
  return sql<boolean>`(not ${requiresTwoFactor(org)} or ${hasTwoFactor(user)})`
}

/** What an organization decided about a token, as a value; null: nothing yet. */
export function tokenState(orgId: RawBuilder<unknown>, tokenId: Given<string>): RawBuilder<TokenState | null> {
  return sql<TokenState | null>`(select tst.state from token_states tst where tst.org_id = ${orgId} and tst.token_id = ${tokenId})`
}

/** What an organization judges a token by: values, or columns of a statement. */
export interface TokenInHand {
  id: Given<string>
  isFineGrained: Given<boolean>
  createdAt: Given<Date>
  expiresAt: Given<Date | null>
}

/** The token of a row of `access_tokens`. */
export function tokenIn(alias: string): TokenInHand {
  const isFineGrained = sql`(${column(alias, 'role')} = 'fineGrained')`
  return {
    id: column(alias, 'id'),
    isFineGrained,
    createdAt: column(alias, 'created_at'),
    expiresAt: column(alias, 'expires_at'),
  }
}

const skew = sql.raw(`interval '${skewSeconds} seconds'`)

/** Where a token stands in an organization, as a value; `state` is what the organization decided about it. */
export function standingOfToken(
  org: string,
  token: TokenInHand,
  state: RawBuilder<unknown>,
): RawBuilder<tokens.OrgTokenState> {
  const [policy, longest] = [column(org, 'token_policy'), column(org, 'token_max_lifetime_days')]
  const isFine = sql`${token.isFineGrained}::boolean`
  const lastsLonger = sql`(${longest} is not null and coalesce(
    ${token.expiresAt}::timestamptz > ${token.createdAt}::timestamptz + ${longest} * interval '24 hours' + ${skew}, true))`
  return sql<tokens.OrgTokenState>`case when ${state} = 'revoked' then 'revoked'
    when ${policy} = 'approval' and ${isFine} and ${state} = 'denied' then 'denied'
    when (${policy} <> 'any' and not ${isFine}) or ${lastsLonger} then 'blocked'
    when ${policy} <> 'approval' then 'active' when ${state} = 'approved' then 'approved' else 'pending' end`
}

/** The condition that an organization accepts a token: `unmetByToken` finds nothing. True where there is none. */
export function acceptsToken(org: string, token: TokenInHand | undefined): RawBuilder<boolean> {
  if (token === undefined) return sql<boolean>`true`
  return sql<boolean>`(${standingOfToken(org, token, tokenState(column(org, 'id'), token.id))} in ('active', 'approved'))`
}

/**
 * The condition that a member can get in where SSO is enforced: no SSO session is asked of them, they have an identity that
 * is linked, or they are a break-glass admin. One-time codes count for no one: who has the paper is not known.
 */
function getsThroughSso(org: string, m: string): RawBuilder<boolean> {
  // Subqueries with a limit are asked for each member, and never turned into a join
  const has = (table: string) =>
    sql`coalesce((select true from ${sql.raw(table)} gs where gs.org_id = ${column(m, 'org_id')} and gs.user_id = ${column(m, 'user_id')} limit 1), false)`
  return sql<boolean>`(not ${enforcesSso(org)} or not ${askedForSso(m)} or ${has('sso_identities')} or ${has('sso_break_glass_admins')})`
}

/**
 * The condition that a member is fit to be the one admin an organization has: no expiry, an active account with a verified
 * address, two-factor authentication wherever the organization requires it, be it from a later date on, and a way through SSO.
 */
export function fitForAdmin({ m, o, u }: { m: string; o: string; u: string }): RawBuilder<boolean> {
  return sql<boolean>`${column(m, 'expires_at')} is null and ${column(u, 'state')} = 'active'
    and exists (select from emails fe where fe.user_id = ${column(u, 'id')} and fe.verified_at is not null)
    and ${meetsTwoFactorInTime(o, u)} and ${getsThroughSso(o, m)}`
}

/** The condition that a member is an admin whom the organization can count on. */
export function usableAdmin(aliases: { m: string; o: string; u: string }): RawBuilder<boolean> {
  return sql<boolean>`${adminRow(aliases.m)} and ${fitForAdmin(aliases)}`
}

/** The condition that a row of `memberships` or `group_roles` has the role admin, whether or not it counts. */
export function adminRow(alias: string): RawBuilder<boolean> {
  return sql<boolean>`${column(alias, 'role')} = 'admin'`
}

/** The condition that a row of `memberships` lets its holder read, admins included, whether or not it counts. */
export function readerRow(alias: string): RawBuilder<boolean> {
  return sql<boolean>`${column(alias, 'role')} >= 'read'`
}

/** The condition that a row of `memberships` gives no access. */
export function noAccessRow(alias: string): RawBuilder<boolean> {
  return sql<boolean>`${column(alias, 'role')} = 'no_access'`
}

/** The highest role someone has in a resource group, as a value; null when they have none. */
export function groupRole(groupId: RawBuilder<unknown>, userId: Given<string | null>): RawBuilder<unknown> {
  return sql`(select max(gr.role) from group_roles gr where gr.group_id = ${groupId} and gr.user_id = ${userId})`
}

/** The condition that someone has a role in a resource group. */
export function inGroup(groupId: RawBuilder<unknown>, userId: Given<string | null>): RawBuilder<boolean> {
  return sql<boolean>`exists (select from group_roles gr where gr.group_id = ${groupId} and gr.user_id = ${userId})`
}

/** The condition that a role in the group of the repository `r` lets its holder write there; `role` and `holder` are columns. */
export function writesByRole(role: RawBuilder<unknown>, holder: Given<string>): RawBuilder<boolean> {
  return sql<boolean>`(${role} >= 'write' or (${role} = 'contributor' and r.creator_id = ${holder}))`
}

/** The condition that a row of `token_scopes` is about the namespace of the token's owner. */
export function scopeOnOwn(alias: string): RawBuilder<boolean> {
  const [org, group, repo] = [column(alias, 'org_id'), column(alias, 'group_id'), column(alias, 'repo_id')]
  return sql<boolean>`${org} is null and ${group} is null and ${repo} is null`
}

const readsRepos = sql`ts.permissions && array['repo.content.read', 'repo.write']`

/** The condition that the scope of a token, on its own, lets the owner read the repository `r`. */
export function scopeReadsRepo(tokenId: Given<string | null>, ownerId: Given<string | null>): RawBuilder<boolean> {
  const row = (found: RawBuilder<unknown>) =>
    sql`exists (select from token_scopes ts where ts.token_id = ${tokenId} and ${found} and ${readsRepos})`
  return sql<boolean>`(${row(sql`ts.repo_id = r.id`)} or ${row(sql`ts.group_id = r.group_id`)} or ${row(sql`ts.org_id = r.org_id`)}
    or (r.user_id = ${ownerId} and ${row(scopeOnOwn('ts'))}))`
}

/** The condition that the scope of a token lets its owner read about an organization: its members and settings. */
export function scopeReadsOrg(orgId: RawBuilder<unknown>, tokenId: Given<string | null>): RawBuilder<boolean> {
  return sql<boolean>`exists (select from token_scopes ts where ts.token_id = ${tokenId} and ts.org_id = ${orgId}
    and ts.permissions && array['org.read', 'org.write'])`
}

/** The condition that the scope of a token names an organization, or something in it. */
export function scopeTouchesOrg(orgId: RawBuilder<unknown>, tokenId: Given<string | null>): RawBuilder<boolean> {
  // A subquery with a limit is asked for each token, and never turned into a join with all groups and repositories.
  return sql<boolean>`coalesce((select true from token_scopes ts left join ${rowOf('resource_groups', 'ts.group_id')} sg on true
    left join ${rowOf('repositories', 'ts.repo_id')} sr on true
    where ts.token_id = ${tokenId} and coalesce(ts.org_id, sg.org_id, sr.org_id) = ${orgId} limit 1), false)`
}

/** The condition that a row of `access_tokens` can change things in the whole organization, as far as its owner can. */
export function changesWholeOrg(orgId: RawBuilder<unknown>, token: string): RawBuilder<boolean> {
  return sql<boolean>`(${column(token, 'role')} = 'write' or exists (select from token_scopes ts
    where ts.token_id = ${column(token, 'id')} and ts.org_id = ${orgId}
      and ts.permissions && array['repo.write', 'org.write', 'resourceGroup.write']))`
}

/** The condition that an organization lets requests in from an address: `unmetByAddress` finds nothing. True where there is none. */
export function acceptsAddress(org: string, address: Given<string> | undefined): RawBuilder<boolean> {
  if (address === undefined) return sql<boolean>`true`
  if (address === '') return sql<boolean>`not ${column(org, 'enforce_ip_ranges')}`
  return sql<boolean>`(not ${column(org, 'enforce_ip_ranges')} or nullif(${address}::text, '')::inet <<= any(${column(org, 'ip_ranges')}::inet[]))`
}

/** The condition that an organization enforces SSO. */
export function enforcesSso(org: string): RawBuilder<boolean> {
  return sql<boolean>`${column(org, 'sso_mode')} = 'enforced'`
}

/** With what someone came whose SSO session is asked about: a session of a browser, or a token of theirs. */
export type SsoHolder = { sessionId: Given<string> } | 'token'

/** The condition that a person has a live SSO session of an organization; with a browser, one that was begun there. */
export function hasSsoSession(
  orgId: RawBuilder<unknown>,
  userId: Given<string | null>,
  { holder, at }: { holder: SsoHolder; at: Given<Date> },
): RawBuilder<boolean> {
  const there = holder === 'token' ? sql`` : sql` and sso.session_id = ${holder.sessionId}`
  return sql<boolean>`exists (select from sso_sessions sso where sso.org_id = ${orgId} and sso.user_id = ${userId}${there}
    and not sso.is_break_glass and sso.expires_at > ${at})`
}

/** The condition that a row of `memberships` is asked for an SSO session: external collaborators are not. */
export function askedForSso(alias: string): RawBuilder<boolean> {
  return sql<boolean>`not ${column(alias, 'is_external')}`
}

/** The condition that a member lacks the SSO session that is enforced; with a browser, its session is given, else null. */
export function lacksSso(
  { org, membership }: { org: string; membership: string },
  sessionId: RawBuilder<unknown>,
  at: Given<Date>,
): RawBuilder<boolean> {
  return sql<boolean>`(${enforcesSso(org)} and ${askedForSso(membership)} and not exists (select from sso_sessions sso
    where sso.org_id = ${column(org, 'id')} and sso.user_id = ${column(membership, 'user_id')}
      and (${sessionId} is null or sso.session_id = ${sessionId}) and not sso.is_break_glass and sso.expires_at > ${at}))`
}

// Who is no member is an external collaborator: no SSO session is asked of them.
function meetsSso(org: string, { id, sso }: Reader, at: Given<Date>): RawBuilder<boolean> {
  if (sso === undefined) return sql<boolean>`true`
  const orgId = column(org, 'id')
  return sql<boolean>`(not ${enforcesSso(org)} or ${hasSsoSession(orgId, id, { holder: sso, at })}
    or not exists (select from memberships sm where sm.org_id = ${orgId} and sm.user_id = ${id} and ${askedForSso('sm')} and ${liveMembership('sm', at)}))`
}

/** Who is asked about: someone reading, or a column of people. */
export interface Reader {
  id: Given<string | null>
  hasTwoFactor: Given<boolean>
  /** With what they come, which SSO judges; left out where it is about people and not about a request. */
  sso?: SsoHolder | undefined
  /** From where they ask; left out where it is about people and not about a request. */
  address?: Given<string> | undefined
  /** The token they come with, or came with when a link was made. */
  token?: TokenInHand | undefined
  /** That token is fine-grained: only what its scope covers counts. */
  isScoped?: boolean
  /** They are a service account of an organization, and so member of none. */
  service?: Service | undefined
}

/** The condition that an organization's requirements, those on the token included, are met by a reader. */
function meetsRequirements(org: string, reader: Reader, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`${meetsTwoFactor(org, reader.hasTwoFactor, at)}
    and ${acceptsToken(org, reader.token)} and ${acceptsAddress(org, reader.address)} and ${meetsSso(org, reader, at)}`
}

/** The membership of a reader in the organization of this id, where it counts, as a subquery on `m`. */
export function countingMembership(orgId: RawBuilder<unknown>, reader: Reader, at: Given<Date>): RawBuilder<unknown> {
  return sql`from memberships m join organizations mo on mo.id = m.org_id
    where m.org_id = ${orgId} and m.user_id = ${reader.id} and ${liveMembership('m', at)} and ${meetsRequirements('mo', reader, at)}`
}

/** The collaborator access of a reader to the repository `r`, where it counts, as a subquery on `rc`. */
export function countingCollaborator(reader: Reader, at: Given<Date>): RawBuilder<unknown> {
  return sql`from repo_collaborators rc left join organizations go on go.id = r.org_id
    where rc.repo_id = r.id and rc.user_id = ${reader.id} and ${liveCollaborator('rc', at)}
      and (go.id is null or (${meetsRequirements('go', reader, at)}))`
}

/** The condition that a row of `gate_requests` gives access. */
export function acceptedRequest(alias: string, at: Given<Date>): RawBuilder<boolean> {
  const [state, expires] = [sql.raw(`${alias}.state`), sql.raw(`${alias}.expires_at`)]
  return sql<boolean>`(${state} = 'accepted' and (${expires} is null or ${expires} > ${at}))`
}

/** The condition that a row of `gate_requests` is past its expiry and not yet marked as that. */
export function expiredRequest(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`(${sql.raw(`${alias}.state`)} = 'accepted' and ${sql.raw(`${alias}.expires_at`)} <= ${at})`
}

/** The condition that a row of `gate_organizations` has not expired. */
export function liveOrganizationAccess(alias: string, at: Given<Date>): RawBuilder<boolean> {
  const expires = sql.raw(`${alias}.expires_at`)
  return sql<boolean>`(${expires} is null or ${expires} > ${at})`
}

/** The condition that the role of a row of `memberships` is high enough for a row of `gate_organizations`. */
export function roleHasAccess(membership: string, access: string): RawBuilder<boolean> {
  const least = sql.raw(`${access}.role`)
  return sql<boolean>`(${least} is null or ${sql.raw(`${membership}.role`)} >= ${least})`
}

// The access to the repository `r` that organizations have in which the reader’s membership counts. Who was
// offboarded has none of it while their rejoin block lasts.
function countingOrganizationAccess(reader: Reader, at: Given<Date>): RawBuilder<unknown> {
  return sql`from gate_organizations gg where gg.repo_id = r.id and ${liveOrganizationAccess('gg', at)}
    and exists (select ${countingMembership(sql.raw('gg.org_id'), reader, at)}
      and mo.deleted_at is null and ${roleHasAccess('m', 'gg')})
    and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = ${reader.id} and b.until > ${at})`
}

/** With what the caller of a statement of facts comes. */
interface Coming {
  /** A token, which is there as `t`. */
  hasToken: boolean
  /** The placeholder of the address that they come from. */
  address: string | undefined
  /** What SSO judges, which is there as `t` or `s`. */
  sso: 'token' | 'session' | undefined
}

/** The columns about the gate of the repository `r` and the caller `a`. Of a repository without one, no subquery is run. */
export function gateColumns(coming: Coming): string {
  const ofGated = (row: string) => `case when r.gate is not null then (select ${row}) end`
  return `r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
    ${ofGated(gateRequest)} repo_gate_request, ${ofGated(gateOfOrganization(coming))} repo_gate_organization`
}

const gateRequest = `json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
    'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
  from gate_requests q where q.repo_id = r.id and q.user_id = a.id`

const gateTexts = new Map<string, string>()

// Each way to come has its text: which requirements count depends on what the caller shows.
function gateOfOrganization(coming: Coming): string {
  const key = JSON.stringify([coming.hasToken, coming.address, coming.sso])
  const text = gateTexts.get(key) ?? gateTextFor(coming)
  gateTexts.set(key, text)
  return text
}

// The first value of a statement of facts is the time.
function gateTextFor({ hasToken, address, sso }: Coming): string {
  const reader = {
    id: sql.raw('a.id'),
    hasTwoFactor: hasTwoFactor('a'),
    token: hasToken ? tokenIn('t') : undefined,
    address: address === undefined ? undefined : sql.raw(address),
    sso: sso === 'session' ? { sessionId: sql.raw('s.id') } : sso,
  }
  return `json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
      'organization', (select go.name from organizations go where go.id = gg.org_id),
      'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
    ${textOf(countingOrganizationAccess(reader, sql.raw('$1')))} order by gg.id limit 1`
}
