import { Badge, Button, Menu, NavLink, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import { Fragment, type ReactNode, Suspense } from 'react'
import { usePathHere } from '../go.ts'
import { type Section, type SectionGroup, sectionAt, sectionPlace } from '../sections.ts'
import { ContextSwitcher } from './ContextSwitcher.tsx'
import { MenuItemTo, PlaceLink } from './LinkTo.tsx'
import classes from './SettingsLayout.module.css'
import { PageSkeleton } from './Skeletons.tsx'

interface Layout {
  /** Whose settings: the name of an organization, `you` or `operator`. */
  context: { kind: 'organization'; name: string } | { kind: 'you' } | { kind: 'operator' }
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
  const here = sectionAt(layout.groups, usePathHere())
  const org = layout.context.kind === 'organization' ? layout.context.name : ''
  const column = { groups: listed(layout, here), here, org, counts: layout.counts ?? {} }
  return (
    <div className={classes.layout}>
      <aside className={classes.side}>
        <ContextSwitcher context={layout.context} here={here} />
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
function listed({ groups, may }: Layout, here: Section | undefined): SectionGroup[] {
  const isListed = (section: Section) =>
    may === undefined || section.needs === undefined || may.includes(section.needs) || section === here
  return groups
    .map((group) => ({ ...group, sections: group.sections.filter(isListed) }))
    .filter(({ sections }) => sections.length > 0)
}

interface Column {
  groups: SectionGroup[]
  here: Section | undefined
  org: string
  counts: NonNullable<Layout['counts']>
}

function SectionColumn({ groups, here, org, counts }: Column) {
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
              key={section.to}
              className={classes.section ?? ''}
              label={section.label}
              leftSection={<section.icon size={17} stroke={1.6} aria-hidden />}
              rightSection={<Pending section={section} counts={counts} />}
              active={section === here}
              aria-current={section === here ? 'page' : undefined}
              renderRoot={(props) => <PlaceLink {...sectionPlace(section, org)} {...props} />}
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
    <Badge
      className={classes.count ?? ''}
      size="sm"
      variant="light"
      circle={count < 10}
      aria-label={`${count} pending`}
    >
      {count}
    </Badge>
  )
}

function SectionMenu({ groups, here, org, counts }: Column) {
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
              <MenuItemTo
                key={section.to}
                {...sectionPlace(section, org)}
                leftSection={<section.icon size={17} stroke={1.6} aria-hidden />}
                rightSection={<Pending section={section} counts={counts} />}
              >
                {section.label}
              </MenuItemTo>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
