import { z } from 'zod'
import { billing, OrgRole, orgRoles } from '../../../../api/index.ts'

/** What is to become of the people who are selected: a role, or no member any more. */
export const Change = z.enum(['remove', ...orgRoles])
export type Change = z.infer<typeof Change>

/** What the address of the page keeps. */
export const Search = z.object({ idle: billing.Idle, role: OrgRole, search: z.string(), change: Change })
export type Filter = Partial<Omit<z.output<typeof Search>, 'change'>>
