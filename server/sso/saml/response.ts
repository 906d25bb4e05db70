import { type Profile, SAML } from '@node-saml/node-saml'
import { checkEncryptionAlgorithms, checkSignatureAlgorithms } from './algorithms.ts'
import { type CheckedAssertion, checkAssertion } from './assertion.ts'
import type { Certificate } from './certificates.ts'
import { checkSignaturePlaces, contentOf } from './content.ts'
import type { Element } from './dom.ts'
import type { Expected } from './expected.ts'
import type { IdentityProvider } from './idp-metadata.ts'
import { responseBytes, responseElements } from './limits.ts'
import { SamlRefusal } from './refusal.ts'
import { protocolOptions } from './service-provider.ts'
import { signerOf } from './signers.ts'
import { allBelow, attributeOf, children, is, namespaces, onlyChild, parseMessage, textOf } from './xml.ts'

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'

/**
 * Checks a response as it arrived at the ACS address, and answers what its signed assertion says. Throws
 * {@link SamlRefusal}. The caller still has to see that the assertion was never used before.
 */
export async function checkResponse(samlResponse: string, expected: Expected): Promise<CheckedAssertion> {
  const xml = decode(samlResponse)
  const response = parseMessage(xml, responseElements)
  checkEnvelope(response, expected)
  checkSignatureAlgorithms(response)
  const assertion = theAssertion(response)
  checkSignaturePlaces(response, [response, assertion])
  const isEncrypted = is(assertion, 'assertion', 'EncryptedAssertion')
  if (isEncrypted) checkEncryptionAlgorithms(assertion)
  const finding = signedPart(assertion, { response, xml }, expected)
  const signed = await (isEncrypted ? finding.catch(refuseEncrypted) : finding)
  return checkAssertion(parseMessage(signed, responseElements), expected)
}

// The assertion as its signature covers it, decrypted where it is encrypted.
async function signedPart(
  assertion: Element,
  { response, xml }: { response: Element; xml: string },
  expected: Expected,
): Promise<string> {
  const content = await contentOf(assertion, expected.sp)
  const isSigned = children(response, 'signature', 'Signature').length > 0
  const { certificates } = expected.idp
  const signers = [signerOf(content.element, certificates), ...(isSigned ? [signerOf(response, certificates)] : [])]
  return content.decrypted === undefined
    ? coveredBy(signers, xml, { ...expected, isSigned })
    : coveredBy(signers, enveloped(content.decrypted), { ...expected, isSigned: false })
}

// CBC does not notice a change. To someone who changes an assertion that is not theirs, what is wrong with the outcome
// would tell what is inside, byte by byte: admins alone see it.
function refuseEncrypted(error: unknown): never {
  if (!(error instanceof SamlRefusal)) throw error
  throw new SamlRefusal('encryption', [error.reason, error.detail].filter(Boolean).join(': '))
}

function decode(samlResponse: string): string {
  const base64 = samlResponse.replace(/\s+/g, '')
  if (base64.length > (responseBytes * 4) / 3 + 4) throw new SamlRefusal('too_large')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new SamlRefusal('malformed', 'Not base64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    throw new SamlRefusal('malformed', 'Not UTF-8')
  }
}

// The envelope can be unsigned, so this comes on top of the same checks of the assertion.
function checkEnvelope(response: Element, { sp, idp, requestId }: Expected): void {
  if (!is(response, 'protocol', 'Response'))
    throw new SamlRefusal('malformed', `The root element is ${response.localName}`)
  if (attributeOf(response, 'Version') !== '2.0') throw new SamlRefusal('malformed', 'The version is not 2.0')
  checkStatus(response)
  const inResponseTo = attributeOf(response, 'InResponseTo')
  if (!inResponseTo) throw new SamlRefusal('unsolicited')
  if (inResponseTo !== requestId) throw new SamlRefusal('in_response_to', inResponseTo)
  const destination = attributeOf(response, 'Destination')
  if (destination !== sp.acsUrl) throw new SamlRefusal('destination', destination ?? 'No Destination')
  checkIssuer(response, idp)
}

function checkStatus(response: Element): void {
  const status = onlyChild(response, 'protocol', 'Status')
  const code = status && onlyChild(status, 'protocol', 'StatusCode')
  const value = code && attributeOf(code, 'Value')
  if (value === success) return
  const inner = code && children(code, 'protocol', 'StatusCode')[0]
  throw new SamlRefusal(
    'status',
    [value, inner && attributeOf(inner, 'Value')].filter(Boolean).join(', ') || 'No status',
  )
}

function checkIssuer(response: Element, { entityId }: IdentityProvider): void {
  const issuer = onlyChild(response, 'assertion', 'Issuer')
  const named = issuer ? textOf(issuer) : undefined
  if (named !== entityId) throw new SamlRefusal('issuer', named ?? 'No Issuer')
}

// Counted wherever it stands: a second assertion in an odd place is how signatures are wrapped.
function theAssertion(response: Element): Element {
  const found = [...allBelow(response, 'Assertion'), ...allBelow(response, 'EncryptedAssertion')]
  const [only] = found
  if (!only || found.length > 1) throw new SamlRefusal('assertions', `${found.length} assertions`)
  if (only.parentNode !== response) throw new SamlRefusal('assertions', 'The assertion is inside another element')
  return only
}

// What the envelope of an encrypted assertion says stands in the assertion too, and was compared with it.
function enveloped(assertion: string): string {
  return `<samlp:Response xmlns:samlp="${namespaces.protocol}">${assertion}</samlp:Response>`
}

// The library says what the signature covers. What that says is read and checked here, by the clock of the server.
class SignatureCheck extends SAML {
  covered: string | undefined

  protected override async processValidlySignedAssertionAsync(
    xml: string,
  ): Promise<{ profile: Profile; loggedOut: boolean }> {
    this.covered = xml
    return { profile: { issuer: '', nameID: '', nameIDFormat: '' }, loggedOut: false }
  }
}

async function coveredBy(
  signers: Certificate[],
  xml: string,
  { sp, isSigned }: Expected & { isSigned: boolean },
): Promise<string> {
  const check = new SignatureCheck({
    ...protocolOptions(sp),
    wantAuthnResponseSigned: isSigned,
    idpCert: signers.map(({ pem }) => pem),
  })
  try {
    await check.validatePostResponseAsync({ SAMLResponse: Buffer.from(xml).toString('base64') })
  } catch {
    throw new SamlRefusal('signature')
  }
  if (!check.covered) throw new SamlRefusal('signature')
  return check.covered
}
