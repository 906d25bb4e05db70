import { CompiledQuery } from 'kysely'
import { isId } from '../kernel/ids.ts'
import { type Db, type Moment, readShortly } from '../store/database.ts'
import { membershipOf, rowOf, sql, textOf } from '../store/sql.ts'
import type { AccessTarget, Credential } from './facts.ts'
import type { FactsRow } from './facts-row.ts'
import * as grants from './grants.ts'
import { selectedSettings } from './settings.ts'

interface Statement {
  columns: string[]
  joins: string[]
  values: unknown[]
  /** The token that the caller comes with is there as `t`. */
  hasToken: boolean
  /** That token may be fine-grained, so its scope is read. */
  hasScope: boolean
  /** What SSO judges, which is there as `t` or `s`. */
  sso: 'token' | 'session' | undefined
  /** The placeholder of the address that the caller comes from, where organizations judge it. */
  address: string | undefined
  /** Pairs of a name and SQL, for what stands behind each grant; left out unless it is asked for. */
  details: string[] | undefined
}

// Never analyzed, the one row is taken for hundreds, and whole tables are read to join them. The limit says that it is one.
const theInstance = '(select * from instance limit 1) i'

/** When facts are read, and whether with what stands behind each grant. */
export interface Reading {
  at: Moment
  detail: boolean
}

/** Reads everything about the caller and what they ask for in one statement; each combination of parts has one text. */
export async function findFacts(
  db: Db,
  credential: Credential,
  target: AccessTarget,
  reading: Reading,
): Promise<FactsRow> {
  return theRow(await readShortly(db, queryOfFacts(credential, target, reading)))
}

/** The statement by which facts are read. */
export function queryOfFacts(
  credential: Credential,
  target: AccessTarget,
  { at, detail }: Reading,
): CompiledQuery<FactsRow> {
  const statement = begin(at, detail)
  addActor(statement, credential)
  if ('address' in credential && credential.address !== undefined && (target.repo ?? target.repoId) !== undefined)
    statement.address = value(statement, credential.address)
  addTarget(statement, target)
  return CompiledQuery.raw(textOfFacts(statement), statement.values) as CompiledQuery<FactsRow>
}

/** The one row that the statement answers. */
export function theRow([row]: readonly FactsRow[]): FactsRow {
  if (row === undefined) throw new Error('the instance row is missing')
  return row
}

/** Reads the facts of several people, or about several repositories, with what stands behind each grant: a row each. */
export async function findFactsOfMany(
  db: Db,
  people: readonly string[],
  target: AccessTarget,
  at: Date,
): Promise<FactsRow[]> {
  const statement = begin(at, true)
  statement.joins.push(`join users a on a.id = any(${value(statement, people)}::text[]) and a.state = 'active'`)
  statement.columns.push(actorColumns)
  addTarget(statement, target)
  const { rows } = await db.executeQuery(
    CompiledQuery.raw(textOfFacts(statement), statement.values) as CompiledQuery<FactsRow>,
  )
  return rows
}

function begin(at: Moment, detail: boolean): Statement {
  return {
    columns: ['i.organization_creation'],
    joins: [],
    values: [at],
    hasToken: false,
    hasScope: false,
    sso: undefined,
    address: undefined,
    details: detail ? [] : undefined,
  }
}

function textOfFacts({ columns, joins, details }: Statement): string {
  const detail = details?.length ? [`json_build_object(${details.join(', ')}) details`] : []
  return `select ${[...columns, ...detail].join(', ')} from ${theInstance} ${joins.join(' ')} where $1::timestamptz is not null`
}

function addTarget(statement: Statement, target: AccessTarget): void {
  if (target.org !== undefined) addOrgNamed(statement, target.org)
  if (target.orgId !== undefined) addOrgOfId(statement, target.orgId)
  if (target.namespace !== undefined) addNamespace(statement, target.namespace)
  if (target.namespaceUserId !== undefined) addNamespaceUser(statement, target.namespaceUserId)
  if (target.repo !== undefined) addNamedRepo(statement, target.repo, target.org !== undefined)
  if (target.repoIds !== undefined) addRepo(statement, `r.id = any(${value(statement, target.repoIds)}::text[])`)
  if (target.repoId !== undefined) addRepo(statement, `r.id = ${value(statement, target.repoId)}`)
  const isInOrg = (target.org ?? target.orgId ?? target.namespace) !== undefined
  if (target.group !== undefined && isInOrg) addGroup(statement, target.group)
  if (target.subject !== undefined) addSubjectNamed(statement, target.subject)
  if (target.subjectToken !== undefined) addSubjectWithToken(statement, target.subjectToken)
  if (target.subjectId !== undefined) addSubject(statement, `su.id = ${value(statement, target.subjectId)}`)
}

