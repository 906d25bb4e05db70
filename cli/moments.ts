import { UsageError } from './failure.ts'

const dayMs = 86_400_000

/** The moment that an option names: days from now (`90d`), or any date; a date alone is its beginning in UTC. */
export function momentOf(option: string, words: string): string {
  const days = /^(\d{1,5})d$/.exec(words)?.[1]
  const moment = days === undefined ? Date.parse(words) : Date.now() + Number(days) * dayMs
  if (Number.isNaN(moment))
    throw new UsageError(
      `${option} is “${words}”. It must be a date such as 2030-01-31, or a number of days such as 90d.`,
    )
  return new Date(moment).toISOString()
}
