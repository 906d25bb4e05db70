import { Badge, Button, Menu, NavLink, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import { Fragment, type ReactNode, Suspense } from 'react'
import { usePagePath } from '../address-state.ts'
import type { Section, SectionGroup } from '../sections.ts'
import { ContextSwitcher } from './ContextSwitcher.tsx'
import classes from './SettingsLayout.module.css'
import { PageSkeleton } from './Skeletons.tsx'

interface Layout {
  /** Whose settings: the name of an organization, `you` or `operator`. */
  context: { kind: 'organization'; name: string } | { kind: 'you' } | { kind: 'operator' }
  /** The address that the sections lie below. */
  base: string
  groups: SectionGroup[]
  /** What the reader can do here; without it, all sections are listed. */
  may?: string[]
  /** How much is pending in a section. */
  counts?: Partial<Record<NonNullable<Section['counts']>, number>>
  /** What every page says first. */
  notice?: ReactNode
}

/** Settings: sections on the left with a switcher above them; on a narrow screen the column is a menu. */
export function SettingsLayout(layout: Layout) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  const groups = useListed(layout)
  const column = { groups, base: layout.base, counts: layout.counts ?? {} }
  return (
    <div className={classes.layout}>
      <aside className={classes.side}>
        <ContextSwitcher context={layout.context} />
        {narrow ? <SectionMenu {...column} /> : <SectionColumn {...column} />}
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

// The page that is open stays listed, so that an address someone was sent shows where it is.
function useListed({ groups, may, base }: Layout): SectionGroup[] {
  const isHere = useIsHere(base)
  const isListed = (section: Section) =>
    may === undefined || section.needs === undefined || may.includes(section.needs) || isHere(section)
  return groups
    .map((group) => ({ ...group, sections: group.sections.filter(isListed) }))
    .filter(({ sections }) => sections.length > 0)
}

function useIsHere(base: string) {
  const pathname = usePagePath()
  return ({ path }: Section) => pathname === `${base}/${path}` || pathname.startsWith(`${base}/${path}/`)
}

type Column = Pick<Layout, 'base' | 'groups'> & { counts: NonNullable<Layout['counts']> }

function SectionColumn({ base, groups, counts }: Column) {
  const isHere = useIsHere(base)
  return (
    <nav aria-label="Settings" className={classes.column}>
      {groups.map(({ title, sections }) => (
        <div key={title ?? ''}>
          {title && (
            <Text className={classes.heading ?? ''} size="xs" fw={600} c="dimmed" aria-hidden>
              {title}
            </Text>
          )}
          {sections.map((section) => (
            <NavLink
              key={section.path}
              className={classes.section ?? ''}
              label={section.label}
              leftSection={<section.icon size={17} stroke={1.6} aria-hidden />}
              rightSection={<Pending section={section} counts={counts} />}
              active={isHere(section)}
              aria-current={isHere(section) ? 'page' : undefined}
              renderRoot={(props) => <Link to={`${base}/${section.path}`} {...props} />}
            />
          ))}
        </div>
      ))}
    </nav>
  )
}

function Pending({ section, counts }: { section: Section; counts: Column['counts'] }) {
  const count = section.counts ? (counts[section.counts] ?? 0) : 0
  if (count === 0) return null
  return (
    <Badge size="sm" variant="light" circle={count < 10} aria-label={`${count} pending`}>
      {count}
    </Badge>
  )
}

function SectionMenu({ base, groups, counts }: Column) {
  const isHere = useIsHere(base)
  const here = groups.flatMap(({ sections }) => sections).find(isHere)
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button className={classes.menu ?? ''} rightSection={<IconChevronDown size={16} aria-hidden />}>
          {here?.label ?? 'Settings'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Settings" className={classes.dropdown ?? ''}>
        {groups.map(({ title, sections }) => (
          <Fragment key={title ?? ''}>
            {title && <Menu.Label>{title}</Menu.Label>}
            {sections.map((section) => (
              <Menu.Item
                key={section.path}
                leftSection={<section.icon size={17} stroke={1.6} aria-hidden />}
                rightSection={<Pending section={section} counts={counts} />}
                renderRoot={(props) => <Link to={`${base}/${section.path}`} {...props} />}
              >
                {section.label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
