import { InvalidArgumentError } from 'commander'

/** Reads a whole number above 0. */
export function wholeNumber(words: string): number {
  const number = Number(words)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

/** Reads an amount of money, such as 9 or 9.50, as hundredths. */
export function hundredths(words: string): number {
  if (/^\d{1,7}(\.\d{1,2})?$/.test(words)) return Math.round(Number(words) * 100)
  throw new InvalidArgumentError('It must be an amount such as 9 or 9.50.')
}

/** Hundredths of a currency in words. */
export function amountOf(hundredths: number, currency: string): string {
  return `${(hundredths / 100).toFixed(2)} ${currency}`
}
