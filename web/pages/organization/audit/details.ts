import { organizationSettings } from '../../../../api/index.ts'
import { sayExactly } from '../../../pieces/moments.ts'

export type Fields = Record<string, unknown>

/** The fields that differ between two states; where one side is missing, all of the other. */
export function changedFields(before: unknown, after: unknown): [string, unknown, unknown][] {
  if (before === undefined && after === undefined) return []
  if (!isFields(before ?? {}) || !isFields(after ?? {})) return [['change', before, after]]
  const [from, to] = [(before ?? {}) as Fields, (after ?? {}) as Fields]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .map((name) => [name, from[name], to[name]])
}

/** Whether a value has fields of its own. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const labels: Record<string, string> = {
  require2fa: 'Require 2FA',
  require2faFrom: '2FA required from',
  sha: 'SHA',
  last4: 'Last 4 characters',
}

/** A field of an event as people read it: `memberManagement` is “Member management”. */
export function labelOf(field: string): string {
  if (labels[field]) return labels[field]
  const known = (organizationSettings as Record<string, { words: string }>)[field]?.words
  const words =
    known ??
    field
      .replace(/_/g, ' ')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .trim()
  const sentence = words.charAt(0).toUpperCase() + words.slice(1)
  return sentence.replace(/\bids?\b/gi, (id) => (id.length === 2 ? 'ID' : 'IDs'))
}

/** A value of an event in words, an empty text for none; undefined where it is a structure. */
export function wordsOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'string') return stringWords(value)
  if (typeof value === 'number') return value.toLocaleString('en-US')
  if (Array.isArray(value)) return listWords(value)
  return nameIn(value)
}

function stringWords(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value)) return sayExactly(value)
  return value === 'no_access' ? 'no access' : value
}

function listWords(values: unknown[]): string | undefined {
  const words = values.map(wordsOf)
  return words.every((word) => word !== undefined) ? words.join(', ') : undefined
}

/** The name of a person, a group, or a repository that an event keeps with its ID; with its role, if it has one. */
function nameIn(value: unknown): string | undefined {
  if (!isFields(value) || Object.keys(value).length > 3) return undefined
  const name = value.user ?? value.name
  if (typeof name !== 'string') return undefined
  return typeof value.role === 'string' ? `${name} (${stringWords(value.role)})` : name
}
