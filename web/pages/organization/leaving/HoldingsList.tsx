import { Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { Category } from './holdings.tsx'
import classes from './Leaving.module.css'

// So many are shown without asking; more open by a click.
const shownAtOnce = 4

/** What a person has, or had, by type; long lists are closed at first. */
export function HoldingsList({ categories, open = false }: { categories: Category[]; open?: boolean }) {
  const some = categories.filter(({ things }) => things.length > 0)
  return (
    <>
      {some.map((category) => (
        <Kind key={category.key} category={category} open={open || category.things.length <= shownAtOnce} />
      ))}
      {some.length < categories.length && (
        <Text size="sm" c="dimmed" mt="sm">
          Nothing else found.
        </Text>
      )}
    </>
  )
}

function Kind({ category, open }: { category: Category; open: boolean }) {
  return (
    <details className={classes.kind} open={open}>
      <summary className={classes.title}>
        <IconChevronRight size={16} className={classes.arrow} aria-hidden />
        {category.title}
      </summary>
      {category.about && (
        <Text size="xs" c="dimmed" className={classes.about}>
          {category.about}
        </Text>
      )}
      <ul className={classes.things}>
        {category.things.map(({ key, name, beside }) => (
          <li key={key} className={classes.thing}>
            <span className={classes.name}>{name}</span>
            {beside !== undefined && <span className={classes.beside}>{beside}</span>}
          </li>
        ))}
      </ul>
    </details>
  )
}