// Only ASCII letters have a lower case here: names hold nothing else, and a look-alike must not become a letter.
function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function value(statement: Statement, given: unknown): string {
  statement.values.push(given)
  return `$${statement.values.length}`
}

// The conditions of access as texts of this statement, made once: its first value is the time.
const at = sql.raw('$1')
const holder = sql.raw('m.user_id')
const liveToken = textOf(grants.liveToken('t', at))
const liveMembership = textOf(grants.liveMembership('m', at))
const meetsTwoFactor = textOf(grants.meetsTwoFactor('o', grants.hasTwoFactor('a'), at))
const tokenState = textOf(grants.tokenState(sql.raw('o.id'), sql.raw('t.id')))
const roleInGroup = textOf(grants.groupRole(sql.raw('g.id'), holder))
const roleInGroupOfRepo = textOf(grants.groupRole(sql.raw('r.group_id'), holder))
const liveCollaborator = textOf(grants.liveCollaborator('rc', at))
const ownScope = textOf(grants.scopeOnOwn('ts'))
const liveSubject = textOf(grants.liveMembership('sm', at))

const actorColumns = `a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
  ${textOf(grants.hasTwoFactor('a'))} actor_two_factor,
  exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified`

const tokenColumns = `t.id token_id, t.name token_name, t.role token_role, t.last4 token_last4,
  t.created_at token_created_at, t.expires_at token_expires_at, t.last_used_at token_last_used_at`

function addActor(statement: Statement, credential: Credential): void {
  switch (credential.kind) {
    case 'token':
      addTokenActor(statement, `t.hash = ${value(statement, credential.hash)}`, credential.isScoped)
      break
    case 'tokenId':
      addTokenActor(statement, `t.id = ${value(statement, credential.id)}`, true)
      break
    case 'session':
      addSessionActor(statement, value(statement, credential.hash))
      break
    case 'link':
      addLinkActor(statement, credential)
      break
    case 'person':
      statement.joins.push(`left join users a on a.id = ${value(statement, credential.userId)} and a.state = 'active'`)
      statement.columns.push(actorColumns)
      break
    default:
      statement.joins.push('left join users a on false')
  }
}

// By the key: where tokens are known to be of the first people alone, a join would read everyone before the one at hand.
const ownerOf = (alias: string) => textOf(rowOf('users', `${alias}.user_id`))

function addTokenActor(statement: Statement, found: string, isScoped = false, whose = ''): void {
  const states = isScoped ? `in ('active', 'service')` : `= 'active'`
  statement.joins.push(`left join access_tokens t on ${found} and ${liveToken}
    left join ${ownerOf('t')} a on a.state ${states} ${whose}`)
  statement.columns.push(actorColumns, tokenColumns)
  if (isScoped) {
    addService(statement)
    statement.columns.push('t.reads_gated token_reads_gated')
  }
  statement.hasToken = true
  statement.sso = 'token'
  statement.hasScope = isScoped
  addScope(statement, 'scope_own', ownScope)
}

// The tokens of service accounts are fine-grained, too. Of people the subquery reads nothing.
function addService(statement: Statement): void {
  statement.joins.push(`left join lateral (select sa.org_id, sa.kind from service_accounts sa
      join organizations so on so.id = sa.org_id and so.deleted_at is null
      where a.state = 'service' and sa.id = a.id limit 1) sa on true`)
  statement.columns.push(`a.state = 'service' actor_is_service, sa.org_id service_org_id, sa.kind service_kind,
    t.skips_network_security skips_network`)
}

