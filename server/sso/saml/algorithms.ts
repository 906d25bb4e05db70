import type { Element } from './dom.ts'
import { SamlRefusal } from './refusal.ts'
import { allBelow, attributeOf, is } from './xml.ts'

const signatureMethods = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
])
const digestMethods = new Set(['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'])
// Without comments: what is signed and what is read must be the same text.
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const transforms = new Set(['http://www.w3.org/2000/09/xmldsig#enveloped-signature', exclusive])
const contentMethods = new Set([
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  // Microsoft Entra ID offers nothing else. What is decrypted must still be signed, and every failure looks the same.
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
])
const keyMethods = new Set([
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2009/xmlenc11#rsa-oaep',
])

/** Refuses a message in which any signature uses SHA-1, HMAC, or a transform that SAML does not have. */
export function checkSignatureAlgorithms(root: Element): void {
  for (const signature of allBelow(root, 'Signature')) {
    allow(signature, 'SignatureMethod', signatureMethods)
    allow(signature, 'DigestMethod', digestMethods)
    allow(signature, 'CanonicalizationMethod', new Set([exclusive]))
    allow(signature, 'Transform', transforms)
  }
}

/** Refuses an encrypted assertion whose key or content is encrypted with RSA 1.5, Triple DES, or anything unknown. */
export function checkEncryptionAlgorithms(encrypted: Element): void {
  for (const method of allBelow(encrypted, 'EncryptionMethod')) {
    const forKey = is(method.parentNode as Element, 'encryption', 'EncryptedKey')
    allowed(method, forKey ? keyMethods : contentMethods)
  }
}

function allow(signature: Element, name: string, known: Set<string>): void {
  for (const element of allBelow(signature, name)) allowed(element, known)
}

function allowed(element: Element, known: Set<string>): void {
  const algorithm = attributeOf(element, 'Algorithm') ?? 'none'
  if (!known.has(algorithm)) throw new SamlRefusal('weak_algorithm', algorithm)
}
