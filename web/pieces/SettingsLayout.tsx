import { Button, Menu, NavLink } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { type ReactNode, Suspense } from 'react'
import type { Section } from '../sections.ts'
import { ContextSwitcher } from './ContextSwitcher.tsx'
import classes from './SettingsLayout.module.css'
import { PageSkeleton } from './Skeletons.tsx'

interface Layout {
  /** Whose settings: the name of an organization, `you` or `operator`. */
  context: { kind: 'organization'; name: string } | { kind: 'you' } | { kind: 'operator' }
  /** The address that the sections lie below. */
  base: string
  sections: Section[]
  /** What every page says first. */
  notice?: ReactNode
}

/** Settings: sections on the left with a switcher above them; on a narrow screen the column is a menu. */
export function SettingsLayout(layout: Layout) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  return (
    <div className={classes.layout}>
      <aside className={classes.side}>
        <ContextSwitcher context={layout.context} />
        {narrow ? <SectionMenu {...layout} /> : <SectionColumn {...layout} />}
      </aside>
      <div className={classes.content}>
        {layout.notice}
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  )
}

function useIsHere(base: string) {
  const { pathname } = useLocation()
  return ({ path }: Section) => pathname === `${base}/${path}` || pathname.startsWith(`${base}/${path}/`)
}

function SectionColumn({ base, sections }: Layout) {
  const isHere = useIsHere(base)
  return (
    <nav aria-label="Settings">
      {sections.map((section) => (
        <NavLink
          key={section.path}
          className={classes.section ?? ''}
          label={section.label}
          active={isHere(section)}
          aria-current={isHere(section) ? 'page' : undefined}
          renderRoot={(props) => <Link to={`${base}/${section.path}`} {...props} />}
        />
      ))}
    </nav>
  )
}

function SectionMenu({ base, sections }: Layout) {
  const isHere = useIsHere(base)
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button className={classes.menu ?? ''} rightSection={<IconChevronDown size={16} aria-hidden />}>
          {sections.find(isHere)?.label ?? 'Settings'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Settings">
        {sections.map((section) => (
          <Menu.Item key={section.path} renderRoot={(props) => <Link to={`${base}/${section.path}`} {...props} />}>
            {section.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
