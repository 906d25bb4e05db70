import xmlEncryption from 'xml-encryption'
import { checkSignatureAlgorithms } from './algorithms.ts'
import type { Element } from './dom.ts'
import { responseElements } from './limits.ts'
import { SamlRefusal } from './refusal.ts'
import type { ServiceProvider } from './service-provider.ts'
import { allBelow, is, parseMessage, withoutDeclaration } from './xml.ts'

/** An assertion to check, and its text where it was encrypted. */
interface Content {
  element: Element
  decrypted: string | undefined
}

/** The assertion of a response, decrypted where it is encrypted: by algorithms that were checked. */
export async function contentOf(assertion: Element, { privateKey }: ServiceProvider): Promise<Content> {
  if (is(assertion, 'assertion', 'Assertion')) return { element: assertion, decrypted: undefined }
  if (!is(assertion, 'assertion', 'EncryptedAssertion'))
    throw new SamlRefusal('malformed', 'Assertion of another namespace')
  const decrypted = withoutDeclaration(await decrypt(assertion.toString(), privateKey))
  const element = parseMessage(decrypted, responseElements)
  const inside = allBelow(element, 'Assertion').length + allBelow(element, 'EncryptedAssertion').length
  if (!is(element, 'assertion', 'Assertion') || inside > 0) throw new SamlRefusal('assertions', 'Encrypted')
  checkSignatureAlgorithms(element)
  checkSignaturePlaces(element, [element])
  return { element, decrypted }
}

/** Refuses a message with a signature that is not a child of one of these elements. */
export function checkSignaturePlaces(root: Element, places: Element[]): void {
  const odd = allBelow(root, 'Signature').some(({ parentNode }) => !places.some((place) => place === parentNode))
  if (odd) throw new SamlRefusal('malformed', 'A signature is inside another element')
}

function decrypt(xml: string, key: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // The algorithms were checked; the library would refuse CBC.
    const options = { key, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false }
    xmlEncryption.decrypt(xml, options, (error, text) =>
      error || !text ? reject(new SamlRefusal('encryption')) : resolve(text),
    )
  })
}
