import { fieldTypes } from '../../../api/gated.ts'
import type { gated } from '../../../api/index.ts'

// What the card of a repository asks for. Anyone can write a card, so all of it is bounded: what is too much is left out.

type Form = gated.GateForm
type Field = gated.GateField

const mostFields = 50
const mostOptions = 300
// Cards use whole clauses of a license as the label of a checkbox
const longestLabel = 1000
const longestOption = 200
const longestHeading = 300
const longestPrompt = 100_000

/** The form of a gate, from the metadata of the card: with its fields in their order, which the stored card does not keep. */
export function formOf(card: Record<string, unknown>): Form {
  return {
    heading: textIn(card.extra_gated_heading, longestHeading),
    description: textIn(card.extra_gated_description, longestPrompt),
    prompt: textIn(card.extra_gated_prompt, longestPrompt),
    button: textIn(card.extra_gated_button_content, longestHeading),
    fields: fieldsIn(card.extra_gated_fields),
    euDisallowed: card.extra_gated_eu_disallowed === true,
  }
}

/** What people are asked where the card says nothing. */
export const emptyForm: Form = formOf({})

function textIn(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null
  return value.trim() === '' ? null : value.slice(0, most).toWellFormed()
}

function fieldsIn(value: unknown): Field[] {
  if (!isRecord(value)) return []
  const named = Object.entries(value).filter(([name]) => name.trim() !== '' && name.length <= longestLabel)
  return named.slice(0, mostFields).map(([name, said]) => fieldOf(name, said))
}

// `Label: type`, or `Label: { type, options }`. A type that is not known is asked for as text.
function fieldOf(name: string, said: unknown): Field {
  const { type: asked, options } = isRecord(said) ? said : { type: said, options: undefined }
  const type = fieldTypes.find((known) => known === asked) ?? 'text'
  return type === 'select' ? { name, type, options: optionsIn(options) } : { name, type }
}

function optionsIn(value: unknown): NonNullable<Field['options']> {
  const given: unknown[] = Array.isArray(value) ? value.slice(0, mostOptions) : []
  return given.flatMap((one) => {
    const { label, value: answer = label } = isRecord(one) ? one : { label: one }
    const [text, stored] = [plainText(label), plainText(answer)]
    return text === undefined || stored === undefined ? [] : [{ label: text, value: stored }]
  })
}

function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const text = String(value)
  return text === '' || text.length > longestOption ? undefined : text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
