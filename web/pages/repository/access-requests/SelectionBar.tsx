import { Button, Checkbox, Text } from '@mantine/core'
import type { gated } from '../../../../api/index.ts'
import { counted } from '../../../words.ts'
import classes from './AccessRequests.module.css'
import { deedsIn } from './decisions.ts'
import type { Selection } from './selection.ts'

interface All {
  selection: Selection
  /** The people of the rows that were read. */
  shown: readonly string[]
  isSearch: boolean
}

/** Selects all requests that match. */
export function SelectAll({ selection, shown, isSearch }: All) {
  const { selected, isReading, toggleAll } = selection
  if (shown.length === 0) return null
  const isAll = shown.every((user) => selected.has(user))
  return (
    <Checkbox
      size="sm"
      my="sm"
      label={isSearch ? 'Select all that match' : 'Select all'}
      checked={isAll}
      indeterminate={!isAll && selected.size > 0}
      disabled={isReading}
      onChange={() => toggleAll(shown)}
    />
  )
}

interface Bar {
  state: gated.RequestState
  count: number
  onDecide: (status: gated.RequestState) => void
  onClear: () => void
}

/** What can be decided about the selected requests. */
export function SelectionBar({ state, count, onDecide, onClear }: Bar) {
  return (
    <section className={classes.bar} aria-label="Selected requests">
      <Text size="sm" fw={500} className={classes.words ?? ''} role="status">
        {counted(count, 'request')} selected
      </Text>
      {deedsIn[state].map(({ status, label, isDanger }) => (
        <Button
          key={status}
          size="xs"
          {...(isDanger ? { color: 'red', variant: 'outline' } : {})}
          onClick={() => onDecide(status)}
        >
          {label}…
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear selection
      </Button>
    </section>
  )
}
