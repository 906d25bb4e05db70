import type { z } from 'zod'
import { ApiError, problemOf } from '../api/index.ts'

interface FieldProblem {
  field: string
  message: string
}

/** What is wrong by a schema, before anything is sent. */
export function problemsBefore(schema: z.ZodType | undefined, body: unknown): FieldProblem[] {
  const issues = schema?.safeParse(body ?? {}, { error: problemOf }).error?.issues ?? []
  return issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }))
}

/** What a refusal of the server says about fields. */
export function problemsAfter(error: unknown): FieldProblem[] {
  if (!(error instanceof ApiError)) return []
  if (error.code === 'NameTaken') return [{ field: theName, message: error.message }]
  return Array.isArray(error.body.fields) ? (error.body.fields as FieldProblem[]) : []
}

// The refusal of a name that is taken stands at whichever field a form has for it.
const theName = 'name or username'

// A field of a form may be a part of one of the request: `accounts` for `storageLimits.accounts`.
function placeOf({ field }: FieldProblem, fields: string[]): string | undefined {
  if (field === theName) return fields.find((name) => name === 'name' || name === 'username')
  const parts = field.split('.')
  const at = parts.findIndex((part) => fields.includes(part.replace(/\[.*/, '')))
  return at === -1 ? undefined : parts.slice(at).join('.')
}

/** What a form calls one of its fields: its label. */
export type NameOf = (field: string) => string | undefined

/** A sentence for each field of a form that has a problem; of several at one field, the first. */
export function atFields(problems: FieldProblem[], fields: string[], nameOf?: NameOf): Record<string, string> {
  const placed = problems.flatMap((problem) => {
    const place = placeOf(problem, fields)
    return place === undefined ? [] : [[place, asSentence(problem.message, nameOf?.(place))] as const]
  })
  return Object.fromEntries(placed.toReversed())
}

/** What the server says about one field, in a form that asks in several steps; undefined when it says nothing about it. */
export function problemAt(error: unknown, field: string, name?: string): string | undefined {
  return Object.values(atFields(problemsAfter(error), [field], () => name))[0]
}

/** A refusal, or nothing where each of its problems stands at one of these fields. */
export function beside(error: unknown, fields: string[]): unknown {
  const problems = problemsAfter(error)
  const isPlaced = problems.length > 0 && problems.every((problem) => placeOf(problem, fields) !== undefined)
  return isPlaced ? undefined : error
}

// The server names the field and goes on with a verb; at the field itself the sentence needs a beginning.
function asSentence(message: string, name = 'This'): string {
  const words = /^(is|isn’t|must|can|may|has|does|holds|needs|requires|belongs)(?= )/.test(message)
    ? `${name} ${message}`
    : message
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? '' : '.')
}
