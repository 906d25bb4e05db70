import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { ErrorNote } from './ErrorNote.tsx'
import { PageColumn } from './PageColumn.tsx'

/** What a form of `useApiForm` is for this piece. */
interface Sending {
  failures: number
  rest: unknown
  submit: (missing: Record<string, string>) => void
}

interface ApiForm {
  of: Sending
  label?: string
  children: ReactNode
}

/** A form that sends one operation: Enter sends it, and when something is wrong the first wrong field has the focus. */
export function ApiForm({ of: { failures, rest, submit }, label, children }: ApiForm) {
  const form = useFocusOnWrong(failures)
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        stop(event)
        submit(missingIn(event.currentTarget))
      }}
      aria-label={label}
      noValidate
    >
      <PageColumn>
        <ErrorNote error={rest} />
        {children}
      </PageColumn>
    </form>
  )
}

interface PlainForm {
  onSubmit: () => void
  /** The last refusal: the first field it names gets the focus. */
  error?: unknown
  /** What of the refusal stands at no field. */
  rest?: unknown
  label?: string
  children: ReactNode
}

/** A form that the page itself works on, or sends in several steps: Enter sends it. */
export function Form({ onSubmit, error, rest, label, children }: PlainForm) {
  const form = useFocusOnWrong(error)
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        stop(event)
        onSubmit()
      }}
      aria-label={label}
    >
      <PageColumn>
        <ErrorNote error={rest} />
        {children}
      </PageColumn>
    </form>
  )
}

function useFocusOnWrong(failure: unknown) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!failure) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    form.current?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' })
  }, [failure])
  return form
}

function stop(event: FormEvent): void {
  event.preventDefault()
  // Forms inside dialogs are inside other forms as far as React is concerned.
  event.stopPropagation()
}

function missingIn(form: HTMLFormElement): Record<string, string> {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement || isArea(element))
  const empty = inputs.filter(({ name, required, value }) => name !== '' && required && value.trim() === '')
  return Object.fromEntries(empty.map(({ name }) => [name, 'This field is required.']))
}

function isArea(element: Element): element is HTMLTextAreaElement {
  return element instanceof HTMLTextAreaElement
}

/** A field for a password, with a button that shows what is typed. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      required
      maxLength={512}
      {...props}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide password' }}
    />
  )
}

/** The same for a password that is being chosen. */
export function NewPasswordField(props: PasswordInputProps) {
  return <PasswordField label="Password" description="At least 10 characters." autoComplete="new-password" {...props} />
}
