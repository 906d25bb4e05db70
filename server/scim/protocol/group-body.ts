import { attributesOf, type PatchOperation, readOperations, textOf } from './body.ts'
import { badRequest } from './errors.ts'
import type { Filter } from './filter.ts'

const mostMembers = 20_000

/** What a request says about a group; what it does not name stays as it is. */
export interface GroupChange {
  displayName?: string
  externalId?: string | null
  members?: MembersChange
}

/** Who comes and who goes. With `replaces`, those who come are all that there are. */
export interface MembersChange {
  replaces: boolean
  plus: Set<string>
  minus: Set<string>
}

/** Reads a whole group; its members may be left out. */
export function readGroup(body: unknown): GroupChange {
  return changeOf(body, (change, value) => replaceWith(change, idsIn(value)))
}

/**
 * Reads a PATCH request on a group into what it changes all in all, without a look at who is in the group: its cost does
 * not grow with the group.
 */
export function readGroupPatch(body: unknown): GroupChange {
  const change: GroupChange = {}
  for (const operation of readOperations(body)) apply(change, operation)
  return change
}

function apply(change: GroupChange, operation: PatchOperation): void {
  const { op, path, value } = operation
  if (path === undefined) {
    if (op === 'remove') throw badRequest('noTarget', 'A remove operation needs a path.')
    const part = changeOf(value, (into, ids) => merge(into, op, idsIn(ids)), change.members)
    Object.assign(change, part)
    return
  }
  if (path.attribute === 'members') change.members = membersBy(change.members ?? unchanged(), operation)
  else if (op !== 'remove')
    Object.assign(
      change,
      changeOf({ [path.attribute]: value }, (into) => into),
    )
  else if (path.attribute === 'externalid') change.externalId = null
  else if (path.attribute === 'displayname') throw badRequest('mutability', 'displayName: can’t be removed.')
}

// `members[value eq "…"]` names whom it is about in the path.
function membersBy(change: MembersChange, { op, path, value }: PatchOperation): MembersChange {
  const named = path?.filter === undefined ? idsIn(value) : idsOfFilter(path.filter)
  const isAll = op === 'remove' && path?.filter === undefined && (value === undefined || value === null)
  return isAll ? replaceWith(change, []) : merge(change, op, named)
}

function merge(change: MembersChange, op: PatchOperation['op'], ids: readonly string[]): MembersChange {
  if (op === 'replace') return replaceWith(change, ids)
  const [into, outOf] = op === 'add' ? [change.plus, change.minus] : [change.minus, change.plus]
  for (const id of ids) {
    into.add(id)
    outOf.delete(id)
  }
  return change
}

function unchanged(): MembersChange {
  return { replaces: false, plus: new Set(), minus: new Set() }
}

function replaceWith(_change: MembersChange, ids: readonly string[]): MembersChange {
  return { replaces: true, plus: new Set(ids), minus: new Set() }
}

function changeOf(
  body: unknown,
  members: (change: MembersChange, value: unknown) => MembersChange,
  before?: MembersChange,
): GroupChange {
  const attributes = attributesOf(body)
  const displayName = textOf('displayName', attributes.get('displayname'))
  if (displayName === '') throw badRequest('invalidValue', 'displayName: must not be empty.')
  const change: GroupChange = {}
  if (displayName) change.displayName = displayName
  if (attributes.has('externalid')) change.externalId = textOf('externalId', attributes.get('externalid')) || null
  if (attributes.has('members')) change.members = members(before ?? unchanged(), attributes.get('members'))
  return change
}

function idsIn(value: unknown): string[] {
  if (value === undefined || value === null) return []
  const entries = Array.isArray(value) ? value : [value]
  if (entries.length > mostMembers)
    throw badRequest('tooMany', `members: can be at most ${mostMembers} in one request.`)
  return entries.map((entry) => idOf(typeof entry === 'string' ? entry : attributesOf(entry).get('value')))
}

function idOf(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return value.toLowerCase()
  throw badRequest('invalidValue', 'members: value must be the SCIM ID of a user.')
}

function idsOfFilter(filter: Filter): string[] {
  if (filter.op === 'or') return filter.filters.flatMap(idsOfFilter)
  if (filter.op === 'eq' && filter.path === 'members.value') return [idOf(filter.value)]
  throw badRequest('invalidFilter', 'path: members can only be found by value, with eq.')
}
