import { inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'
import xmlEncryption from 'xml-encryption'
import { readCertificate } from '../../server/sso/saml/certificates.ts'
import type { IdentityProvider } from '../../server/sso/saml/idp-metadata.ts'
import { createServiceProviderKey, type ServiceProvider } from '../../server/sso/saml/service-provider.ts'

/** A key of an identity provider, with the certificate for it. */
export interface Keys {
  privateKey: string
  certificate: string
}

/** One identity provider and one organization, who know each other. */
export interface Sides {
  keys: Keys
  idp: IdentityProvider
  sp: ServiceProvider
}

/** What a response says. Everything is right unless a test says otherwise. */
export interface Answer {
  id: string
  requestId: string
  entityId: string
  acsUrl: string
  issuer: string
  nameId: string
  nameIdFormat: string
  attributes: Record<string, string[]>
  issued: Date
  /** When the person signed in there. */
  authenticated: Date
  from: Date
  until: Date
  sessionUntil: Date | undefined
  method: string
  status: string
}

export const requestId = '_request0123456789'
const claimed = 'urn:oasis:names:tc:SAML:2.0:assertion'
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'

export async function bothSides(): Promise<Sides> {
  const keys = await createServiceProviderKey('idp.test')
  const own = await createServiceProviderKey('guildhall.test')
  return {
    keys,
    idp: providerWith(keys),
    sp: { entityId: 'https://hub.test/sso/acme/metadata', acsUrl: 'https://hub.test/sso/acme/acs', ...own },
  }
}

/** The identity provider of the tests, whose responses are signed with any of these keys. */
export function providerWith(...keys: Keys[]): IdentityProvider {
  const certificates = keys.map(({ certificate }) => {
    const read = readCertificate(certificate)
    if (typeof read === 'string') throw new Error(read)
    return read
  })
  return { entityId: 'https://idp.test/metadata', ssoUrl: 'https://idp.test/sso', certificates }
}

export function answerTo({ sp, idp }: Sides, now: Date, change: Partial<Answer> = {}): Answer {
  const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
  return {
    id: '_assertion1',
    requestId,
    entityId: sp.entityId,
    acsUrl: sp.acsUrl,
    issuer: idp.entityId,
    nameId: 'grace@acme.test',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    attributes: { groups: ['research', 'admins'] },
    issued: now,
    authenticated: now,
    from: minutes(-1),
    until: minutes(5),
    sessionUntil: undefined,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    ...change,
  }
}

export function assertionXml(answer: Answer): string {
  const attributes = Object.entries(answer.attributes).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  )
  const session = answer.sessionUntil ? ` SessionNotOnOrAfter="${answer.sessionUntil.toISOString()}"` : ''
  return `<saml:Assertion xmlns:saml="${claimed}" ID="${answer.id}" Version="2.0" IssueInstant="${answer.issued.toISOString()}"><saml:Issuer>${answer.issuer}</saml:Issuer><saml:Subject><saml:NameID Format="${answer.nameIdFormat}">${answer.nameId}</saml:NameID><saml:SubjectConfirmation Method="${answer.method}"><saml:SubjectConfirmationData Recipient="${answer.acsUrl}" InResponseTo="${answer.requestId}" NotOnOrAfter="${answer.until.toISOString()}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${answer.from.toISOString()}" NotOnOrAfter="${answer.until.toISOString()}"><saml:AudienceRestriction><saml:Audience>${answer.entityId}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${answer.authenticated.toISOString()}" SessionIndex="_session1"${session}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement></saml:Assertion>`
}

/** A response around an assertion, which can be signed, encrypted, or anything else. */
export function responseXml(answer: Answer, assertion: string): string {
  return `<samlp:Response xmlns:samlp="${protocol}" xmlns:saml="${claimed}" ID="_response1" Version="2.0" IssueInstant="${answer.issued.toISOString()}" Destination="${answer.acsUrl}" InResponseTo="${answer.requestId}"><saml:Issuer>${answer.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${answer.status}"/></samlp:Status>${assertion}</samlp:Response>`
}

export interface Algorithms {
  signature: string
  digest: string
  canonical: string
}
const strong: Algorithms = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
  canonical: 'http://www.w3.org/2001/10/xml-exc-c14n#',
}

/** Signs the first element of a name, as the standard has it: after its issuer, with the certificate in KeyInfo. */
export function sign(
  xml: string,
  name: 'Assertion' | 'Response',
  keys: Keys,
  algorithms: Partial<Algorithms> = {},
): string {
  const used = { ...strong, ...algorithms }
  const signer = new SignedXml({
    privateKey: keys.privateKey,
    publicCert: keys.certificate,
    signatureAlgorithm: used.signature,
    canonicalizationAlgorithm: used.canonical,
  })
  const path = `//*[local-name(.)='${name}']`
  const transforms = ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', used.canonical]
  signer.addReference({ xpath: path, transforms, digestAlgorithm: used.digest })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}

/** Encrypts a signed assertion for the organization. */
export async function encrypt(
  assertion: string,
  certificate: string,
  content = 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  key = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
): Promise<string> {
  const { createPublicKey } = await import('node:crypto')
  const options = {
    rsa_pub: createPublicKey(certificate).export({ type: 'spki', format: 'pem' }),
    pem: certificate,
    encryptionAlgorithm: content,
    keyEncryptionAlgorithm: key,
    warnInsecureAlgorithm: false,
    disallowEncryptionWithInsecureAlgorithm: false,
    ...(key.endsWith('xmlenc11#rsa-oaep') && { keyEncryptionDigest: 'sha256', keyEncryptionMgf: 'sha256' }),
  }
  const data = await new Promise<string>((resolve, reject) =>
    xmlEncryption.encrypt(assertion, options as never, (error, result) => (error ? reject(error) : resolve(result))),
  )
  return `<saml:EncryptedAssertion xmlns:saml="${claimed}">${data}</saml:EncryptedAssertion>`
}

/** What the browser brings to the identity provider: the request to answer, and what to send back with the answer. */
export function requestIn(location: string): { requestId: string; relayState: string; asksAgain: boolean } {
  const { searchParams } = new URL(location)
  const request = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
  return {
    requestId: / ID="([^"]+)"/.exec(request)?.[1] ?? '',
    relayState: searchParams.get('RelayState') ?? '',
    asksAgain: request.includes('ForceAuthn="true"'),
  }
}

/** As the browser posts it. */
export function posted(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

/** The usual answer: the assertion signed, the response around it not. */
export function signedAnswer(sides: Sides, now: Date, change: Partial<Answer> = {}): string {
  const answer = answerTo(sides, now, change)
  return responseXml(answer, sign(assertionXml(answer), 'Assertion', sides.keys))
}

/** Metadata as an identity provider publishes it. */
export function idpMetadata({ idp }: Pick<Sides, 'idp'>): string {
  const keys = idp.certificates.map(
    ({ pem }) =>
      `<KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${pem.replace(/-----[A-Z ]+-----/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!-- Of the test -->\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${idp.entityId}"><IDPSSODescriptor protocolSupportEnumeration="${protocol}">${keys.join('')}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.test/post"/><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${idp.ssoUrl}"/></IDPSSODescriptor></EntityDescriptor>`
}
