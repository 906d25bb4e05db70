import { usePathName } from '../../address-state.ts'
import { GoTo } from '../../pieces/GoTo.tsx'

/** Settings without a section begin with the members. */
export function Page() {
  return <GoTo to="/organizations/$org/settings/members" params={{ org: usePathName('org') }} />
}
