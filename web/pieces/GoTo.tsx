import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

/** In place of a page that is elsewhere: leads there, once, and leaves no step to come back to. */
export function GoTo({ to, next }: { to: string; next?: string }) {
  const navigate = useNavigate()
  useEffect(() => {
    void navigate({ to, search: (next === undefined ? {} : { next }) as never, replace: true })
  }, [navigate, to, next])
  return null
}
