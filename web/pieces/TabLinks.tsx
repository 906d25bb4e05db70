import { useEffect, useRef } from 'react'
import type { Place } from '../places.ts'
import { PlaceLink } from './LinkTo.tsx'
import classes from './TabLinks.module.css'

/** A page among others about the same thing. */
export interface TabLink {
  label: string
  page: Place
  /** Whether it is open, or a page that belongs to it. */
  isHere: boolean
  /** How many are on it, or wait there. */
  count?: number
}

/** The pages about one thing, side by side; the one that is open is underlined. */
export function TabLinks({ label, tabs }: { label: string; tabs: TabLink[] }) {
  const bar = useRef<HTMLElement>(null)
  const here = tabs.findIndex(({ isHere }) => isHere)
  const counts = tabs.map(({ count }) => count).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a count that is read later makes a tab wider
  useEffect(() => {
    if (bar.current) showTab(bar.current, here)
  }, [here, counts])
  return (
    <nav aria-label={label} className={classes.tabs} ref={bar}>
      {tabs.map((tab) => (
        <PlaceLink key={tab.label} {...tab.page} className={classes.tab} aria-current={tab.isHere ? 'page' : undefined}>
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && (
            <>
              {' '}
              <span className={classes.count}>{tab.count.toLocaleString('en')}</span>
            </>
          )}
        </PlaceLink>
      ))}
    </nav>
  )
}

// On a narrow screen, the page that is open may be outside of what is seen of the bar.
function showTab(bar: HTMLElement, nth: number): void {
  const tab = bar.children[nth]?.getBoundingClientRect()
  if (tab === undefined) return
  const { left, right } = bar.getBoundingClientRect()
  if (tab.right > right) bar.scrollLeft += tab.right - right
  if (tab.left < left) bar.scrollLeft -= left - tab.left
}
