import { Navigate } from '@tanstack/react-router'

/** The operator's pages begin with how the installation is doing. */
export function Page() {
  return <Navigate to="/operator/health" replace />
}
