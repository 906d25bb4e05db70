import { HubError } from '../../kernel/errors.ts'

/** A `400` with the word of RFC 7644 §3.12 for what is wrong. */
export function badRequest(
  scimType: 'invalidFilter' | 'invalidSyntax' | 'invalidPath' | 'invalidValue' | 'noTarget' | 'mutability' | 'tooMany',
  detail: string,
): HubError {
  return new HubError('BadRequest', detail, { body: { scimType } })
}

/** A `409`: another resource has what has to be unique. */
export function notUnique(detail: string): HubError {
  return new HubError('Conflict', detail, { body: { scimType: 'uniqueness' } })
}

/** A `404`, in the words of SCIM. */
export function noResource(kind: 'User' | 'Group', id: string): HubError {
  return new HubError('NotFound', `${kind} ${id.slice(0, 100)} not found.`)
}
