import { z } from 'zod'

/** What the audit log is filtered by, in the address. Dates are days in the time zone of the browser. */
export const AuditSearch = z.object({
  q: z.string(),
  author: z.string(),
  type: z.string(),
  token: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  exports: z.literal('true'),
  event: z.string(),
})
export type AuditFilter = Partial<Omit<z.output<typeof AuditSearch>, 'event' | 'exports'>>

/** The filters as the search text of the API. */
export function searchText({ q, author, type, token, from, to }: AuditFilter): string | undefined {
  const parts = [
    author && `author:${quoted(author)}`,
    type && `type:${quoted(type)}`,
    token && `token:${quoted(token)}`,
    from && `after:${startOfDay(from)}`,
    to && `before:${startOfDay(to, 1)}`,
    q,
  ].filter(Boolean)
  return parts.length === 0 ? undefined : parts.join(' ')
}

function quoted(value: string): string {
  const plain = value.replaceAll('"', '')
  return /\s/.test(plain) ? `"${plain}"` : plain
}

// A date without a time is read as UTC, one with a time as local.
function startOfDay(day: string, later = 0): string {
  const start = new Date(`${day}T00:00`)
  start.setDate(start.getDate() + later)
  return start.toISOString()
}

/** The time zone of the browser, as people name it: `Europe/Berlin (GMT+1)`. */
export function timeZone(): string {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions()
  const offset = new Intl.DateTimeFormat('en-US', { timeZoneName: 'shortOffset' })
    .formatToParts(new Date())
    .find(({ type }) => type === 'timeZoneName')?.value
  return zone === 'UTC' || offset === undefined ? zone : `${zone} (${offset})`
}
