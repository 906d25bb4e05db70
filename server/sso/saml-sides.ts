import type { InstanceKey } from '../kernel/secret.ts'
import type { Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { type Identity, type KeptIdentity, keptIdentity } from './identity/identity.ts'
import type { CheckedAssertion } from './saml/assertion.ts'
import { type Certificate, readCertificate } from './saml/certificates.ts'
import type { IdentityProvider } from './saml/idp-metadata.ts'
import { createServiceProviderKey, type ServiceProvider } from './saml/service-provider.ts'
import { findSaml, type SamlRow } from './saml-store.ts'

/** What SAML needs of the installation. */
export interface SamlServices extends Links {
  readonly key: InstanceKey
}

/** An organization as its identity provider knows it. */
export interface NamedOrg {
  id: string
  name: string
}

type OwnKey = Pick<ServiceProvider, 'privateKey' | 'certificate'>

/** Where an identity provider finds an organization. The entity ID is where its metadata is. */
export function samlAddresses({ publicUrl }: Links, { name }: NamedOrg): Pick<ServiceProvider, 'entityId' | 'acsUrl'> {
  return { entityId: `${publicUrl}/sso/${name}/metadata`, acsUrl: `${publicUrl}/sso/${name}/acs` }
}

/** Both sides of a SAML sign-in; nothing where the organization has no SAML identity provider. */
export async function findSides(
  db: Db,
  services: SamlServices,
  org: NamedOrg,
): Promise<{ sp: ServiceProvider; idp: IdentityProvider } | undefined> {
  const row = await findSaml(db, org.id)
  if (row === undefined || row.keys === null) return undefined
  return { sp: { ...samlAddresses(services, org), ...openKey(services.key, row.keys) }, idp: providerOf(row) }
}

/** The identity provider of a row. */
export function providerOf({ issuer, ssoUrl, pems }: SamlRow): IdentityProvider {
  return { entityId: issuer, ssoUrl, certificates: pems.map(readCertificate).filter(isReadable) }
}

function isReadable(read: ReturnType<typeof readCertificate>): read is Certificate {
  return typeof read !== 'string'
}

/** A new key and certificate of an organization, sealed. */
export async function newSealedKey(key: InstanceKey, name: string): Promise<Buffer> {
  return key.seal(JSON.stringify(await createServiceProviderKey(name)))
}

/** Opens what {@link newSealedKey} made. */
export function openKey(key: InstanceKey, sealed: Buffer): OwnKey {
  return JSON.parse(key.open(sealed)) as OwnKey
}

/** What an assertion says, in the words of every protocol, sealed until the browser comes back. */
export function sealIdentity(key: InstanceKey, issuer: string, answer: CheckedAssertion): Buffer {
  const { nameId, nameIdFormat, attributes, sessionIndex, authenticatedAt, sessionNotOnOrAfter } = answer
  const isAddress = nameIdFormat?.endsWith(':emailAddress') ?? false
  const identity: Identity = {
    issuer,
    subject: nameId,
    email: isAddress ? nameId : undefined,
    attributes,
    sid: sessionIndex,
    authenticatedAt,
    notOnOrAfter: sessionNotOnOrAfter,
  }
  return key.seal(JSON.stringify(identity))
}

/** Opens what {@link sealIdentity} made. */
export function openIdentity(key: InstanceKey, sealed: Buffer): Identity {
  return keptIdentity(JSON.parse(key.open(sealed)) as KeptIdentity)
}
