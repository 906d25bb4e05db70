import { CompiledQuery, type RawBuilder } from 'kysely'
import type { collaborators, GroupRole, OrgRole, Plan, RepoType, Target } from '../../api/index.ts'
import { isId } from '../kernel/ids.ts'
import { type Db, readShortly } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { Credential } from './facts.ts'

/** The facts as the database gives them; parts not asked for, or not there, are null. */
export interface FactsRow {
  organization_creation: 'everyone' | 'operators'
  actor_id: string
  actor_name: string
  actor_fullname: string
  actor_is_operator: boolean
  actor_two_factor: boolean
  actor_email_verified: boolean
  token_id: string
  token_name: string
  token_role: 'read' | 'write' | 'fineGrained'
  token_last4: string
  token_created_at: Date
  token_expires_at: Date | null
  token_last_used_at: Date | null
  session_id: string
  session_expires_at: Date
  session_rotated_at: Date
  session_last_seen_at: Date
  session_is_previous: boolean
  org_id: string
  org_name: string
  org_fullname: string
  org_details: string
  org_website: string
  org_plan: Plan
  org_is_verified: boolean
  org_created_at: Date
  org_deleted_at: Date | null
  member_management: 'write' | 'admin'
  default_role: Exclude<OrgRole, 'admin'>
  group_creation: Exclude<OrgRole, 'no_access'>
  allow_join_requests: boolean
  user_approval: boolean
  hide_members: boolean
  repo_visibility: 'public' | 'private' | 'private_only'
  require_2fa: boolean
  require_2fa_from: Date | null
  adminless_since: Date | null
  member_role: OrgRole | null
  /** Asked where the caller comes with a token, or with a link made with one. */
  token_revoked?: boolean
  member_probation_until: Date | null
  group_id: string
  group_name: string
  group_managed_by: 'manual' | 'scim'
  group_role: GroupRole | null
  subject_id: string
  subject_name: string
  subject_fullname: string
  subject_role: OrgRole | null
  repo_id: string
  repo_type: RepoType
  repo_name: string
  repo_namespace: string
  repo_private: boolean
  repo_creator_id: string | null
  repo_owner_id: string
  repo_group_id: string | null
  repo_group_role: GroupRole | null
  repo_collaborator_role: collaborators.CollaboratorRole | null
  namespace_user_id: string
  namespace_user_name: string
}

const collaboratorColumn = `(select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id
      and (rc.expires_at is null or rc.expires_at > $1))`

interface Statement {
  columns: string[]
  joins: string[]
  values: unknown[]
  /** The token that the caller comes with is there as `t`. */
  hasToken: boolean
}

// Never analyzed, the one row is taken for hundreds, and whole tables are read to join them. The limit says that it is one.
const theInstance = '(select * from instance limit 1) i'

/** Reads everything about the caller and what they ask for in one statement; each combination of parts has one text. */
export async function findFacts(db: Db, credential: Credential, target: Target, at: Date): Promise<FactsRow> {
  const statement: Statement = { columns: ['i.organization_creation'], joins: [], values: [at], hasToken: false }
  addActor(statement, credential)
  if (target.org !== undefined) addOrg(statement, 'named', target.org)
  if (target.namespace !== undefined) addNamespace(statement, target.namespace)
  if (target.repo !== undefined) addNamedRepo(statement, target.repo)
  if (target.repoId !== undefined) addRepo(statement, `r.id = ${value(statement, target.repoId)}`)
  if (target.group !== undefined && (target.org ?? target.namespace) !== undefined) addGroup(statement, target.group)
  if (target.subject !== undefined) addSubject(statement, target.subject)
  const text = `select ${statement.columns.join(', ')} from ${theInstance} ${statement.joins.join(' ')} where $1::timestamptz is not null`
  const [row] = await readShortly(db, CompiledQuery.raw(text, statement.values) as CompiledQuery<FactsRow>)
  if (row === undefined) throw new Error('the instance row is missing')
  return row
}

// Only ASCII letters have a lower case here: names hold nothing else, and a look-alike must not become a letter.
function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function value(statement: Statement, given: unknown): string {
  statement.values.push(given)
  return `$${statement.values.length}`
}

