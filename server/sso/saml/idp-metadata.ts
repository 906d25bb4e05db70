import { type Certificate, type CertificateProblem, readCertificate } from './certificates.ts'
import type { Element } from './dom.ts'
import { metadataBytes, metadataElements, certificates as mostCertificates } from './limits.ts'
import { SamlRefusal } from './refusal.ts'
import { attributeOf, children, is, parseMetadata } from './xml.ts'

/** An identity provider: what its responses name as issuer, where sign-in begins, and what signatures are checked with. */
export interface IdentityProvider {
  entityId: string
  ssoUrl: string
  certificates: Certificate[]
}

/** Metadata that cannot be used, with a sentence for the admin who pasted it. */
export class MetadataProblem extends Error {}

const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'

const certificateProblems: Record<CertificateProblem, string> = {
  unreadable: 'The metadata has a signing certificate that cannot be read.',
  not_rsa: 'The metadata has a signing certificate without an RSA key. SAML sign-in needs RSA keys.',
  short_key: 'The metadata has a signing certificate with an RSA key of less than 2,048 bits.',
}

/** Reads the metadata document of one identity provider; throws {@link MetadataProblem} with what to change. */
export function readIdpMetadata(xml: string): IdentityProvider {
  if (Buffer.byteLength(xml) > metadataBytes) throw new MetadataProblem('The metadata is larger than 256 KB.')
  const { entity, role } = findProvider(rootOf(xml))
  const entityId = attributeOf(entity, 'entityID')
  if (!entityId || entityId.length > 1024) throw new MetadataProblem('The metadata has no usable entityID.')
  return { entityId, ssoUrl: redirectAddress(role), certificates: signingCertificates(role) }
}

function rootOf(xml: string): Element {
  try {
    return parseMetadata(xml.trim(), metadataElements)
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error
    if (error.reason === 'doctype') throw new MetadataProblem('The metadata must not contain a DOCTYPE.')
    if (error.reason === 'too_large') throw new MetadataProblem('The metadata has too many elements.')
    throw new MetadataProblem('This is not a SAML metadata document.')
  }
}

function findProvider(root: Element): { entity: Element; role: Element } {
  const entities = is(root, 'metadata', 'EntitiesDescriptor') ? children(root, 'metadata', 'EntityDescriptor') : [root]
  const found = entities
    .filter((entity) => is(entity, 'metadata', 'EntityDescriptor'))
    .flatMap((entity) => children(entity, 'metadata', 'IDPSSODescriptor').map((role) => ({ entity, role })))
    .filter(({ role }) => attributeOf(role, 'protocolSupportEnumeration')?.split(/\s+/).includes(protocol))
  const [only, ...more] = found
  if (!only) throw new MetadataProblem('The metadata describes no SAML 2.0 identity provider.')
  if (more.length > 0)
    throw new MetadataProblem('The metadata describes several identity providers. Use one with a single entity.')
  return only
}

function redirectAddress(role: Element): string {
  const service = children(role, 'metadata', 'SingleSignOnService').find(
    (element) => attributeOf(element, 'Binding') === redirectBinding,
  )
  const address = service && attributeOf(service, 'Location')
  if (!address) throw new MetadataProblem('The metadata has no SingleSignOnService with the HTTP-Redirect binding.')
  if (!isWebAddress(address)) throw new MetadataProblem('The address of the SingleSignOnService is not a web address.')
  return address
}

// The browser is sent there, so nothing but a page may be behind it.
function isWebAddress(address: string): boolean {
  if (address.length > 2048 || !URL.canParse(address)) return false
  const { protocol, username, password } = new URL(address)
  return ['https:', 'http:'].includes(protocol) && username === '' && password === ''
}

function signingCertificates(role: Element): Certificate[] {
  const texts = children(role, 'metadata', 'KeyDescriptor')
    .filter((key) => attributeOf(key, 'use') !== 'encryption')
    .flatMap((key) => children(key, 'signature', 'KeyInfo'))
    .flatMap((info) => children(info, 'signature', 'X509Data'))
    .flatMap((data) => children(data, 'signature', 'X509Certificate'))
    .map((element) => element.textContent ?? '')
  if (texts.length === 0) throw new MetadataProblem('The metadata has no signing certificate.')
  if (texts.length > mostCertificates)
    throw new MetadataProblem(`The metadata has more than ${mostCertificates} signing certificates.`)
  return distinct(texts.map(usable))
}

function usable(text: string): Certificate {
  const read = readCertificate(text)
  if (typeof read === 'string') throw new MetadataProblem(certificateProblems[read])
  return read
}

function distinct(read: Certificate[]): Certificate[] {
  return [...new Map(read.map((certificate) => [certificate.fingerprint, certificate])).values()]
}