// Only of a fine-grained token: what others come with is read by a statement without it.
function addScope(statement: Statement, name: string, on: string): void {
  if (!statement.hasScope) return
  statement.columns.push(`(select ts.permissions from token_scopes ts where ts.token_id = t.id and ${on}) ${name}`)
}

function addSessionActor(statement: Statement, hash: string): void {
  statement.joins.push(`left join lateral (
      select * from sessions where hash = ${hash} and expires_at > $1
      union all
      select * from sessions where previous_hash = ${hash} and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
      limit 1) s on true
    left join ${ownerOf('s')} a on a.state = 'active'`)
  statement.sso = 'session'
  statement.columns.push(
    actorColumns,
    `s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
    s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> ${hash} session_is_previous`,
  )
}

// A link is as good as the token or the session that it was asked for with, while that lives.
function addLinkActor(statement: Statement, link: Extract<Credential, { kind: 'link' }>): void {
  const whose = `and a.id = ${value(statement, link.userId)}`
  if (link.tokenId !== null) {
    const found = `t.id = ${value(statement, link.tokenId)} and t.last4 = ${value(statement, link.tokenLast4)}`
    addTokenActor(statement, found, link.isScoped, whose)
    return
  }
  statement.joins.push(`left join sessions s on s.id = ${value(statement, link.sessionId)} and s.expires_at > $1
    left join ${ownerOf('s')} a on a.state = 'active' ${whose}`)
  statement.sso = 'session'
  statement.columns.push(actorColumns)
}

const orgColumns = `o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
  o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
  ${selectedSettings('o')}, o.adminless_since, m.id member_id, m.role member_role, ${liveMembership} member_live,
  m.probation_until member_probation_until, ${meetsTwoFactor} meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed`

// Nothing is read of an organization that does not enforce it.
const lacksSsoBy = (sso: grants.SsoHolder) =>
  textOf(sql`(${grants.enforcesSso('o')} and ${grants.askedForSso('m')} and ${grants.liveMembership('m', at)}
    and not ${grants.hasSsoSession(sql.raw('o.id'), sql.raw('a.id'), { holder: sso, at })})`)
const lacksSso = { token: lacksSsoBy('token'), session: lacksSsoBy({ sessionId: sql.raw('s.id') }) }

const breakGlass = `case when ${textOf(grants.enforcesSso('o'))} then (select bg.expires_at from sso_sessions bg
    where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until`

const membershipOfActor = textOf(membershipOf(sql.raw('o.id'), sql.raw('a.id')))

const memberDetail = `'member', json_build_object('source', m.source, 'since', coalesce(m.role_since, m.joined_at), 'until', m.expires_at)`

// The organization is there as `o`: with it come the membership of the caller, and whether its requirements are met.
function addStanding(statement: Statement): void {
  statement.joins.push(`left join ${membershipOfActor} m on true`)
  statement.columns.push(orgColumns)
  if (statement.hasToken) statement.columns.push(`${tokenState} token_state`)
  if (statement.sso) statement.columns.push(`${lacksSso[statement.sso]} lacks_sso`)
  if (statement.sso === 'session') statement.columns.push(breakGlass)
  addScope(statement, 'scope_org', 'ts.org_id = o.id')
  statement.details?.push(memberDetail)
}

// Current names lead somewhere, and old ones while they are kept.
function redirects(names: string): string {
  return `(${names}.current or ${names}.kept_until > $1)`
}

function addOrgNamed(statement: Statement, name: string): void {
  statement.joins.push(`left join names n on n.lower_name = ${value(statement, asciiLower(name))} and ${redirects('n')}
    left join organizations o on o.id = n.org_id`)
  addStanding(statement)
}

function addOrgOfId(statement: Statement, id: string): void {
  statement.joins.push(`left join organizations o on o.id = ${value(statement, id)}`)
  addStanding(statement)
}

function addNamespace(statement: Statement, name: string): void {
  addOrgNamed(statement, name)
  statement.joins.push(`left join users nu on nu.id = n.user_id and nu.state <> 'deleted'`)
  statement.columns.push('nu.id namespace_user_id, nu.name namespace_user_name')
}