const actorColumns = `a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator,
  a.totp_enabled_at is not null actor_two_factor,
  exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified`

const tokenColumns = `t.id token_id, t.name token_name, t.role token_role, t.last4 token_last4,
  t.created_at token_created_at, t.expires_at token_expires_at, t.last_used_at token_last_used_at`

function addActor(statement: Statement, credential: Credential): void {
  if (credential.kind === 'token') {
    statement.joins.push(`left join access_tokens t on t.hash = ${value(statement, credential.hash)} and (t.expires_at is null or t.expires_at > $1)
      left join users a on a.id = t.user_id and a.state = 'active'`)
    statement.columns.push(actorColumns, tokenColumns)
    statement.hasToken = true
  } else if (credential.kind === 'session') {
    const hash = value(statement, credential.hash)
    statement.joins.push(`left join lateral (
        select * from sessions where hash = ${hash} and expires_at > $1
        union all
        select * from sessions where previous_hash = ${hash} and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
        limit 1) s on true
      left join users a on a.id = s.user_id and a.state = 'active'`)
    statement.columns.push(
      actorColumns,
      `s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
      s.last_seen_at session_last_seen_at, s.hash <> ${hash} session_is_previous`,
    )
  } else if (credential.kind === 'link') {
    addLinkActor(statement, credential)
  } else {
    statement.joins.push('left join users a on false')
  }
}

// A link is as good as the token or the session that it was asked for with, while that lives.
function addLinkActor(statement: Statement, link: Extract<Credential, { kind: 'link' }>): void {
  if (link.tokenId !== null) {
    statement.joins.push(`left join access_tokens t on t.id = ${value(statement, link.tokenId)} and (t.expires_at is null or t.expires_at > $1)
      left join users a on a.id = t.user_id and a.id = ${value(statement, link.userId)} and a.state = 'active'`)
    statement.columns.push(actorColumns, tokenColumns)
    statement.hasToken = true
  } else {
    statement.joins.push(`left join sessions s on s.id = ${value(statement, link.sessionId)} and s.expires_at > $1
      left join users a on a.id = s.user_id and a.id = ${value(statement, link.userId)} and a.state = 'active'`)
    statement.columns.push(actorColumns)
  }
}

const orgColumns = `o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
  o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
  o.member_management, o.default_role, o.group_creation, o.allow_join_requests, o.user_approval, o.hide_members, o.repo_visibility,
  o.require_2fa, o.require_2fa_from, o.adminless_since, m.role member_role, m.probation_until member_probation_until`

const revokedColumn = `exists (select from token_revocations v where v.org_id = o.id and v.token_id = t.id) token_revoked`

function addOrg(statement: Statement, how: 'named' | 'owning', name?: string): void {
  if (how === 'named') {
    statement.joins.push(`left join names n on n.lower_name = ${value(statement, asciiLower(name ?? ''))}
      left join organizations o on o.id = n.org_id`)
  }
  statement.joins.push(
    `left join memberships m on m.org_id = o.id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1)`,
  )
  statement.columns.push(orgColumns)
  if (statement.hasToken) statement.columns.push(revokedColumn)
}

function addNamespace(statement: Statement, name: string): void {
  addOrg(statement, 'named', name)
  statement.joins.push(`left join users nu on nu.id = n.user_id and nu.state <> 'deleted'`)
  statement.columns.push('nu.id namespace_user_id, nu.name namespace_user_name')
}

function addNamedRepo(statement: Statement, repo: NonNullable<Target['repo']>): void {
  const type = value(statement, repo.type)
  // A repository without a namespace is the caller's own
  const owner =
    repo.namespace === '' ? 'rn.user_id = a.id' : `rn.lower_name = ${value(statement, asciiLower(repo.namespace))}`
  statement.joins.push(`left join names rn on ${owner}
    left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = ${type}
      and rr.lower_name = ${value(statement, asciiLower(repo.name))}`)
  addRepo(statement, 'r.id = rr.repo_id')
}

