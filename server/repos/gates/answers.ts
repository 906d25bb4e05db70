import type { gated } from '../../../api/index.ts'
import { badField } from '../../kernel/errors.ts'

/** The answer to one field, with the field as it was asked. */
export interface Answer {
  name: string
  type: gated.GateField['type']
  answer: string
}

const longestAnswer = 2000
/** What stands for a country that is not known, and for all of them where the instance has no database of them. */
const unknownLocation = 'unknown'

/**
 * The answers to a form, checked field by field; throws `400` for the first that is missing, wrong, or not asked for.
 * The country is that of the request.
 */
export function answersTo(
  fields: readonly gated.GateField[],
  given: Record<string, unknown>,
  country: string | undefined,
): Answer[] {
  const unasked = Object.keys(given).find((name) => !fields.some((field) => field.name === name))
  if (unasked !== undefined) throw badField('fields', `no question is named “${unasked.slice(0, 100)}”`)
  return fields.map((field) => {
    const { name, type } = field
    // Never what the person says
    const answer = type === 'ip_location' ? country || unknownLocation : checked(field, given[name])
    return { name, type, answer }
  })
}

function checked(field: gated.GateField, value: unknown): string {
  const problem = (words: string) => badField('fields', `“${field.name.slice(0, 100)}” ${words}`)
  if (field.type === 'checkbox') {
    if (isTicked(value)) return 'true'
    throw problem('must be checked')
  }
  if (value === undefined || value === null || value === '') throw problem('is required')
  if (typeof value !== 'string') throw problem('must be a string')
  const text = value.normalize('NFC').trim()
  if (text === '') throw problem('is required')
  if (text.length > longestAnswer) throw problem(`must have at most ${longestAnswer} characters`)
  const wrong = wrongIn(field, text)
  if (wrong !== undefined) throw problem(wrong)
  return field.type === 'country' ? text.toUpperCase() : text
}

// A form sends `on` for a box that has no value of its own.
function isTicked(value: unknown): boolean {
  return value === true || value === 'true' || value === 'on' || value === 'True' || value === '1'
}

function wrongIn({ type, options = [] }: gated.GateField, text: string): string | undefined {
  if (type === 'select' && !options.some(({ value }) => value === text)) return 'must be one of its options'
  if (type === 'date_picker' && !isDate(text)) return 'must be a date such as 2030-01-31'
  if (type === 'country' && !isCountry(text)) return 'must be the two letters of a country, such as CH'
  return undefined
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
// Regions of the same list that are no countries
const noCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ'])

// ISO 3166-1 alpha-2
function isCountry(text: string): boolean {
  const code = text.toUpperCase()
  return /^[A-Z]{2}$/.test(code) && !noCountries.has(code) && regions.of(code) !== undefined
}
