import { z } from 'zod'
import { billing, GroupRole, members, OrgRole, orgRoles } from '../../../../api/index.ts'
import type { AddressState } from '../../../address-state.ts'

/** What becomes of the selected members: a role, a resource group, or no membership. */
const Change = z.enum(['remove', 'group', ...orgRoles])

/** What the address of the members page keeps. */
export const Search = z.object({
  search: z.string(),
  role: OrgRole,
  group: z.string(),
  idle: billing.Idle,
  twoFactor: members.TwoFactor,
  sort: members.MemberSort,
  member: z.string(),
  change: Change,
  into: z.string(),
  as: GroupRole,
})
export type Search = AddressState<typeof Search>

/** What narrows the list. */
export type Filter = Pick<Search, 'search' | 'role' | 'group' | 'idle' | 'twoFactor'>

/** Whether the list is narrowed by anything. */
export function isFiltered({ search, role, group, idle, twoFactor }: Filter): boolean {
  return [search, role, group, idle, twoFactor].some((value) => value !== undefined)
}

/** The order of the list: those inactive for the longest come first where one asks for the inactive. */
export function sortOf({ sort, idle }: Search): { by: string; descending: boolean; asked: members.MemberSort } {
  const asked = sort ?? (idle === undefined ? 'name' : 'lastActive')
  return { by: asked.replace('-', ''), descending: asked.startsWith('-'), asked }
}
