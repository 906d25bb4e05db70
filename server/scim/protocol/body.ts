import { scim } from '../../../api/index.ts'
import { badRequest } from './errors.ts'
import { type AttributePath, parsePath, plainPath } from './filter.ts'

// What identity providers send, which is not always what RFC 7644 says: operation names in any case, booleans as strings,
// and PATCH operations without a path, or with dots in the names of their fields. Unknown attributes are dropped.

const longestText = 256
const mostOperations = 1000

/** A resource, or a part of one, with its attributes by name in lower case. */
export type Attributes = ReadonlyMap<string, unknown>

/** What a request says about a user; what it does not name stays as it is. Null takes an attribute away. */
export interface UserChange {
  userName?: string
  externalId?: string | null
  email?: string
  givenName?: string
  familyName?: string
  active?: boolean
}

/** One operation of a PATCH request; without a path, `value` holds the attributes. */
export interface PatchOperation {
  op: 'add' | 'remove' | 'replace'
  path: AttributePath | undefined
  value: unknown
}

/** The attributes of an object, whatever the case of their names; throws `invalidSyntax` for anything else. */
export function attributesOf(value: unknown): Attributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('invalidSyntax', 'Send a JSON object.')
  return new Map(Object.entries(value).map(([name, each]) => [plainPath(name), each]))
}

/** Text of a bounded length; null and undefined stay what they are. */
export function textOf(name: string, value: unknown): string | undefined | null {
  if (value === undefined || value === null) return value
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  const isText = typeof value === 'string' && value.length <= longestText && !/[\u0000-\u001f\u007f]/.test(value)
  if (!isText) throw badRequest('invalidValue', `${name}: must be text of at most ${longestText} characters.`)
  return value.trim()
}

/** A boolean, which some identity providers write as a string. */
function booleanOf(name: string, value: unknown): boolean {
  const word = String(value).toLowerCase()
  if (word !== 'true' && word !== 'false') throw badRequest('invalidValue', `${name}: must be true or false.`)
  return word === 'true'
}

/** Reads a whole user; what is left out is not named in the answer. */
export function readUser(body: unknown): UserChange {
  return changeOf(attributesOf(body))
}

/** Reads a PATCH request on a user into what it changes all in all. */
export function readUserPatch(body: unknown): UserChange {
  return Object.assign({}, ...readOperations(body).map(changeBy))
}

function changeBy({ op, path, value }: PatchOperation): UserChange {
  if (path === undefined) {
    if (op === 'remove') throw badRequest('noTarget', 'A remove operation needs a path.')
    return changeOf(attributesOf(value))
  }
  if (op === 'remove') return path.attribute === 'externalid' ? { externalId: null } : {}
  const name = path.sub === undefined ? path.attribute : `${path.attribute}.${path.sub}`
  return changeOf(new Map([[name, value]]))
}

// Addresses that are not for work, names that are made from others, and what is not kept, are passed over.
function changeOf(attributes: Attributes): UserChange {
  const change: UserChange = {}
  for (const [name, value] of attributes) Object.assign(change, readers[name]?.(value))
  return change
}

const named = (key: 'userName' | 'givenName' | 'familyName', name: string) => (value: unknown) => {
  const text = textOf(name, value)
  return text ? { [key]: text } : {}
}

const readers: Readonly<Record<string, (value: unknown) => UserChange>> = {
  username: named('userName', 'userName'),
  externalid: (value) => ({ externalId: textOf('externalId', value) || null }),
  active: (value) => (value === null || value === undefined ? {} : { active: booleanOf('active', value) }),
  emails: (value) => emailIn(value),
  'emails.value': (value) => emailIn(value),
  name: (value) => (value === null || value === undefined ? {} : nameIn(value)),
  'name.givenname': named('givenName', 'name.givenName'),
  'name.familyname': named('familyName', 'name.familyName'),
}

function nameIn(value: unknown): UserChange {
  const parts = [...attributesOf(value)].map(([part, text]) => [`name.${part}`, text] as const)
  return changeOf(new Map(parts.filter(([name]) => name !== 'name.name')))
}

function emailIn(value: unknown): UserChange {
  const all = (Array.isArray(value) ? value : [value]).slice(0, 100)
  const entries = all.map((each) => (typeof each === 'string' ? new Map([['value', each]]) : attributesOf(each ?? {})))
  const isPrimary = (entry: Attributes) => String(entry.get('primary')).toLowerCase() === 'true'
  const isWork = (entry: Attributes) => String(entry.get('type')).toLowerCase() === 'work'
  const chosen = entries.find(isPrimary) ?? entries.find(isWork) ?? entries[0]
  const email = textOf('emails.value', chosen?.get('value'))
  return email ? { email } : {}
}

/** Reads the operations of a PATCH request. */
export function readOperations(body: unknown): PatchOperation[] {
  const operations = attributesOf(body).get('operations')
  if (!Array.isArray(operations) || operations.length === 0)
    throw badRequest('invalidSyntax', 'Operations: must be a list of PATCH operations.')
  if (operations.length > mostOperations)
    throw badRequest('tooMany', `Operations: can be at most ${mostOperations} in one request.`)
  return operations.map(operationOf)
}

function operationOf(given: unknown): PatchOperation {
  const fields = attributesOf(given)
  const op = String(fields.get('op')).toLowerCase()
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw badRequest('invalidSyntax', 'Operations: op must be add, remove, or replace.')
  const path = fields.get('path')
  if (path !== undefined && path !== null && typeof path !== 'string')
    throw badRequest('invalidPath', 'Operations: path must be text.')
  return { op, path: path ? parsePath(path) : undefined, value: fields.get('value') }
}

/** Which attributes are asked for: `attributes` names the only ones, `excludedAttributes` those that are left out. */
export interface Projection {
  attributes?: string | undefined
  excludedAttributes?: string | undefined
}

/** Whether an attribute is to be returned. */
export function returns({ attributes, excludedAttributes }: Projection, name: string): boolean {
  const lower = name.toLowerCase()
  const only = namesIn(attributes)
  if (only.length > 0) return only.some((each) => each === lower || each.startsWith(`${lower}.`))
  return !namesIn(excludedAttributes).includes(lower)
}

function namesIn(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => plainPath(name.trim()))
    .filter((name) => name !== '')
}

/** A resource with the attributes that are asked for; its schemas and its ID always stand in it. */
export function projected<Resource extends { schemas: string[]; id: string }>(
  resource: Resource,
  projection: Projection,
): Resource {
  const kept = Object.entries(resource).filter(
    ([name]) => name === 'schemas' || name === 'id' || returns(projection, name),
  )
  return Object.fromEntries(kept) as Resource
}

/** What a request says about the page that it wants. */
export type PageWish = Pick<scim.ScimListQuery, 'startIndex' | 'count'>

/** The page of a list that is asked for: a start below 1 is 1, and a negative count is 0 (RFC 7644 §3.4.2.4). */
export function pageAsked({ startIndex, count }: PageWish): {
  startIndex: number
  count: number
} {
  const most = scim.mostScimResults
  return {
    startIndex: Math.max(1, wholeNumber('startIndex', startIndex, 1)),
    count: Math.min(most, Math.max(0, wholeNumber('count', count, most))),
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise
  if (!/^-?\d{1,9}$/.test(text)) throw badRequest('invalidValue', `${name}: must be a whole number.`)
  return Number(text)
}

/** A page of a list. */
export function listOf<Resource>(Resources: Resource[], totalResults: number, startIndex: number) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  return { schemas, totalResults, itemsPerPage: Resources.length, startIndex, Resources }
}
