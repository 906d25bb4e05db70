import type { ApiOperation, Schema } from './openapi.ts'

/** A field of a body or a reply, with where it lies: `groups[].role`. */
export interface Field {
  path: string
  type: string
  required: boolean
  description: string
}

const deepest = 6

/** The fields of a schema, those inside objects and lists too. */
export function fieldsOf(schema: Schema | undefined, at = '', depth = 0): Field[] {
  if (schema === undefined || depth > deepest) return []
  const inner = schema.items ? { schema: schema.items, at: `${at}[]` } : undefined
  if (inner) return fieldsOf(inner.schema, inner.at, depth + 1)
  const branches = branchesOf(schema).filter((branch) => branch !== schema)
  if (branches.length > 0) return unique(branches.flatMap((branch) => fieldsOf(branch, at, depth + 1)))
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = at === '' ? name : `${at}.${name}`
    const own = {
      path,
      type: typeOf(field),
      required: schema.required?.includes(name) ?? false,
      description: descriptionOf(field),
    }
    return [own, ...fieldsOf(field, path, depth + 1)]
  })
}

function unique(fields: Field[]): Field[] {
  return [...new Map(fields.map((field) => [field.path, field])).values()]
}

function branchesOf(schema: Schema): Schema[] {
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [schema]
  return branches.filter(({ type }) => type !== 'null')
}

function descriptionOf(schema: Schema): string {
  return schema.description ?? branchesOf(schema).find(({ description }) => description)?.description ?? ''
}

/** What may stand there, in a few words: `string`, `read | write`, `list of objects, or null`. */
export function typeOf(schema: Schema): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const nullable = types.includes('null') || (schema.anyOf ?? []).some(({ type }) => type === 'null')
  const words = [...new Set(branchesOf(schema).map(plainType))].join(' or ') || 'anything'
  return `${words}${nullable ? ', or null' : ''}${limits(schema)}`
}

function plainType(schema: Schema): string {
  if (schema.const !== undefined) return String(schema.const)
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.items) return `list of ${listed(plainType(schema.items))}`
  const type = (Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type) ?? 'anything'
  if (schema.format === 'date-time') return 'time'
  return type === 'string' && schema.format ? schema.format : type
}

function listed(type: string): string {
  return type === 'anything' || type.includes('|') ? type : `${type}s`
}

function limits({ default: standard, maxLength, minLength, minimum, maximum, maxItems }: Schema): string {
  const parts = [
    minLength !== undefined && minLength > 1 && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength.toLocaleString('en')} characters`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `from ${minimum.toLocaleString('en')}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum.toLocaleString('en')}`,
    maxItems !== undefined && `at most ${maxItems.toLocaleString('en')} entries`,
    standard !== undefined && `${String(standard)} unless given`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`
}

/** An example of what a schema takes: what is required, or else the first field. */
function exampleOf(schema: Schema, name = ''): unknown {
  const [branch = schema] = branchesOf(schema)
  if (branch !== schema) return exampleOf(branch, name)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.items) return [exampleOf(schema.items, name)]
  if (schema.properties) return exampleObject(schema)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return 1
  return exampleText(schema, name)
}

function exampleObject({ properties = {}, required = [] }: Schema): Record<string, unknown> {
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {}, name)]))
}

const examples: Record<string, string> = {
  email: 'ada@example.org',
  address: 'ada@example.org',
  username: 'ada',
  admin: 'ada',
  user: 'ada',
  password: '…',
  currentPassword: '…',
  newPassword: '…',
  code: '123456',
  id: '65f0c0ffee0123456789abcd',
}

function exampleText({ format }: Schema, name: string): string {
  if (format === 'date-time') return '2030-01-31T12:00:00.000Z'
  return examples[name] ?? 'text'
}

/** How to send an operation by hand. */
export function curlOf({ method, path, parameters, body, bodyRequired, caller }: ApiOperation): string {
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const search = query.map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, name)))}`)
  const place = path.replace('{repoType}', 'models')
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$HF_ENDPOINT${place}${search.length > 0 ? `?${search.join('&')}` : ''}"`,
    caller === 'token' && '-H "Authorization: Bearer $HF_TOKEN"',
    body && bodyRequired && "-H 'Content-Type: application/json'",
    body && bodyRequired && `-d '${JSON.stringify(exampleOf(body))}'`,
  ]
  return lines.filter(Boolean).join(' \\\n  ')
}
