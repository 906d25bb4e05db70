import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import type { NameOf } from '../field-problems.ts'
import { ErrorNote } from './ErrorNote.tsx'
import { PageColumn } from './PageColumn.tsx'

/** What a form of `useApiForm` is for this piece. */
interface Sending {
  failures: number
  rest: unknown
  submit: (missing: Record<string, string>, nameOf: NameOf) => void
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
        const inputs = inputsOf(event.currentTarget)
        submit(missingIn(inputs), (field) => labelOf(inputs.find(({ name }) => name === field)))
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
  /** Whether the page looks for what is missing, and says so at the field. Else the browser does. */
  noValidate?: boolean
  children: ReactNode
}

/** A form that the page itself works on, or sends in several steps: Enter sends it. */
export function Form({ onSubmit, error, rest, label, noValidate = false, children }: PlainForm) {
  const form = useFocusOnWrong(error)
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        stop(event)
        onSubmit()
      }}
      aria-label={label}
      noValidate={noValidate}
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

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

function inputsOf(form: HTMLFormElement): Input[] {
  return [...form.elements].filter(isInput)
}

function missingIn(inputs: readonly Input[]): Record<string, string> {
  const empty = inputs.filter((input) => input.name !== '' && input.required && isEmpty(input))
  return Object.fromEntries(empty.map((input) => [input.name, missingWords(input)]))
}

const longestName = 40

// Without the asterisk of a required field, and unless it is a sentence of its own. Some have one for screen readers only.
function labelOf(input: Input | undefined): string | undefined {
  const words = [...(input?.labels?.[0]?.childNodes ?? [])].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
  const shown = words.map(({ textContent }) => textContent).join('')
  const name = (shown || (input?.ariaLabel ?? '')).trim()
  return name === '' || name.length > longestName ? undefined : name
}

function missingWords(input: Input): string {
  return isBox(input) ? 'Select this box to continue.' : `${labelOf(input) ?? 'This field'} is required.`
}

function isBox(input: Input): input is HTMLInputElement {
  return input instanceof HTMLInputElement && input.type === 'checkbox'
}

function isEmpty(input: Input): boolean {
  if (isBox(input)) return !input.checked
  return input.value.trim() === ''
}

function isInput(element: Element): element is Input {
  return [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement].some((kind) => element instanceof kind)
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
