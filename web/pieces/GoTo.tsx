import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useGo } from '../go.ts'
import { nextHash } from '../next.ts'
import type { PageOf, Path, PathName, Place } from '../places.ts'

/** In place of a page that is elsewhere: leads there, once, and leaves no step to come back to. */
export function GoTo<const To extends Path | Place['to']>({ next = '/', ...page }: PageOf<To> & { next?: string }) {
  const go = useGo()
  const [first] = useState({ page: page as unknown as Place, hash: nextHash(next) })
  useEffect(() => void go(first.page, { hash: first.hash, replace: true }), [go, first])
  return null
}

/** In place of a page whose address has a former name, or one spelled otherwise: the same page with the name of today. */
export function GoToRenamed({ names }: { names: Partial<Record<PathName, string>> }) {
  const navigate = useNavigate()
  const [first] = useState(names)
  useEffect(() => {
    const params = ((before: object) => ({ ...before, ...first })) as never
    void navigate({ to: '.', params, search: true, hash: true, replace: true })
  }, [navigate, first])
  return null
}
