const exact = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

/** A moment in the time zone of the browser, which is named: `March 4, 2026 at 10:12:33 AM GMT+1`. */
export function sayExactly(time: string): string {
  return exact.format(new Date(time))
}
