import { now } from '../kernel/clock.ts'

/** Stands in the values of a short read for the time at which it is sent. */
export const whenSent: unique symbol = Symbol('the time at which the statement is sent')

/** A time, or the one at which it is asked. */
export type Moment = Date | typeof whenSent

/** A statement as it is asked, with {@link whenSent} where its values are the time. */
export interface Question {
  text: string
  values: readonly unknown[]
  name?: string
}

/** Values as they are sent now. */
export function valuesNow(values: readonly unknown[]): unknown[] {
  return values.map((value) => (value === whenSent ? now() : value))
}

/**
 * What tells questions apart: the same text with the same values, each with its type and length; `undefined` for one with a
 * value of another kind, which is like no other question.
 */
export function identityOf({ name, text, values }: Question): string | undefined {
  let identity = name ?? text
  for (const value of values) {
    const part = partOf(value)
    if (part === undefined) return undefined
    identity += part
  }
  return identity
}

function partOf(value: unknown): string | undefined {
  if (typeof value === 'string') return `\n${value.length}'${value}`
  if (value === whenSent) return '\nt'
  if (Buffer.isBuffer(value)) return `\n${value.length}b${value.toString('latin1')}`
  if (value === null || value === undefined) return '\nn'
  if (typeof value === 'boolean' || typeof value === 'number') return `\n${typeof value} ${value}`
  return value instanceof Date ? `\nd${value.getTime()}` : undefined
}