function addRepo(statement: Statement, found: string): void {
  statement.joins.push(`left join repositories r on ${found}
      and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
    left join users ru on ru.id = r.user_id
    left join organizations o on o.id = r.org_id`)
  addOrg(statement, 'owning')
  statement.columns.push(`r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
    r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
    (select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role,
    ${collaboratorColumn} repo_collaborator_role`)
}

function addGroup(statement: Statement, reference: string): void {
  const matches = isId(reference)
    ? `g.id = ${value(statement, reference.toLowerCase())}`
    : `lower(g.name) = lower(${value(statement, reference)}::text)`
  statement.joins.push(`left join resource_groups g on g.org_id = o.id and ${matches}`)
  statement.columns.push(`g.id group_id, g.name group_name, g.managed_by group_managed_by,
    (select max(gr.role) from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id) group_role`)
}

function addSubject(statement: Statement, name: string): void {
  statement.joins.push(`left join names sn on sn.lower_name = ${value(statement, asciiLower(name))}
    left join users su on su.id = sn.user_id and su.state <> 'deleted'`)
  const role = statement.joins.some((join) => join.includes('organizations o'))
    ? `(select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1))`
    : 'null::org_role'
  statement.columns.push(`su.id subject_id, su.name subject_name, su.fullname subject_fullname, ${role} subject_role`)
}

/** Who reads a list. */
export interface Reader {
  id: string | undefined
  hasTwoFactor: boolean
  /** The token they come with, or came with when a link was made. */
  token?: { id: string } | undefined
}

/** The condition that the organization of this id trusts the token of the reader; true where there is none. */
function trustsToken(reader: Reader, orgId: RawBuilder<unknown>): RawBuilder<unknown> {
  const tokenId = reader.token?.id ?? null
  return sql`(${tokenId}::text is null or not exists (
    select from token_revocations tr where tr.org_id = ${orgId} and tr.token_id = ${tokenId}))`
}

/** The membership of the reader in the organization of the repository `r`, where it counts, as a subquery on `m`. */
function countingMembership(reader: Reader, at: Date): RawBuilder<unknown> {
  return sql`from memberships m join organizations mo on mo.id = m.org_id
    where m.org_id = r.org_id and m.user_id = ${reader.id ?? null} and (m.expires_at is null or m.expires_at > ${at})
      and (${reader.hasTwoFactor}::boolean or not mo.require_2fa or mo.require_2fa_from > ${at})
      and ${trustsToken(reader, sql`r.org_id`)}`
}

/** The condition that the reader may read the repository `r`: what the policy says to `repo.view`, for lists. */
export function readableRepos(reader: Reader, at: Date): RawBuilder<boolean> {
  return sql<boolean>`(not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
    and (not r.private or r.user_id = ${reader.id ?? null} or exists (
      select ${countingMembership(reader, at)} and (m.role = 'admin' or case
        when r.group_id is null then m.role >= 'read'
        else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
      or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
        where rc.repo_id = r.id and rc.user_id = ${reader.id ?? null} and (rc.expires_at is null or rc.expires_at > ${at})
          and (go.id is null or ${reader.hasTwoFactor}::boolean or not go.require_2fa or go.require_2fa_from > ${at})
          and ${trustsToken(reader, sql`r.org_id`)})))`
}

/** The condition that the reader sees which resource group the repository `r` is in. */
export function seenGroupOfRepo(reader: Reader, at: Date): RawBuilder<boolean> {
  return sql<boolean>`(r.group_id is not null and exists (
    select ${countingMembership(reader, at)} and (m.role = 'admin'
      or exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id))))`
}

/** The condition that the reader is a member of the organization `o` who sees its members even where it hides them. */
export function seenHiddenMembers(reader: Reader, at: Date): RawBuilder<boolean> {
  return sql<boolean>`exists (select from memberships v where v.org_id = o.id and v.user_id = ${reader.id ?? null} and v.role >= 'read'
    and (v.expires_at is null or v.expires_at > ${at})
    and (${reader.hasTwoFactor}::boolean or not o.require_2fa or o.require_2fa_from > ${at})
    and ${trustsToken(reader, sql`o.id`)})`
}
