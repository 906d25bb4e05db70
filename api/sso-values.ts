/** What an identity provider sent about a person, by name. */
export type Attributes = Readonly<Record<string, unknown>>

const mostValues = 5000

/**
 * The texts at a path: an attribute of exactly this name, or else the parts between dots as steps into objects. A list
 * gives each of its values. Objects, and what is not there, give nothing.
 */
export function valuesAt(attributes: Attributes, path: string): string[] {
  const found = Object.hasOwn(attributes, path)
    ? attributes[path]
    : path.split('.').reduce<unknown>(stepInto, attributes)
  const values: unknown[] = Array.isArray(found) ? found.slice(0, mostValues) : [found]
  return values.flatMap((value) => (isPlain(value) ? [String(value)] : []))
}

function stepInto(from: unknown, name: string): unknown {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return undefined
  return (from as Record<string, unknown>)[name]
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** The rows of a mapping whose value is at a path: the server decides by them, and pages show them while they are edited. */
export function matchingRows<Row extends { value: string }>(
  attributes: Attributes,
  path: string,
  rows: readonly Row[],
): Row[] {
  const values = new Set(valuesAt(attributes, path))
  return rows.filter(({ value }) => values.has(value))
}
