import { z } from 'zod'
import type { AddressState } from '../../../address-state.ts'

/** What of the access requests is shown, in the address of the page. Without a list: the pending ones. */
export const RequestSearch = z.object({
  list: z.enum(['accepted', 'rejected', 'organizations']),
  search: z.string(),
  user: z.string(),
})
export type Search = AddressState<typeof RequestSearch>
