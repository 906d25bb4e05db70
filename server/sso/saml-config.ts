import type { InputOf, ResultOf, saml } from '../../api/index.ts'
import { refuseOnProbation, requireFeature } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { findSsoConfig, lockSsoMode, unlinkAll } from './config-store.ts'
import { type Certificate, readCertificate } from './saml/certificates.ts'
import type { IdentityProvider } from './saml/idp-metadata.ts'
import { type FetchingServices, fetchMetadata, readMetadata } from './saml-metadata.ts'
import { type NamedOrg, newSealedKey, openKey, providerOf, type SamlServices, samlAddresses } from './saml-sides.ts'
import { findSaml, type NewSaml, updateFetched, upsertSaml } from './saml-store.ts'

type Saml = typeof saml
type Settings = ResultOf<Saml['getSaml']>

/** Shows what an identity provider needs to know about the organization, and what is known of the identity provider. */
export async function getSaml(
  db: Db,
  { org }: Permit<'sso.view'>,
  _input: InputOf<Saml['getSaml']>,
  services: SamlServices,
): Promise<Settings> {
  return settingsOf(db, services, org)
}

/** Sets the identity provider from its metadata. While SSO is on, its entity ID stays. */
export async function updateSaml(
  db: Db,
  permit: Permit<'sso.update'>,
  { metadata, metadataUrl }: InputOf<Saml['updateSaml']>,
  services: FetchingServices,
): Promise<Settings> {
  if ((metadata === undefined) === (metadataUrl === undefined)) throw badField('metadata', 'or metadataUrl is required')
  const provider =
    metadataUrl === undefined ? readMetadata(metadata ?? '') : await fetchMetadata(services.outbound, metadataUrl)
  const saml = newSaml(provider, metadataUrl ?? null)
  const keys = await newSealedKey(services.key, permit.org.name)
  await transaction(db, async (tx) => {
    const { org, actor } = await recheck(tx, permit)
    refuseOnProbation(permit.facts, 'change single sign-on')
    requireFeature(permit.facts, 'sso')
    await refuseOther(tx, org, provider)
    await unlinkOthers(tx, org, provider)
    await upsertSaml(tx, { orgId: org.id, userId: actor.id, keys }, saml)
    await record(tx, permit, eventOf('set the SAML identity provider to', provider))
  })
  return settingsOf(db, services, permit.org)
}

// Subjects of another identity provider are other people.
async function unlinkOthers(tx: Tx, org: NamedOrg, { entityId }: IdentityProvider): Promise<void> {
  const before = await findSsoConfig(tx, org.id)
  if (before !== undefined && before.issuer !== entityId) await unlinkAll(tx, org.id)
}

// The identity provider decides who signs in as which account, so a new one must be tested before it is enforced.
async function refuseOther(tx: Tx, org: NamedOrg, provider: IdentityProvider): Promise<void> {
  const mode = await lockSsoMode(tx, org.id)
  const before = await findSaml(tx, org.id)
  if (mode === 'off' || before?.issuer === provider.entityId) return
  throw new HubError('Conflict', 'Turn off single sign-on before you change the entity ID of the identity provider.')
}

/** Fetches the metadata again, as it is also done every day. */
export async function refreshSaml(
  db: Db,
  permit: Permit<'sso.update'>,
  _input: InputOf<Saml['refreshSaml']>,
  services: FetchingServices,
): Promise<Settings> {
  const before = await findSaml(db, permit.org.id)
  if (!before?.metadataUrl) throw new HubError('Conflict', 'The metadata was pasted. Paste it again to change it.')
  const provider = await fetchMetadata(services.outbound, before.metadataUrl)
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    if (!(await updateFetched(tx, permit.org.id, newSaml(provider, before.metadataUrl))))
      throw new HubError('Conflict', 'The metadata is of another identity provider now. Set it again to accept that.')
    await record(tx, permit, eventOf('fetched the metadata of', provider))
  })
  return settingsOf(db, services, permit.org)
}

/** What is kept of an identity provider. */
export function newSaml({ entityId, ssoUrl, certificates }: IdentityProvider, metadataUrl: string | null): NewSaml {
  const kept = certificates.map(({ pem, notAfter }) => ({ pem, expiresAt: notAfter.toISOString() }))
  return { issuer: entityId, ssoUrl, certificates: kept, metadataUrl }
}

function eventOf(did: string, { entityId, certificates }: IdentityProvider) {
  const data = { entityId, certificates: certificates.map(({ fingerprint }) => fingerprint) }
  return { type: 'org.settings.sso', message: `${did} ${entityId}`, data }
}

async function settingsOf(db: Db, services: SamlServices, org: NamedOrg): Promise<Settings> {
  const addresses = samlAddresses(services, org)
  const row = await findSaml(db, org.id)
  const own = row?.keys ? readCertificate(openKey(services.key, row.keys).certificate) : undefined
  return {
    ...addresses,
    metadataUrl: addresses.entityId,
    certificate: own === undefined || typeof own === 'string' ? null : { ...shown(own), pem: own.pem },
    identityProvider: row === undefined ? null : shownProvider(providerOf(row), row),
  }
}

function shownProvider(
  { certificates, ...provider }: IdentityProvider,
  { metadataUrl, fetchedAt }: { metadataUrl: string | null; fetchedAt: Date | null },
): NonNullable<Settings['identityProvider']> {
  return {
    ...provider,
    certificates: certificates.map(shown),
    metadataUrl,
    fetchedAt: fetchedAt?.toISOString() ?? null,
  }
}

function shown({ subject, fingerprint, notBefore, notAfter }: Certificate) {
  return { subject, fingerprint, notBefore: notBefore.toISOString(), expiresAt: notAfter.toISOString() }
}
