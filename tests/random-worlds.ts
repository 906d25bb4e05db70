import fc from 'fast-check'
import type { Insertable } from 'kysely'
import { type TokenPermission, tokens } from '../api/index.ts'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import type { DB } from '../server/store/tables.ts'
import type { Person, TestHub } from './hub.ts'

// Random small organizations, as seen by one reader: what they are asked with, and how they get into the database.

const hour = 3_600_000
const role = fc.constantFrom(
  'no_access' as const,
  'read' as const,
  'contributor' as const,
  'write' as const,
  'admin' as const,
)
const groupRole = fc.constantFrom('read' as const, 'contributor' as const, 'write' as const, 'admin' as const)
const when = fc.constantFrom(-hour, hour, undefined)
const permissions = (type: tokens.ScopeType) =>
  fc.option(fc.subarray([...tokens.permissionsOn[type]], { minLength: 1 }), { freq: 2 })
/** An organization with repositories, and everything that a reader may hold in it. */
export const randomWorld = fc.record({
  signedIn: fc.boolean(),
  secondFactor: fc.boolean(),
  require2fa: fc.boolean(),
  require2faFrom: when,
  deleted: fc.boolean(),
  tokenState: fc.option(fc.constantFrom('approved' as const, 'denied' as const, 'revoked' as const), { freq: 2 }),
  tokenPolicy: fc.constantFrom('any' as const, 'any' as const, 'fineGrained' as const, 'approval' as const),
  /** The longest lifetime of tokens that the organization accepts, and when those of the reader expire. */
  lifetime: fc.constantFrom<{ most: number | null; expires: number | null }>(
    { most: null, expires: null },
    { most: 1, expires: null },
    { most: 1, expires: 25 * hour },
    { most: 1, expires: 25 * hour + 1 },
  ),
  member: fc.option(fc.record({ role, expires: when, external: fc.boolean() })),
  sso: fc.constantFrom('off' as const, 'off' as const, 'optional' as const, 'enforced' as const),
  /** When the SSO session of the reader ends, and whether the browser at hand began it. */
  ssoSession: fc.option(
    fc.record({ expires: fc.constantFrom(-hour, hour), here: fc.boolean(), breakGlass: fc.boolean() }),
  ),
  inGroup: fc.option(groupRole),
  /** What the fine-grained token of the reader can reach, beside single repositories. */
  scope: fc.record({ own: permissions('user'), org: permissions('org'), group: permissions('resource-group') }),
  repos: fc.array(
    fc.record({
      private: fc.boolean(),
      grouped: fc.boolean(),
      whose: fc.constantFrom('org', 'reader', 'owner'),
      own: fc.boolean(),
      scope: permissions('model'),
      gate: fc.option(
        fc.record({
          asksMembers: fc.boolean(),
          request: fc.option(
            fc.record({
              state: fc.constantFrom('pending' as const, 'accepted' as const, 'accepted' as const, 'rejected' as const),
              expires: when,
            }),
          ),
          /** Access of the organization itself, from a role on. */
          organization: fc.option(fc.record({ role: fc.option(role), expires: when })),
        }),
        { freq: 2 },
      ),
      grant: fc.option(fc.record({ role: fc.constantFrom('read' as const, 'write' as const), expires: when })),
    }),
    { minLength: 1, maxLength: 6 },
  ),
})
export type World = typeof randomWorld extends fc.Arbitrary<infer W> ? W : never

/** The same world, in which the organization accepts every token: what is compared is scopes alone. */
export function acceptingAll(given: World): World {
  return { ...given, tokenPolicy: 'any', lifetime: { most: null, expires: null } }
}

const from = (ms: number | undefined) => (ms === undefined ? null : new Date(now().getTime() + ms))

interface Place {
  hub: TestHub
  reader: Person
  owner: Person
  /** A fine-grained token of the reader. */
  fineToken?: string
  /** The session of the reader's browser. */
  sessionId?: string | null
}

type Scope = [
  on: { org_id?: string; group_id?: string; repo_id?: string | null },
  permissions: TokenPermission[] | null,
]

function scopesIn(given: World, orgId: string, groupId: string, made: readonly BuiltRepository[]): Scope[] {
  const { own, org, group } = given.scope
  const repos = given.repos.map(({ scope }, index): Scope => [{ repo_id: made[index]?.id ?? null }, scope])
  return [[{}, own], [{ org_id: orgId }, org], [{ group_id: groupId }, group], ...repos]
}

async function giveScopes(db: Db, token: string | undefined, scopes: Scope[]): Promise<void> {
  if (token === undefined) return
  const { id } = await db
    .selectFrom('access_tokens')
    .select('id')
    .where('hash', '=', digest(token))
    .executeTakeFirstOrThrow()
  const rows = scopes.flatMap(([on, permissions]) => (permissions ? [{ token_id: id, ...on, permissions }] : []))
  if (rows.length > 0) await db.insertInto('token_scopes').values(rows).execute()
}

/** Sets when the tokens of the reader expire, and what the organization decided about them. */
async function judgeTokens(
  db: Db,
  { lifetime, tokenState }: World,
  { orgId, userId, at }: { orgId: string; userId: string; at: Date },
): Promise<void> {
  const expiresAt = lifetime.expires === null ? null : new Date(at.getTime() + lifetime.expires)
  await sql`update access_tokens set created_at = ${at}, expires_at = ${expiresAt} where user_id = ${userId}`.execute(
    db,
  )
  if (tokenState)
    await sql`insert into token_states (org_id, token_id, state, changed_at)
      select ${orgId}, id, ${tokenState}, ${at} from access_tokens where user_id = ${userId}`.execute(db)
}

