import type { Attack } from './attacks.ts'
import { answerTo, assertionXml, type Keys, posted, responseXml, type Sides, sign } from './idp.ts'

/** Responses by a stranger that are as costly to read as their size allows. */
export function heavyAttacks(sides: Sides, stranger: Keys, now: Date): Attack[] {
  const answer = answerTo(sides, now)
  const inAdvice = (content: string) =>
    assertionXml(answer).replace('<saml:AttributeStatement>', `<saml:Advice>${content}</saml:Advice>$&`)
  const groups = many(900, (at) => `group-with-a-long-name-${at}`)
  const signed = (assertion: string) => posted(responseXml(answer, sign(assertion, 'Assertion', stranger)))
  return [
    ['many groups', signed(assertionXml({ ...answer, attributes: { groups } })), 'signature'],
    [
      'many XML attributes on many elements',
      signed(inAdvice(many(900, () => `<b ${attributes}/>`).join(''))),
      'signature',
    ],
    ['many namespaces', signed(inAdvice(nested)), 'signature'],
    ['many escapes', signed(assertionXml({ ...answer, nameId: '&gt;&amp;&#13;'.repeat(7000) })), 'signature'],
  ]
}

function many(count: number, make: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

const attributes = many(20, (at) => `a${at}=""`).join(' ')
const depth = 30
const opening = many(
  depth,
  (at) => `<x${at}:a xmlns:x${at}="urn:${at}" ${many(37, (of) => `xmlns:y${at}z${of}="urn:uvw"`).join(' ')}>`,
)
const closing = many(depth, (at) => `</x${depth - 1 - at}:a>`)
const nested = [...opening, ...many(1000, (at) => `<q${at}:b xmlns:q${at}="w"/>`), ...closing].join('')