function addNamespaceUser(statement: Statement, id: string): void {
  statement.joins.push(`left join users nu on nu.id = ${value(statement, id)} and nu.state <> 'deleted'`)
  statement.columns.push('nu.id namespace_user_id, nu.name namespace_user_name')
}

function addNamedRepo(statement: Statement, repo: NonNullable<AccessTarget['repo']>, isOfOrg: boolean): void {
  const type = value(statement, repo.type)
  // A repository without a namespace is the caller's own
  const owner =
    repo.namespace === ''
      ? 'rn.user_id = a.id and rn.current'
      : `rn.lower_name = ${value(statement, asciiLower(repo.namespace))} and ${redirects('rn')}`
  statement.joins.push(`left join names rn on ${owner}
    left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = ${type}
      and rr.lower_name = ${value(statement, asciiLower(repo.name))} and ${redirects('rr')}`)
  if (isOfOrg) addRepoOfOrg(statement)
  else addRepo(statement, 'r.id = rr.repo_id')
}

// The organization is there as `o`, deleted or not: only its own repositories are found.
function addRepoOfOrg(statement: Statement): void {
  statement.joins.push(`left join lateral (
    select * from repositories where id = rr.repo_id and org_id = o.id limit 1) r on true`)
  addRepoColumns(statement, 'o.name')
}

function addRepo(statement: Statement, found: string): void {
  statement.joins.push(`left join repositories r on ${found}
      and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
    left join users ru on ru.id = r.user_id
    left join organizations o on o.id = r.org_id`)
  addStanding(statement)
  addRepoColumns(statement, 'coalesce(o.name, ru.name)')
}

function addRepoColumns(statement: Statement, namespace: string): void {
  const collaborator = `from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and ${liveCollaborator}`
  statement.columns.push(`r.id repo_id, r.type repo_type, r.name repo_name, ${namespace} repo_namespace,
    r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
    ${roleInGroupOfRepo} repo_group_role, (select rc.role ${collaborator}) repo_collaborator_role, ${grants.gateColumns(statement)}`)
  addScope(statement, 'scope_repo', 'ts.repo_id = r.id')
  addScope(statement, 'scope_repo_group', 'ts.group_id = r.group_id')
  statement.details?.push(
    `'repoGroup', ${groupRoleRows('r.group_id')}`,
    `'collaborator', (select json_build_object('since', rc.added_at, 'grantedBy', rc.added_by, 'until', rc.expires_at) ${collaborator})`,
  )
}

function addGroup(statement: Statement, reference: string): void {
  const matches = isId(reference)
    ? `g.id = ${value(statement, reference.toLowerCase())}`
    : `fold(g.name) = fold(${value(statement, reference)}::text)`
  statement.joins.push(`left join resource_groups g on g.org_id = o.id and ${matches}`)
  statement.columns.push(`g.id group_id, g.name group_name, g.managed_by group_managed_by, ${roleInGroup} group_role`)
  addScope(statement, 'scope_group', 'ts.group_id = g.id')
  statement.details?.push(`'group', ${groupRoleRows('g.id')}`)
}

function groupRoleRows(groupId: string): string {
  return `(select json_agg(json_build_object('role', gr.role, 'source', gr.source, 'since', gr.added_at, 'grantedBy', gr.added_by) order by gr.role desc)
    from group_roles gr where gr.group_id = ${groupId} and gr.user_id = m.user_id)`
}

function addSubjectNamed(statement: Statement, name: string): void {
  statement.joins.push(
    `left join names sn on sn.lower_name = ${value(statement, asciiLower(name))} and ${redirects('sn')}`,
  )
  addSubject(statement, 'su.id = sn.user_id')
}

function addSubjectWithToken(statement: Statement, tokenId: string): void {
  statement.joins.push(`left join access_tokens st on st.id = ${value(statement, tokenId)}`)
  addSubject(statement, 'su.id = st.user_id')
}

function addSubject(statement: Statement, found: string): void {
  statement.joins.push(`left join users su on ${found} and su.state <> 'deleted'`)
  const role = statement.joins.some((join) => join.includes('organizations o'))
    ? `(select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and ${liveSubject})`
    : 'null::org_role'
  statement.columns.push(`su.id subject_id, su.name subject_name, su.fullname subject_fullname, ${role} subject_role`)
}
