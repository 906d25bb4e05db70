import { usePathName } from '../../address-state.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { GoTo } from '../../pieces/GoTo.tsx'

/** Settings without a section begin with the members. */
export function Page() {
  return <GoTo to={orgSettingsAddress(usePathName('org'))} />
}
