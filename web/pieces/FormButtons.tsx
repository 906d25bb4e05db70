import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { longLabel } from './DangerButton.tsx'
import classes from './FormButtons.module.css'

interface FormButtonsProps {
  /** What the form does: the words of its button. */
  label: string
  busy: boolean
  onClose: () => void
  /** Whether there is nothing to send yet. */
  disabled?: boolean
  /** Whether what it does is hard to undo. */
  danger?: boolean
}

/** The buttons that a form in a dialog ends with: the way out, then what it is for. Narrow screens stack them. */
export function FormButtons({ label, busy, onClose, disabled = false, danger = false }: FormButtonsProps) {
  return (
    <DialogButtons onClose={onClose}>
      <Button
        type="submit"
        variant="filled"
        classNames={longLabel}
        {...(danger ? { color: 'red.9' } : {})}
        disabled={disabled}
        loading={busy}
      >
        {label}
      </Button>
    </DialogButtons>
  )
}

/** The same for a dialog whose last button is of another kind. */
export function DialogButtons({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <Group justify="flex-end" wrap="wrap-reverse" className={classes.buttons ?? ''}>
      <Button onClick={onClose}>Cancel</Button>
      {children}
    </Group>
  )
}
