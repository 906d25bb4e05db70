import { type NavigateOptions, useMatches, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { PageOf, Path, Place } from './places.ts'

interface How {
  /** What stands behind the `#`. */
  hash?: string
  replace?: boolean
  /** Leaves a page with changes without asking. */
  ignoreBlocker?: boolean
}

/** Leads to another page. */
export function useGo(): <const To extends Path | Place['to']>(page: PageOf<To>, how?: How) => Promise<void> {
  const router = useRouter()
  return useCallback((page, how) => router.navigate({ ...(page as NavigateOptions), ...how }), [router])
}

/**
 * The path of the page that is shown, as web/routes.tsx declares it: `/$name/$repo/tree/$rev/$`. While the next page is on its
 * way, the location is that one's already, and a page that took it for its own would lead back to itself.
 */
export function usePathHere(): string {
  return useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? '/' })
}