async function giveSsoSession(
  db: Db,
  { ssoSession }: World,
  { orgId, userId, sessionId }: { orgId: string; userId: string; sessionId: string | null },
): Promise<void> {
  if (ssoSession === null) return
  const { expires, here, breakGlass } = ssoSession
  const times = { created_at: now(), expires_at: new Date(now().getTime() + expires) }
  const row = { id: newId(), org_id: orgId, user_id: userId, session_id: here ? sessionId : null }
  await db
    .insertInto('sso_sessions')
    .values({ ...row, ...times, is_break_glass: breakGlass })
    .execute()
}

async function addRepository(
  db: Db,
  { private: isPrivate, gate }: World['repos'][number],
  more: Omit<Insertable<DB['repositories']>, 'id' | 'type' | 'private'>,
): Promise<{ id: string; name: string }> {
  const settings = {
    private: isPrivate,
    gate: gate ? ('manual' as const) : null,
    gate_members: gate?.asksMembers ?? false,
  }
  const row = { id: newId(), type: 'model' as const, ...settings, ...more }
  await db.insertInto('repositories').values(row).execute()
  return row
}

async function addGate(
  db: Db,
  gate: World['repos'][number]['gate'],
  { repoId, orgId, readerId, at }: { repoId: string; orgId: string; readerId: string; at: Date },
): Promise<void> {
  const on = () => ({ id: newId(), repo_id: repoId })
  const { request, organization } = gate ?? {}
  if (request) {
    const { state, expires } = request
    const row = { ...on(), user_id: readerId, state, created_at: at, asked: true, expires_at: from(expires) }
    await db.insertInto('gate_requests').values(row).execute()
  }
  if (organization) {
    const { role: least, expires } = organization
    const row = {
      ...on(),
      org_id: orgId,
      role: least,
      granted_by_id: readerId,
      granted_at: at,
      expires_at: from(expires),
    }
    await db.insertInto('gate_organizations').values(row).execute()
  }
}

interface BuiltRepository {
  id: string
  name: string
  namespace: string
}

/** Replaces all organizations and repositories by those of a world; answers its IDs. */
export async function buildWorld(
  { hub, reader, owner, fineToken, sessionId = null }: Place,
  given: World,
): Promise<{ orgId: string; groupId: string; repos: BuiltRepository[] }> {
  const { db } = hub
  await db.deleteFrom('repositories').execute()
  await db.deleteFrom('organizations').execute()
  await db.deleteFrom('token_scopes').execute()
  const [orgId, groupId, at] = [newId(), newId(), now()]
  await db
    .updateTable('users')
    .set({ totp_enabled_at: given.secondFactor ? at : null })
    .where('id', '=', reader.id)
    .execute()
  const rule = {
    require_2fa: given.require2fa,
    require_2fa_from: from(given.require2faFrom),
    deleted_at: given.deleted ? at : null,
    token_policy: given.tokenPolicy,
    token_max_lifetime_days: given.lifetime.most,
    sso_mode: given.sso,
  }
  await db
    .insertInto('organizations')
    .values({ id: orgId, name: 'org', fullname: 'org', plan: 'plus', created_at: at, ...rule })
    .execute()
  await db.insertInto('names').values({ lower_name: 'org', name: 'org', org_id: orgId, current: true }).execute()
  await db.insertInto('resource_groups').values({ id: groupId, org_id: orgId, name: 'g', created_at: at }).execute()
  await judgeTokens(db, given, { orgId, userId: reader.id, at })
  if (given.member) {
    const times = { joined_at: at, expires_at: from(given.member.expires), search: '' }
    await db
      .insertInto('memberships')
      .values({
        id: newId(),
        org_id: orgId,
        user_id: reader.id,
        role: given.member.role,
        source: 'manual',
        is_external: given.member.external,
        ...times,
      })
      .execute()
    await giveSsoSession(db, given, { orgId, userId: reader.id, sessionId })
    const inGroup = { group_id: groupId, org_id: orgId, user_id: reader.id, source: 'manual' as const, added_at: at }
    if (given.inGroup)
      await db
        .insertInto('group_roles')
        .values({ ...inGroup, role: given.inGroup })
        .execute()
  }
  const owners = { org: { org_id: orgId }, reader: { user_id: reader.id }, owner: { user_id: owner.id } }
  const made: BuiltRepository[] = []
  for (const [index, repo] of given.repos.entries()) {
    const whose = repo.whose as keyof typeof owners
    const row = await addRepository(db, repo, {
      ...{ name: `r${index}`, created_at: at, updated_at: at, ...owners[whose] },
      creator_id: repo.own ? reader.id : owner.id,
      group_id: whose === 'org' && repo.grouped ? groupId : null,
    })
    if (repo.grant) {
      const { role, expires } = repo.grant
      const grant = { repo_id: row.id, user_id: reader.id, role, expires_at: from(expires), added_at: at }
      await db.insertInto('repo_collaborators').values(grant).execute()
    }
    await addGate(db, repo.gate, { repoId: row.id, orgId, readerId: reader.id, at })
    const ownerId = Object.values(owners[whose])[0] ?? ''
    await db
      .insertInto('repository_names')
      .values({ owner_id: ownerId, type: 'model', lower_name: row.name, repo_id: row.id, current: true })
      .execute()
    made.push({ id: row.id, name: row.name, namespace: whose })
  }
  await giveScopes(db, fineToken, scopesIn(given, orgId, groupId, made))
  return { orgId, groupId, repos: made }
}
