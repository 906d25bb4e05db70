import { z } from 'zod'
import { tokens } from '../../../../api/index.ts'
import type { AddressState } from '../../../address-state.ts'

/** What an admin looks for beside the state of a token. */
export const watches = ['unused', 'neverRotated', 'expiresSoon', 'broad'] as const
export type Watch = (typeof watches)[number]

/** What of the list is shown, in the address of the page. */
export const TokenSearch = z.object({
  search: z.string(),
  state: tokens.OrgTokenState,
  watch: z.enum(watches),
})
export type Search = AddressState<typeof TokenSearch>

/** The whole list. */
export const noFilter = { search: undefined, state: undefined, watch: undefined } as const

/** The same for the request. */
export function queryOf({ search, state, watch }: Search) {
  const words = search?.trim()
  return {
    search: words ? words : undefined,
    state,
    unused: watch === 'unused' ? ('true' as const) : undefined,
    neverRotated: watch === 'neverRotated' ? ('true' as const) : undefined,
    expiresSoon: watch === 'expiresSoon' ? ('true' as const) : undefined,
    broad: watch === 'broad' ? ('true' as const) : undefined,
  }
}
