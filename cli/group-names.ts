import * as api from '../api/index.ts'
import { Failure, UsageError } from './failure.ts'

/** A resource group, by id or name, and the role in it. */
export interface Assignment {
  group: string
  role: api.GroupRole
}

/** What is to become of a member's resource groups. */
export type GroupWish = 'keep' | 'none' | Assignment[]

/** Reads `id=role`; a name may hold `=` itself. */
export function roleAssignment(pair: string): Assignment {
  const at = pair.lastIndexOf('=')
  const role = api.GroupRole.safeParse(pair.slice(at + 1).trim())
  const group = pair.slice(0, Math.max(at, 0)).trim()
  if (group !== '' && role.success) return { group, role: role.data }
  throw new UsageError(
    `“${pair}” must be a resource group and a role, such as research=read. Roles are ${api.groupRoles.join(', ')}.`,
  )
}

/** Finds the ids of resource groups by their names; ids stay as they are, without a question to the server. */
export function groupFinder(client: api.Client, org: string): (idOrName: string) => Promise<string> {
  let names: Promise<Map<string, string>> | undefined
  return async (idOrName) => {
    if (/^[0-9a-f]{24}$/i.test(idOrName)) return idOrName.toLowerCase()
    names ??= namesToIds(client, org)
    const id = (await names).get(api.fold(idOrName))
    if (id !== undefined) return id
    throw new Failure(`${org} has no resource group “${idOrName}” that you can see.`, 404, 'NotFound')
  }
}

async function namesToIds(client: api.Client, org: string): Promise<Map<string, string>> {
  const groups = await client.call(api.groups.listGroups, { params: { org } })
  return new Map(groups.map(({ id, name }) => [api.fold(name), id]))
}
