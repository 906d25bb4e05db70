import { DOMParser } from '@xmldom/xmldom'
import type { Document, Element } from '../../server/sso/saml/dom.ts'
import type { SamlReason } from '../../server/sso/saml/refusal.ts'
import {
  answerTo,
  assertionXml,
  encrypt,
  type Keys,
  posted,
  responseXml,
  type Sides,
  sign,
  signedAnswer,
} from './idp.ts'

/** A response that must be refused: its name, what is posted, and the reason that it must be refused for. */
export type Attack = [name: string, samlResponse: string, reason: SamlReason]

const minute = 60_000
const evil = 'mallory@evil.test'

/** Every response that must sign no one in. `stranger` has a key that the organization does not know. */
export async function attacks(sides: Sides, stranger: Keys, now: Date): Promise<Attack[]> {
  return [
    ...signatureAttacks(sides, stranger, now),
    ...timeAttacks(sides, now),
    ...targetAttacks(sides, now),
    ...personAttacks(sides, now),
    ...documentAttacks(sides, now),
    ...wrappingAttacks(sides, now),
    ...(await encryptionAttacks(sides, stranger, now)),
  ]
}

function signatureAttacks(sides: Sides, stranger: Keys, now: Date): Attack[] {
  const answer = answerTo(sides, now)
  const plain = assertionXml(answer)
  const signedWith = (algorithms: Parameters<typeof sign>[3]) =>
    posted(responseXml(answer, sign(plain, 'Assertion', sides.keys, algorithms)))
  const both = sign(signedAnswer(sides, now), 'Response', stranger)
  return [
    ['unsigned', posted(responseXml(answer, plain)), 'unsigned'],
    ['only the response is signed', posted(sign(responseXml(answer, plain), 'Response', sides.keys)), 'unsigned'],
    ['the response is signed by a stranger', posted(both), 'signature'],
    // The signature carries the certificate of the stranger in KeyInfo.
    ['a certificate in KeyInfo', posted(responseXml(answer, sign(plain, 'Assertion', stranger))), 'signature'],
    ['changed after signing', posted(signedAnswer(sides, now).replace('grace@', 'mallory@')), 'signature'],
    ['signed with SHA-1', signedWith({ signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }), 'weak_algorithm'],
    ['a SHA-1 digest', signedWith({ digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }), 'weak_algorithm'],
    [
      'canonical with comments',
      signedWith({ canonical: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments' }),
      'weak_algorithm',
    ],
    [
      'HMAC under the public key',
      posted(signedAnswer(sides, now).replace('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#hmac-sha1')),
      'weak_algorithm',
    ],
  ]
}

function timeAttacks(sides: Sides, now: Date): Attack[] {
  const at = (offset: number) => new Date(now.getTime() + offset)
  const answer = (change: Parameters<typeof signedAnswer>[2]) => posted(signedAnswer(sides, now, change))
  const rest = answerTo(sides, now)
  const confirmedUntil = assertionXml(rest).replace(
    /(SubjectConfirmationData [^>]*NotOnOrAfter=")[^"]*/,
    `$1${at(-2 * minute).toISOString()}`,
  )
  const endless = assertionXml(rest).replace(/(SubjectConfirmationData [^>]*) NotOnOrAfter="[^"]*"/, '$1')
  return [
    ['expired', answer({ until: at(-minute - 1) }), 'expired'],
    ['early', answer({ from: at(2 * minute) }), 'not_yet_valid'],
    ['issued in the future', answer({ issued: at(2 * minute) }), 'not_yet_valid'],
    ['the session has ended', answer({ sessionUntil: at(-minute - 1) }), 'session_ended'],
    ['the confirmation expired', posted(responseXml(rest, sign(confirmedUntil, 'Assertion', sides.keys))), 'expired'],
    ['a confirmation without an end', posted(responseXml(rest, sign(endless, 'Assertion', sides.keys))), 'expired'],
  ]
}

function targetAttacks(sides: Sides, now: Date): Attack[] {
  const right = answerTo(sides, now)
  const around = (assertion: Parameters<typeof answerTo>[2], response: Parameters<typeof answerTo>[2]) =>
    posted(
      responseXml({ ...right, ...response }, sign(assertionXml({ ...right, ...assertion }), 'Assertion', sides.keys)),
    )
  const elsewhere = 'https://hub.test/sso/globex/acs'
  const without = (pattern: RegExp) =>
    posted(responseXml(right, sign(assertionXml(right).replace(pattern, ''), 'Assertion', sides.keys)))
  return [
    ['another audience', around({ entityId: 'https://hub.test/sso/globex/metadata' }, {}), 'audience'],
    ['no audience', without(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/), 'audience'],
    ['no conditions', without(/<saml:Conditions.*<\/saml:Conditions>/), 'audience'],
    ['another recipient', around({ acsUrl: elsewhere }, {}), 'recipient'],
    ['another destination', around({}, { acsUrl: elsewhere }), 'destination'],
    ['no destination', posted(signedAnswer(sides, now).replace(/ Destination="[^"]*"/, '')), 'destination'],
    ['another request in the response', around({}, { requestId: '_other' }), 'in_response_to'],
    ['another request in the assertion', around({ requestId: '_other' }, {}), 'in_response_to'],
    ['IdP-initiated', posted(signedAnswer(sides, now).replace(/ InResponseTo="[^"]*"/, '')), 'unsolicited'],
    ['another issuer of the response', around({}, { issuer: 'https://evil.test' }), 'issuer'],
    ['another issuer of the assertion', around({ issuer: 'https://evil.test' }, {}), 'issuer'],
    ['holder of key', around({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }, {}), 'confirmation'],
    ['a refusal', around({}, { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }), 'status'],
    ['version 1.1', posted(signedAnswer(sides, now).replace('Version="2.0"', 'Version="1.1"')), 'malformed'],
  ]
}

function personAttacks(sides: Sides, now: Date): Attack[] {
  const named = (nameId: string, nameIdFormat?: string) =>
    posted(signedAnswer(sides, now, { nameId, ...(nameIdFormat ? { nameIdFormat } : {}) }))
  // The signature still fits: what is signed is the canonical form, which has no comment and no CDATA.
  const whole = 'grace@acme.test.evil.test'
  const cut = (nameId: string) => posted(signedAnswer(sides, now, { nameId: whole }).replace(whole, nameId))
  return [
    ['an empty NameID', named('  '), 'name_id'],
    ['a transient NameID', named('_x1', 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'), 'name_id'],
    ['an element in the NameID', named('grace@acme.test<saml:b/>.evil.test'), 'name_id'],
    ['a comment in the NameID', cut('grace@acme.test<!---->.evil.test'), 'doctype'],
    ['a processing instruction in the NameID', cut('grace@acme.test<?x?>.evil.test'), 'doctype'],
    ['CDATA in the NameID', cut('<![CDATA[grace@acme.test]]>.evil.test'), 'doctype'],
  ]
}

function documentAttacks(sides: Sides, now: Date): Attack[] {
  const good = signedAnswer(sides, now)
  const lol = (level: number) => `<!ENTITY l${level} "${`&l${level - 1};`.repeat(10)}">`
  const laughs = `<!DOCTYPE r [<!ENTITY l0 "ha">${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(lol).join('')}]>`
  return [
    ['a DOCTYPE', posted(`<!DOCTYPE r>${good}`), 'doctype'],
    ['billion laughs', posted(laughs + good.replace('grace', '&l9;')), 'doctype'],
    ['a duplicate ID', posted(good.replace('ID="_response1"', 'ID="_assertion1"')), 'duplicate_id'],
    ['no base64', '<xml>', 'malformed'],
    ['no XML', posted('hello'), 'malformed'],
    ['another document', posted('<a/>'), 'malformed'],
    ['another message', posted(good.replaceAll('samlp:Response', 'samlp:ArtifactResponse')), 'malformed'],
    ['no UTF-8', Buffer.from([0x3c, 0xff, 0xfe]).toString('base64'), 'malformed'],
    ['huge', posted(good.replace('grace', 'g'.repeat(200_000))), 'too_large'],
    ['many elements', posted(good.replace('<samlp:Status>', `${'<a/>'.repeat(20_000)}<samlp:Status>`)), 'too_large'],
    [
      'deep',
      posted(good.replace('<samlp:Status>', `${'<a>'.repeat(500)}${'</a>'.repeat(500)}<samlp:Status>`)),
      'too_large',
    ],
    [
      'many XML attributes',
      posted(
        good.replace(
          '<samlp:Status>',
          `<samlp:Status ${Array.from({ length: 1000 }, (_, at) => `a${at}=""`).join(' ')}>`,
        ),
      ),
      'too_large',
    ],
  ]
}

// The eight of “On Breaking SAML” (USENIX Security 2012).
function wrappingAttacks(sides: Sides, now: Date): Attack[] {
  const signed = signedAnswer(sides, now)
  const signedResponse = sign(signed, 'Response', sides.keys)
  const wrap = (xml: string, change: (lab: Lab) => void) => posted(wrapped(xml, change))
  const rows: [string, string, (lab: Lab) => void][] = [
    ['XSW 1', signedResponse, ({ signature, original }) => signature.appendChild(original)],
    ['XSW 2', signedResponse, ({ root, original, signature }) => root.insertBefore(original, signature)],
    ['XSW 3', signed, ({ root, forged, assertion }) => root.insertBefore(forged, assertion)],
    [
      'XSW 4',
      signed,
      ({ root, forged, assertion }) => {
        root.insertBefore(forged, assertion)
        forged.appendChild(assertion)
      },
    ],
    [
      'XSW 5',
      signed,
      ({ root, forged, assertion, moveSignature }) => {
        moveSignature()
        root.insertBefore(forged, assertion)
      },
    ],
    [
      'XSW 6',
      signed,
      ({ root, forged, assertion, signature, moveSignature }) => {
        moveSignature()
        root.insertBefore(forged, assertion)
        signature.appendChild(assertion)
      },
    ],
    [
      'XSW 7',
      signed,
      ({ root, forged, assertion, inside }) => root.insertBefore(inside('samlp:Extensions', forged), assertion),
    ],
    [
      'XSW 8',
      signed,
      ({ root, forged, assertion, signature, moveSignature, inside }) => {
        moveSignature()
        root.insertBefore(forged, assertion)
        signature.appendChild(inside('ds:Object', assertion))
      },
    ],
  ]
  return [
    ...rows.map(([name, xml, change]): Attack => [name, wrap(xml, change), 'assertions']),
    [
      'a signature in an attribute',
      wrap(signed, (lab) => lab.value.appendChild(lab.signature.cloneNode(true))),
      'malformed',
    ],
  ]
}

interface Lab {
  root: Element
  original: Element
  assertion: Element
  forged: Element
  signature: Element
  value: Element
  moveSignature(): void
  inside(name: string, element: Element): Element
}

function wrapped(xml: string, change: (lab: Lab) => void): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml') as Document
  const one = (name: string, place: Document | Element = document) =>
    place.getElementsByTagNameNS('*', name)[0] as Element
  const [root, assertion] = [document.documentElement, one('Assertion')]
  const original = root.cloneNode(true) as Element
  const signature = Array.from(root.getElementsByTagNameNS('*', 'Signature'))[0] as Element
  const forged = assertion.cloneNode(true) as Element
  forged.setAttribute('ID', '_forged')
  one('NameID', forged).textContent = evil
  forged.removeChild(one('Signature', forged))
  const moveSignature = () => forged.insertBefore(signature, one('Subject', forged))
  const inside = (name: string, element: Element) => {
    const around = document.createElementNS('urn:wrap', name)
    around.appendChild(element)
    return around
  }
  if (signature.parentNode === root) root.setAttribute('ID', '_forgedResponse')
  if (signature.parentNode === root) renameIds(original)
  change({ root, original, assertion, forged, signature, value: one('AttributeValue'), moveSignature, inside })
  return document.toString()
}

// Of a copied response, only the ID that the signature refers to must stay.
function renameIds(original: Element): void {
  for (const element of Array.from(original.getElementsByTagNameNS('*', 'Assertion')))
    element.setAttribute('ID', '_copied')
}

async function encryptionAttacks(sides: Sides, stranger: Keys, now: Date): Promise<Attack[]> {
  const answer = answerTo(sides, now)
  const plain = assertionXml(answer)
  const good = sign(plain, 'Assertion', sides.keys)
  const { certificate } = sides.sp
  const hidden = async (content: string, ...algorithms: string[]) =>
    posted(responseXml(answer, await encrypt(content, certificate, ...algorithms)))
  const rsa15 = ['http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2001/04/xmlenc#rsa-1_5']
  return [
    ['encrypted and unsigned', await hidden(plain), 'encryption'],
    ['encrypted and signed by a stranger', await hidden(sign(plain, 'Assertion', stranger)), 'encryption'],
    ['encrypted for another key', posted(responseXml(answer, await encrypt(good, stranger.certificate))), 'encryption'],
    ['RSA 1.5', await hidden(good, ...rsa15), 'weak_algorithm'],
    ['Triple DES', await hidden(good, 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc'), 'weak_algorithm'],
    ['an encrypted DOCTYPE', await hidden(`<!DOCTYPE r>${good}`), 'encryption'],
    ['encrypted text', await hidden('no assertion'), 'encryption'],
    [
      'two encrypted assertions',
      posted(responseXml(answer, (await encrypt(good, certificate)) + (await encrypt(good, certificate)))),
      'assertions',
    ],
    [
      'an encrypted one beside a plain one',
      posted(responseXml(answer, good + (await encrypt(good, certificate)))),
      'assertions',
    ],
    [
      'encrypted signed only around',
      posted(sign(responseXml(answer, await encrypt(plain, certificate)), 'Response', sides.keys)),
      'encryption',
    ],
  ]
}
