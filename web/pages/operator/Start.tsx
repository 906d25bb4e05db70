import { GoTo } from '../../pieces/GoTo.tsx'

/** The pages of site admins begin with the health of the instance. */
export function Page() {
  return <GoTo to="/operator/health" />
}
