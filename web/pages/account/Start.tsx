import { GoTo } from '../../pieces/GoTo.tsx'

/** Settings without a section begin with the profile. */
export function Page() {
  return <GoTo to="/settings/profile" />
}
