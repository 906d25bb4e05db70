import type { Element } from './dom.ts'
import { nameIdCharacters } from './limits.ts'
import { SamlRefusal } from './refusal.ts'
import { attributeOf, children, onlyChild, textOf } from './xml.ts'

const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

/** The NameID of a subject, whole. One that is empty, cut by an element, or new at each sign-in names no person. */
export function readNameId(subject: Element): { nameId: string; nameIdFormat: string | undefined } {
  const element = onlyChild(subject, 'assertion', 'NameID')
  const nameId = element && textOf(element)
  if (!element || !nameId?.trim()) throw new SamlRefusal('name_id', 'No NameID')
  if (nameId.length > nameIdCharacters || hasControlCharacters(nameId))
    throw new SamlRefusal('name_id', 'Odd characters')
  const nameIdFormat = attributeOf(element, 'Format')
  if (nameIdFormat === transient) throw new SamlRefusal('name_id', 'The format is transient')
  return { nameId, nameIdFormat }
}

function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

/** The attributes of a signed assertion by name, each with its values in order. Values that are not plain text are left out. */
export function readAttributes(assertion: Element): Record<string, string[]> {
  const found = new Map<string, string[]>()
  for (const statement of children(assertion, 'assertion', 'AttributeStatement'))
    for (const attribute of children(statement, 'assertion', 'Attribute')) {
      const name = attributeOf(attribute, 'Name')
      if (!name) continue
      const values = children(attribute, 'assertion', 'AttributeValue').map(textOf)
      const texts = values.filter((value): value is string => value !== undefined && value !== '')
      found.set(name, [...(found.get(name) ?? []), ...texts])
    }
  return Object.fromEntries(found)
}
