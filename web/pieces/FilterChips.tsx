import { UnstyledButton } from '@mantine/core'
import classes from './FilterChips.module.css'

/** Something that a list can be narrowed to, and how many rows that leaves. */
export interface Chip<T extends string> {
  value: T
  label: string
  count?: number | undefined
  tone?: 'danger'
}

interface Chips<T extends string> {
  /** What is narrowed; read out by screen readers. */
  label: string
  chips: Chip<T>[]
  value: T
  onChange: (value: T) => void
}

/** Filters side by side with their counts, of which one is chosen. */
export function FilterChips<T extends string>({ label, chips, value, onChange }: Chips<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent, and these only narrow what is shown
    <div className={classes.chips} role="group" aria-label={label}>
      {chips.map((chip) => (
        <UnstyledButton
          key={chip.value}
          className={classes.chip}
          aria-pressed={chip.value === value}
          data-tone={chip.tone}
          onClick={() => onChange(chip.value)}
        >
          {chip.label}
          {chip.count !== undefined && <span className={classes.count}>{chip.count.toLocaleString('en')}</span>}
        </UnstyledButton>
      ))}
    </div>
  )
}
