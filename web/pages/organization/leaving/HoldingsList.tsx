import { Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { listed } from '../../../words.ts'
import type { Category } from './holdings.tsx'
import classes from './Leaving.module.css'

// So many are shown without asking; more open by a click.
const shownAtOnce = 4

/** What someone has, or had: kind by kind, long ones closed unless all are to be open; kinds without anything in one line. */
export function HoldingsList({ categories, open = false }: { categories: Category[]; open?: boolean }) {
  const some = categories.filter(({ things }) => things.length > 0)
  const none = categories.filter(({ things }) => things.length === 0)
  return (
    <>
      {some.map((category) => (
        <Kind key={category.key} category={category} open={open || category.things.length <= shownAtOnce} />
      ))}
      {none.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          None: {listed(none.map((category) => category.none))}.
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
