import type { GroupRole } from '../../../api/index.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { isId } from '../../kernel/ids.ts'
import type { Tx } from '../../store/database.ts'
import { findGroups } from './store.ts'

/** A resource group that a reference found, and the role that the caller has in it. */
export interface FoundGroup {
  /** Which of the references found it, counted from 0. */
  index: number
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  callerRole: GroupRole | null
}

/** One group that a request names, with the role asked for; null takes the role away. */
export interface NamedGroup {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  callerRole: GroupRole | null
  role: GroupRole | null
}

/** What a request says about groups: the field it stands in, and its entries. */
export interface GroupsAsked {
  field: string
  entries: readonly { id: string; role: GroupRole | null }[]
}

/**
 * Looks up the groups that a request names. An unknown name, or a group named twice, is `400`; an id of no group here
 * is `403`, whether it is of another organization or of none.
 */
export async function resolveGroups(
  tx: Tx,
  orgId: string,
  callerId: string,
  { field, entries }: GroupsAsked,
): Promise<NamedGroup[]> {
  if (entries.length === 0) return []
  const references = entries.map(({ id }) => id)
  const found = new Map((await findGroups(tx, orgId, callerId, references)).map((group) => [group.index, group]))
  refuseUnknownNames(references, found, field)
  refuseTwice(references, found, field)
  return entries.map(({ id, role }, index) => {
    const group = found.get(index)
    if (group === undefined)
      throw new HubError('Forbidden', `No resource group with the ID ${id.toLowerCase()} in this organization.`)
    return { id: group.id, name: group.name, managedBy: group.managedBy, callerRole: group.callerRole, role }
  })
}

/** Looks up groups by id or name, each once for as many rows as name it; those that there are not are left out. */
export async function findGroupsNamed(
  tx: Tx,
  orgId: string,
  callerId: string,
  references: readonly string[],
): Promise<Map<string, FoundGroup>> {
  const distinct = [...new Set(references)]
  if (distinct.length === 0) return new Map()
  const found = await findGroups(tx, orgId, callerId, distinct)
  return new Map(found.map((group) => [distinct[group.index] ?? '', group]))
}

function refuseUnknownNames(references: string[], found: Map<number, FoundGroup>, field: string): void {
  const index = references.findIndex((reference, at) => !isId(reference) && !found.has(at))
  if (index >= 0)
    throw badField(`${field}[${index}].id`, 'is not the ID or name of a resource group in this organization.')
}

function refuseTwice(references: string[], found: Map<number, FoundGroup>, field: string): void {
  const seen = new Set<string>()
  for (const [index, reference] of references.entries()) {
    const id = found.get(index)?.id ?? reference.toLowerCase()
    if (seen.has(id)) throw badField(`${field}[${index}].id`, 'lists a resource group twice.')
    seen.add(id)
  }
}
