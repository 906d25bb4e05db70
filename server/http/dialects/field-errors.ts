import type { z } from 'zod'
import { HubError } from '../../kernel/errors.ts'

const mostSentences = 20
const mostFields = 1000
const longestFieldName = 200

/** A `400` that names every field that is wrong. */
export function fieldErrors(error: z.ZodError): HubError {
  const fields = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        field: fieldName([...issue.path, key]),
        message: 'is not a known field',
      }))
    return [{ field: fieldName(issue.path), message: issue.message }]
  })
  const sentences = fields
    .slice(0, mostSentences)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  if (fields.length > mostSentences) sentences.push(`and ${fields.length - mostSentences} more`)
  return new HubError('BadRequest', sentences.join('; '), { body: { fields: fields.slice(0, mostFields) } })
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  )
  return name.slice(0, longestFieldName)
}
