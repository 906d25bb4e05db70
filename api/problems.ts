import type { z } from 'zod'

/** A value that does not fit, before the sentence about it is written. */
type Issue = z.core.$ZodRawIssue

const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a date',
  null: 'null',
}

const formats: Record<string, string> = {
  email: 'an email address',
  url: 'a URL',
  date: 'a date such as 2030-01-31',
  datetime: 'a time such as 2030-01-31T12:00:00Z',
}

/** What is wrong with a value, to be said after the name of its field, where its schema does not say it itself. */
export function problemOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${oneOf(issue.values)}`
    case 'invalid_format':
      return formats[issue.format] === undefined ? 'has the wrong format' : `must be ${formats[issue.format]}`
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive ?? true)
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive ?? true)
    case 'invalid_union':
      return issue.input === undefined ? 'is required' : 'has the wrong format'
    default:
      return undefined
  }
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map(String)
  return shown.length === 1 ? String(shown[0]) : `one of ${shown.join(', ')}`
}

function tooSmall(origin: string, least: number, isInclusive: boolean): string {
  const unit = unitOf(origin, least)
  if (unit === undefined) return isInclusive ? `must be at least ${least}` : `must be more than ${least}`
  return least === 1 ? 'must not be empty' : `must ${verbOf(origin)} at least ${least} ${unit}`
}

function tooBig(origin: string, most: number, isInclusive: boolean): string {
  const unit = unitOf(origin, most)
  if (unit === undefined) return isInclusive ? `must be at most ${most}` : `must be less than ${most}`
  return `must ${verbOf(origin)} at most ${most} ${unit}`
}

// A text is so long, a list has so many.
function verbOf(origin: string): 'be' | 'have' {
  return origin === 'string' ? 'be' : 'have'
}

function unitOf(origin: string, count: number): string | undefined {
  const units: Record<string, string> = { string: 'character', array: 'item', set: 'item' }
  const unit = units[origin]
  return unit && (count === 1 ? unit : `${unit}s`)
}
