import type { GroupRole, OrgRole, SsoMode } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'
import type { MappingRules } from './identity/mapping.ts'

/** The identity provider of an organization, as it is kept; what is sealed stays sealed. */
export interface SsoConfig extends MappingRules {
  orgId: string
  mode: SsoMode
  protocol: 'saml' | 'oidc'
  issuer: string
  sessionTimeoutMinutes: number
  roleMapping: { value: string; role: OrgRole }[]
  groupMapping: { value: string; groupId: string; role: GroupRole }[]
  clientId: string | null
  clientSecret: Buffer | null
  authorizationEndpoint: string | null
  tokenEndpoint: string | null
  jwksUri: string | null
  userinfoEndpoint: string | null
  changedBy: string | null
  configuredAt: Date
  mappingChangedAt: Date
  updatedAt: Date
}

const columns = sql`c.org_id "orgId", o.sso_mode "mode", c.protocol, c.issuer, c.session_timeout_minutes "sessionTimeoutMinutes",
  c.email_path "emailPath", c.email_domains "emailDomains", c.role_path "rolePath", c.role_mapping "roleMapping",
  c.group_path "groupPath", c.group_mapping "groupMapping", c.client_id "clientId", c.client_secret "clientSecret",
  c.authorization_endpoint "authorizationEndpoint", c.token_endpoint "tokenEndpoint", c.jwks_uri "jwksUri",
  c.userinfo_endpoint "userinfoEndpoint", c.changed_by "changedBy", c.configured_at "configuredAt",
  c.mapping_changed_at "mappingChangedAt", c.updated_at "updatedAt"`

/** The identity provider of an organization, whether or not SSO is on. */
export async function findSsoConfig(db: Db, orgId: string): Promise<SsoConfig | undefined> {
  const { rows } = await sql<SsoConfig>`select ${columns}
    from sso_configs c join organizations o on o.id = c.org_id where c.org_id = ${orgId}`.execute(db)
  return rows[0]
}

/** What is written of an identity provider. */
export type SsoConfigWrite = Omit<SsoConfig, 'mode'>

/** Writes the identity provider of an organization. */
export async function putSsoConfig(tx: Tx, c: SsoConfigWrite): Promise<void> {
  const [roles, groups] = [JSON.stringify(c.roleMapping), JSON.stringify(c.groupMapping)]
  await sql`insert into sso_configs (org_id, protocol, issuer, session_timeout_minutes, email_path, email_domains, role_path,
      role_mapping, group_path, group_mapping, client_id, client_secret, authorization_endpoint, token_endpoint, jwks_uri,
      userinfo_endpoint, changed_by, configured_at, mapping_changed_at, updated_at)
    values (${c.orgId}, ${c.protocol}, ${c.issuer}, ${c.sessionTimeoutMinutes}, ${c.emailPath}, ${arrayOf(c.emailDomains)},
      ${c.rolePath}, ${roles}::jsonb, ${c.groupPath}, ${groups}::jsonb, ${c.clientId}, ${c.clientSecret},
      ${c.authorizationEndpoint}, ${c.tokenEndpoint}, ${c.jwksUri}, ${c.userinfoEndpoint}, ${c.changedBy},
      ${c.configuredAt}, ${c.mappingChangedAt}, ${c.updatedAt})
    on conflict (org_id) do update set (protocol, issuer, session_timeout_minutes, email_path, email_domains, role_path,
      role_mapping, group_path, group_mapping, client_id, client_secret, authorization_endpoint, token_endpoint, jwks_uri,
      userinfo_endpoint, changed_by, configured_at, mapping_changed_at, updated_at)
      = (excluded.protocol, excluded.issuer, excluded.session_timeout_minutes, excluded.email_path, excluded.email_domains,
      excluded.role_path, excluded.role_mapping, excluded.group_path, excluded.group_mapping, excluded.client_id,
      excluded.client_secret, excluded.authorization_endpoint, excluded.token_endpoint, excluded.jwks_uri,
      excluded.userinfo_endpoint, excluded.changed_by, excluded.configured_at, excluded.mapping_changed_at,
      excluded.updated_at)`.execute(tx)
}

/** Deletes the identity provider of an organization. */
export async function deleteSsoConfig(tx: Tx, orgId: string): Promise<void> {
  await sql`delete from sso_configs where org_id = ${orgId}`.execute(tx)
}

/** Locks the organization, and answers its mode. */
export async function lockSsoMode(tx: Tx, orgId: string): Promise<SsoMode> {
  const { rows } = await sql<{ mode: SsoMode }>`
    select sso_mode mode from organizations where id = ${orgId} for no key update`.execute(tx)
  return rows[0]?.mode ?? 'off'
}

/** Whether an organization owns the accounts that its identity provider signs in. */
export async function isManaged(db: Db, orgId: string): Promise<boolean> {
  const { rows } = await sql`select from organizations where id = ${orgId} and managed_since is not null`.execute(db)
  return rows.length > 0
}

/** Sets whether SSO is off, optional or enforced. */
export async function setSsoMode(tx: Tx, orgId: string, mode: SsoMode): Promise<void> {
  await sql`update organizations set sso_mode = ${mode} where id = ${orgId}`.execute(tx)
}

/** Unlinks all identities of an organization, and ends all of its SSO sessions and sign-ins that have begun. */
export async function unlinkAll(tx: Tx, orgId: string): Promise<void> {
  await sql`delete from sso_sessions where org_id = ${orgId}`.execute(tx)
  await sql`delete from sso_identities where org_id = ${orgId}`.execute(tx)
  await sql`delete from sso_pending where org_id = ${orgId}`.execute(tx)
}

/** Forgets all test sign-ins: they were with other settings. */
export async function deleteTests(tx: Tx, orgId: string): Promise<void> {
  await sql`delete from sso_tests where org_id = ${orgId}`.execute(tx)
}

/** The names of resource groups of an organization, by ID. */
export async function findGroupNames(db: Db, orgId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from resource_groups where org_id = ${orgId} and id = any(${arrayOf([...new Set(ids)])})`.execute(
    db,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** How many members have a linked identity. */
export async function countIdentities(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int n from sso_identities where org_id = ${orgId}`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}
