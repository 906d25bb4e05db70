import { GoTo } from '../../pieces/GoTo.tsx'

/** The operator's pages begin with how the installation is doing. */
export function Page() {
  return <GoTo to="/operator/health" />
}
