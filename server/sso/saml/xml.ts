import { DOMParser } from '@xmldom/xmldom'
import type { Element } from './dom.ts'
import { elementAttributes, elementDepth } from './limits.ts'
import { SamlRefusal } from './refusal.ts'

/** The namespaces of SAML messages. */
export const namespaces = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
} as const
type Namespace = keyof typeof namespaces

const elementNode = 1
const textNode = 3

/** Parses a message of elements and text only, by the parser that the signature is checked with. */
export function parseMessage(xml: string, elements: number): Element {
  const body = withoutDeclaration(xml)
  // In well-formed XML, these begin a DOCTYPE, a comment, CDATA, or a processing instruction, and nothing else.
  if (body.includes('<!') || body.includes('<?')) throw new SamlRefusal('doctype')
  return parse(body, elements)
}

/** A message without its XML declaration. */
export function withoutDeclaration(xml: string): string {
  return xml.replace(/^\uFEFF?\s*<\?xml [^?<>]*\?>/, '')
}

/** Parses metadata, in which comments are usual. A DOCTYPE is refused. */
export function parseMetadata(xml: string, elements: number): Element {
  if (/<!(?!--)/.test(xml)) throw new SamlRefusal('doctype')
  return parse(xml, elements)
}

function parse(xml: string, elements: number): Element {
  if (xml.split('<').length > 2 * elements) throw new SamlRefusal('too_large', `More than ${elements} elements`)
  const root = rootOf(xml)
  checkTree(root)
  return root
}

function rootOf(xml: string): Element {
  const fail = (problem: string) => {
    throw new SamlRefusal('malformed', problem.split('\n')[0])
  }
  try {
    const errorHandler = { warning: fail, error: fail, fatalError: fail }
    const root = new DOMParser({ locator: {}, errorHandler }).parseFromString(xml, 'text/xml')?.documentElement
    return root ?? fail('No element')
  } catch (error) {
    throw error instanceof SamlRefusal ? error : new SamlRefusal('malformed')
  }
}

// Level by level: a recursion could be made to overflow.
function checkTree(root: Element): void {
  const ids = new Set<string>()
  let level = [root]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > elementDepth) throw new SamlRefusal('too_large', `Deeper than ${elementDepth} elements`)
    for (const element of level) checkAttributes(element, ids)
    level = level.flatMap(elementsIn)
  }
}

function checkAttributes(element: Element, ids: Set<string>): void {
  if (element.attributes.length > elementAttributes) throw new SamlRefusal('too_large', 'Too many XML attributes')
  for (const attribute of Array.from(element.attributes)) {
    if (attribute.localName?.toLowerCase() !== 'id') continue
    if (ids.has(attribute.value)) throw new SamlRefusal('duplicate_id', attribute.value)
    ids.add(attribute.value)
  }
}

function elementsIn(element: Element): Element[] {
  return Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode)
}

/** The child elements of one name, in order. */
export function children(element: Element, namespace: Namespace, name: string): Element[] {
  return elementsIn(element).filter((child) => is(child, namespace, name))
}

/** The child element of a name where there is exactly one, or nothing where there is none. */
export function onlyChild(element: Element, namespace: Namespace, name: string): Element | undefined {
  const [first, ...more] = children(element, namespace, name)
  if (more.length > 0) throw new SamlRefusal('malformed', `More than one ${name}`)
  return first
}

/** Every element below of one local name, in any namespace. */
export function allBelow(element: Element, name: string): Element[] {
  return Array.from(element.getElementsByTagNameNS('*', name))
}

export function is(element: Element, namespace: Namespace, name: string): boolean {
  return element.localName === name && element.namespaceURI === namespaces[namespace]
}

/** The whole text of an element that contains only text; nothing for one that has elements in it. */
export function textOf(element: Element): string | undefined {
  const nodes = Array.from(element.childNodes)
  if (nodes.some(({ nodeType }) => nodeType !== textNode)) return undefined
  return nodes.map(({ nodeValue }) => nodeValue ?? '').join('')
}

/** The value of an attribute without a namespace, where it is not empty. */
export function attributeOf(element: Element, name: string): string | undefined {
  return element.getAttribute(name) || undefined
}
