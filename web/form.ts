import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { CallInput, ReplyOf } from '../api/index.ts'
import { atFields, beside, type NameOf, problemsAfter, problemsBefore } from './field-problems.ts'
import { type AnyOperation, useChange } from './hub.ts'

type Values = Record<string, unknown>

interface Asking<T extends Values, O extends AnyOperation> {
  /** What the fields hold at first. They are named like the fields of the request. */
  start: T
  /** The request for what was entered. */
  input: (values: T) => CallInput<O>
  /** What is wrong by rules that the schema of the request doesn’t have, while it is typed. */
  check?: (values: T) => Partial<Record<keyof T & string, string | undefined>>
  after?: (reply: ReplyOf<O>, input: CallInput<O>) => unknown
  /** Empties the form after it was sent. */
  clears?: boolean
  refused?: (error: unknown) => void
}

/**
 * A form that sends one operation. What was entered is checked by the schema of the operation before it is sent, and by
 * the server after. Both stand at their fields; `rest` is what of a refusal stands at none.
 */
export function useApiForm<T extends Values, O extends AnyOperation>(operation: O, asking: Asking<T, O>) {
  const { start, input, check = () => ({}), after, clears, refused } = asking
  const [failures, setFailures] = useState(0)
  const fields = Object.keys(start)
  const form = useForm<T>({ initialValues: start })
  const change = useChange(operation, after)
  const wrong = given(check(form.values))
  const fail = (errors: Record<string, string>) => {
    form.setErrors(errors)
    setFailures((before) => before + 1)
  }
  const send = (nameOf: NameOf) =>
    change.mutate(input(form.values), {
      onSuccess: () => clears && form.reset(),
      onError: (error) => {
        fail(atFields(problemsAfter(error), fields, nameOf))
        refused?.(error)
      },
    })
  return {
    values: form.values,
    set: (values: Partial<T>) => form.setValues(values),
    isChanged: JSON.stringify(form.values) !== JSON.stringify(start),
    /** What an input needs. */
    field: (name: keyof T & string) => propsOf(form.getInputProps(name), name, wrong[name]),
    /** The same for a check box. */
    tick: (name: keyof T & string) => propsOf(form.getInputProps(name, { type: 'checkbox' }), name, wrong[name]),
    /** What is wrong with a part of a field, such as `prices.team`. */
    problem: (path: string) => form.errors[path],
    rest: beside(change.error, fields),
    failures,
    change,
    submit: (missing: Record<string, string>, nameOf: NameOf) => {
      const refused = atFields(problemsBefore(operation.body, input(form.values).body), fields, nameOf)
      const errors = { ...refused, ...missing, ...wrong }
      if (Object.keys(errors).length > 0) fail(errors)
      else {
        form.clearErrors()
        send(nameOf)
      }
    },
  }
}

function propsOf<P extends { error?: unknown }>(props: P, name: string, wrong: string | undefined) {
  return { ...props, name, error: wrong ?? props.error }
}

function given(errors: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).filter(([, words]) => words !== undefined)) as Record<string, string>
}
