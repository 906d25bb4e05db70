import { usePathName } from '../../../address-state.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import { GoTo } from '../../../pieces/GoTo.tsx'

/** The address in older emails leads to the requests. */
export function Page() {
  return <GoTo to={orgSettingsAddress(usePathName('org'), 'requests')} />
}
