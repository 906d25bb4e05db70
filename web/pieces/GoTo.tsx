import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { nextHash } from '../next.ts'

/** In place of a page that is elsewhere: leads there, once, and leaves no step to come back to. */
export function GoTo({ to, next }: { to: string; next?: string }) {
  const navigate = useNavigate()
  useEffect(() => {
    void navigate({ to, hash: nextHash(next ?? '/'), replace: true })
  }, [navigate, to, next])
  return null
}
