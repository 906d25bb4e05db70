import { usePathName } from '../../../address-state.ts'
import { GoTo } from '../../../pieces/GoTo.tsx'

/** The address in older emails leads to the requests. */
export function Page() {
  return <GoTo to="/organizations/$org/settings/requests" params={{ org: usePathName('org') }} />
}
