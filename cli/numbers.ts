import { InvalidArgumentError } from 'commander'

/** Reads a whole number above 0. */
export function wholeNumber(words: string): number {
  const number = Number(words)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
