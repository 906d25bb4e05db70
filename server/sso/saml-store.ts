import { now } from '../kernel/clock.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** The SAML part of the identity provider of an organization. */
export interface SamlRow {
  issuer: string
  ssoUrl: string
  pems: string[]
  metadataUrl: string | null
  fetchedAt: Date | null
  keys: Buffer | null
}

const columns = sql`issuer, saml_sso_url "ssoUrl", array(select c->>'pem' from jsonb_array_elements(saml_certificates) c) pems,
  saml_metadata_url "metadataUrl", saml_metadata_fetched_at "fetchedAt", saml_keys keys`

/** Finds the SAML identity provider of an organization; nothing where it has none, or one that speaks OpenID Connect. */
export async function findSaml(db: Db, orgId: string): Promise<SamlRow | undefined> {
  const { rows } = await sql<SamlRow>`
    select ${columns} from sso_configs where org_id = ${orgId} and protocol = 'saml' and saml_sso_url is not null`.execute(
    db,
  )
  return rows[0]
}

/** What metadata says, as it is kept. */
export interface NewSaml {
  issuer: string
  ssoUrl: string
  certificates: { pem: string; expiresAt: string }[]
  metadataUrl: string | null
}

/** Makes this the identity provider; its own keys stay when there are some. Tests of the one before do not count. */
export async function upsertSaml(
  tx: Tx,
  { orgId, userId, keys }: { orgId: string; userId: string; keys: Buffer },
  saml: NewSaml,
): Promise<void> {
  const at = now()
  const fetchedAt = saml.metadataUrl === null ? null : at
  await sql`insert into sso_configs (org_id, protocol, issuer, saml_sso_url, saml_certificates, saml_metadata_url,
      saml_metadata_fetched_at, saml_keys, changed_by, configured_at, mapping_changed_at, updated_at)
    values (${orgId}, 'saml', ${saml.issuer}, ${saml.ssoUrl}, ${JSON.stringify(saml.certificates)}::jsonb,
      ${saml.metadataUrl}, ${fetchedAt}, ${keys}, ${userId}, ${at}, ${at}, ${at})
    on conflict (org_id) do update set protocol = 'saml', issuer = excluded.issuer, saml_sso_url = excluded.saml_sso_url,
      saml_certificates = excluded.saml_certificates, saml_metadata_url = excluded.saml_metadata_url,
      saml_metadata_fetched_at = excluded.saml_metadata_fetched_at,
      saml_keys = coalesce(sso_configs.saml_keys, excluded.saml_keys), changed_by = excluded.changed_by,
      configured_at = case when sso_configs.issuer = excluded.issuer then sso_configs.configured_at else excluded.configured_at end,
      updated_at = excluded.updated_at`.execute(tx)
  await sql`delete from sso_tests where org_id = ${orgId}`.execute(tx)
  await sql`delete from sso_pending where org_id = ${orgId}`.execute(tx)
}

/** Takes over metadata that was fetched again, if the identity provider is still the same; answers whether it was. */
export async function updateFetched(tx: Tx, orgId: string, saml: NewSaml): Promise<boolean> {
  const { rows } = await sql`update sso_configs set saml_sso_url = ${saml.ssoUrl},
      saml_certificates = ${JSON.stringify(saml.certificates)}::jsonb, saml_metadata_fetched_at = ${now()}
    where org_id = ${orgId} and protocol = 'saml' and issuer = ${saml.issuer} and saml_metadata_url = ${saml.metadataUrl}
    returning org_id`.execute(tx)
  return rows.length > 0
}

/** Organizations whose metadata was last fetched before a moment, the longest ago first. */
export async function listStale(db: Db, before: Date, most: number): Promise<{ orgId: string }[]> {
  const { rows } = await sql<{
    orgId: string
  }>`select c.org_id "orgId" from sso_configs c join organizations o on o.id = c.org_id
    where c.protocol = 'saml' and c.saml_metadata_url is not null and o.deleted_at is null
      and c.saml_metadata_fetched_at < ${before} order by c.saml_metadata_fetched_at limit ${most}`.execute(db)
  return rows
}

/** A sign-in that has begun and not been answered. */
export interface PendingSaml {
  requestId: string
  isTest: boolean
  /** Who began it; null where no one was signed in. */
  userId: string | null
  userName: string | null
}

/** Finds the sign-in that a response belongs to, by its relay state. */
export async function findPendingSaml(db: Db, orgId: string, stateHash: Buffer): Promise<PendingSaml | undefined> {
  const { rows } = await sql<PendingSaml>`
    select p.request_id "requestId", p.is_test "isTest", p.user_id "userId", u.name "userName"
    from sso_pending p left join users u on u.id = p.user_id
    where p.state_hash = ${stateHash} and p.org_id = ${orgId} and p.protocol = 'saml' and p.request_id is not null
      and p.identity is null and p.expires_at > ${now()}`.execute(db)
  return rows[0]
}

/** Ends a sign-in that was answered with something that counts for nothing; answers whether it was still there. */
export async function deletePending(tx: Tx, stateHash: Buffer): Promise<boolean> {
  const { rows } = await sql`delete from sso_pending where state_hash = ${stateHash} and identity is null
    returning state_hash`.execute(tx)
  return rows.length > 0
}

/** Keeps what a checked response says until the browser comes back; false where the sign-in was answered already. */
export async function keepIdentity(tx: Tx, stateHash: Buffer, identity: Buffer): Promise<boolean> {
  const { rows } = await sql`update sso_pending set identity = ${identity}
    where state_hash = ${stateHash} and identity is null and expires_at > ${now()} returning state_hash`.execute(tx)
  return rows.length > 0
}
