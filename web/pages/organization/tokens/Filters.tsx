import { Select } from '@mantine/core'
import { orgTokens } from '../../../../api/index.ts'
import { type Search, TokenSearch, type Watch } from './search.ts'

const states = [
  { value: 'all', label: 'Not revoked' },
  { value: 'active', label: 'Active' },
  { value: 'pending', label: 'Pending' },
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'blocked', label: 'Blocked by policy' },
  { value: 'revoked', label: 'Revoked' },
]

const watched: { value: Watch | 'any'; label: string }[] = [
  { value: 'any', label: 'Any use and access' },
  { value: 'unused', label: `Unused for ${orgTokens.unusedDays} days` },
  { value: 'neverRotated', label: 'Never rotated' },
  { value: 'expiresSoon', label: `Expires in ${orgTokens.expiresSoonDays} days` },
  { value: 'broad', label: 'Can change everything' },
]

interface Filters {
  search: Search
  onChange: (change: Search) => void
}

/** Narrows the tokens by their state, and by what an admin looks for. */
export function TokenFilters({ search: { state, watch }, onChange }: Filters) {
  return (
    <>
      <Select
        aria-label="State"
        w={180}
        data={states}
        value={state ?? 'all'}
        allowDeselect={false}
        onChange={(value) => onChange({ state: TokenSearch.shape.state.safeParse(value).data })}
      />
      <Select
        aria-label="Use and reach"
        w={210}
        data={watched}
        value={watch ?? 'any'}
        allowDeselect={false}
        onChange={(value) => onChange({ watch: TokenSearch.shape.watch.safeParse(value).data })}
      />
    </>
  )
}
