import { Navigate } from '@tanstack/react-router'

/** Settings without a section begin with the profile. */
export function Page() {
  return <Navigate to="/settings/profile" replace />
}
