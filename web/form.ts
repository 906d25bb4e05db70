import { useState } from 'react'
import { ApiError } from '../api/index.ts'

interface FieldProblem {
  field: string
  message: string
}

/** What the server says about one field of a form; undefined when it says nothing about it. */
export function problemAt(error: unknown, name: string): string | undefined {
  const found = problemsOf(error).find((problem) => isAt(problem, name))
  return found && asSentence(found.message)
}

/** The part of a refusal that no field of the form shows: undefined when every problem stands at its field. */
/** A refusal, or nothing where each of its problems stands at one of these fields. */
export function beside(error: unknown, names: string[]): unknown {
  const problems = problemsOf(error)
  const isPlaced = (problem: FieldProblem) => names.some((name) => isAt(problem, name))
  return problems.length > 0 && problems.every(isPlaced) ? undefined : error
}

function problemsOf(error: unknown): FieldProblem[] {
  if (!(error instanceof ApiError)) return []
  if (error.code === 'NameTaken') return [{ field: theName, message: error.message }]
  return Array.isArray(error.body.fields) ? (error.body.fields as FieldProblem[]) : []
}

// The refusal of a name that is taken stands at whichever field a form has for it.
const theName = 'name or username'

function isAt({ field }: FieldProblem, name: string): boolean {
  if (field === theName) return name === 'name' || name === 'username'
  return field === name || field.startsWith(`${name}.`)
}

// The server names the field and goes on with a verb; at the field itself the sentence needs a beginning.
function asSentence(message: string): string {
  const words = /^(is|must|can|may|has|does|holds|needs|requires|belongs)\b/.test(message) ? `this ${message}` : message
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? '' : '.')
}

interface FieldProps {
  name: string
  value: string
  error: string | undefined
  onChange: (event: { currentTarget: { value: string } }) => void
}

/** The fields of a form: what is typed, what an input needs, and what the last refusal says about each. */
export function useFields<T extends Record<string, string>>(start: T, error?: unknown) {
  const [values, setValues] = useState(start)
  const set = (change: Partial<T>) => setValues((before) => ({ ...before, ...change }))
  const field = (name: keyof T & string): FieldProps => ({
    name,
    value: values[name] as string,
    error: problemAt(error, name),
    onChange: (event) => set({ [name]: event.currentTarget.value } as unknown as Partial<T>),
  })
  return { values, set, field, rest: beside(error, Object.keys(start)) }
}
