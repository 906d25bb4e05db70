import { ExclusiveCanonicalization, findAncestorNs, SignedXml } from 'xml-crypto'
import type { Certificate } from './certificates.ts'
import type { Element } from './dom.ts'
import { SamlRefusal } from './refusal.ts'
import { allBelow, attributeOf, onlyChild } from './xml.ts'

const shortestSignature = 256

/**
 * The certificate whose key made the signature of an element; throws where none of them did. Looks at `SignedInfo` only,
 * so that what strangers send costs little: whether the rest is what was signed is for the library to say.
 */
export function signerOf(element: Element, certificates: Certificate[]): Certificate {
  const signature = onlyChild(element, 'signature', 'Signature')
  if (!signature) throw new SamlRefusal('unsigned')
  const [info, method, value] = partsOf(signature)
  const ancestorNamespaces = findAncestorNs(info.ownerDocument, "//*[local-name()='SignedInfo']")
  const canonical = new ExclusiveCanonicalization().process(info, { ancestorNamespaces })
  const signer = certificates.find(({ pem }) => proves(pem, method, canonical, value))
  if (!signer) throw new SamlRefusal('signature', 'No certificate matches')
  return signer
}

function partsOf(signature: Element): [info: Element, method: string, value: string] {
  const info = onlyChild(signature, 'signature', 'SignedInfo')
  const method = info && onlyChild(info, 'signature', 'SignatureMethod')
  const value = onlyChild(signature, 'signature', 'SignatureValue')?.textContent?.replace(/\s+/g, '') ?? ''
  if (!info || !method || value.length < shortestSignature) throw new SamlRefusal('signature', 'Not a whole signature')
  if (allBelow(info, 'Reference').length !== 1) throw new SamlRefusal('signature', 'More than one reference')
  return [info, attributeOf(method, 'Algorithm') ?? '', value]
}

function proves(pem: string, method: string, canonical: string, value: string): boolean {
  const Algorithm = new SignedXml().SignatureAlgorithms[method]
  if (!Algorithm) throw new SamlRefusal('weak_algorithm', method)
  return new Algorithm().verifySignature(canonical, pem, value)
}
