import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'

/** Leads an operator who is not a member to the recovery request among those of all organizations. */
export function ToOperators({ recoveryRequest }: { recoveryRequest: string }) {
  const navigate = useNavigate()
  useEffect(() => {
    void navigate({ to: '/operator/recovery', search: { recoveryRequest } as never, replace: true })
  }, [navigate, recoveryRequest])
  return <PageSkeleton />
}
