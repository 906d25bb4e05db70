import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'

/** Leads an operator who is no member to the petition among those of all organizations. */
export function ToOperators({ petition }: { petition: string }) {
  const navigate = useNavigate()
  useEffect(() => {
    void navigate({ to: '/operator/recovery', search: { petition } as never, replace: true })
  }, [navigate, petition])
  return <PageSkeleton />
}
