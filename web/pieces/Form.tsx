import { PasswordInput, type PasswordInputProps, Stack } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { ErrorNote } from './ErrorNote.tsx'

interface Form {
  onSubmit: () => void
  /** The last refusal: the first field it names gets the focus. */
  error?: unknown
  /** What of the refusal stands at no field. */
  rest?: unknown
  label?: string
  children: ReactNode
}

/** A form: Enter sends it, and after a refusal the first wrong field has the focus. */
export function Form({ onSubmit, error, rest, label, children }: Form) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!error) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    form.current?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' })
  }, [error])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Forms inside dialogs are inside other forms as far as React is concerned.
    event.stopPropagation()
    onSubmit()
  }
  return (
    <form ref={form} onSubmit={submit} aria-label={label}>
      <Stack>
        <ErrorNote error={rest} />
        {children}
      </Stack>
    </form>
  )
}

/** A field for a password, with a button that shows what is typed. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      required
      maxLength={512}
      {...props}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
    />
  )
}

/** The same for a password that is being chosen. */
export function NewPasswordField(props: PasswordInputProps) {
  return (
    <PasswordField
      label="Password"
      description="At least 10 characters. A few words are easier to keep than signs."
      autoComplete="new-password"
      {...props}
    />
  )
}
