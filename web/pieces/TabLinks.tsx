import { Link } from '@tanstack/react-router'
import { usePagePath } from '../address-state.ts'
import classes from './TabLinks.module.css'

/** A page among others about the same thing. */
export interface TabLink {
  label: string
  to: string
  /** What the addresses begin with that belong to this tab too. */
  also?: string[]
}

/** The pages about one thing, side by side; the one that is open is underlined. */
export function TabLinks({ label, tabs }: { label: string; tabs: TabLink[] }) {
  const pathname = usePagePath()
  const here = `${decodeURI(pathname)}/`
  const isHere = ({ to, also }: TabLink) =>
    pathname === to || decodeURI(to) === decodeURI(pathname) || also?.some((start) => here.startsWith(decodeURI(start)))
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          to={tab.to}
          className={classes.tab}
          // By itself a link counts as current on every page below it.
          activeOptions={{ exact: true }}
          aria-current={isHere(tab) ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  )
}
