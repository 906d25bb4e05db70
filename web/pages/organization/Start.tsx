import { Navigate } from '@tanstack/react-router'
import { usePathName } from '../../address-state.ts'
import { orgSettingsAddress } from '../../addresses.ts'

/** Settings without a section begin with the members. */
export function Page() {
  return <Navigate to={orgSettingsAddress(usePathName('org'))} replace />
}
