let offsetMs = 0

/** The time of this process. Everything that needs the time asks here, so that tests can move it. */
export function now(): Date {
  return new Date(Date.now() + offsetMs)
}

/** Moves the clock of this process by so many milliseconds from real time; 0 puts it right again. */
export function moveClock(ms: number): void {
  offsetMs = ms
}

/** A moment this many seconds from now; negative for the past. */
export function secondsFromNow(seconds: number): Date {
  return new Date(now().getTime() + seconds * 1000)
}

/** The day of a moment in UTC, such as `2026-03-01`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

/** A moment to the minute in UTC, for people: `2026-03-01 09:30 UTC`. */
export function minuteOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

export const minuteSeconds = 60
export const hourSeconds = 3600
export const daySeconds = 86_400

/** Tells the milliseconds since, by the clock that went further: one can be set back, one stands while the machine sleeps. */
export function startWatch(): () => number {
  const [wall, running] = [Date.now(), performance.now()]
  return () => Math.max(Date.now() - wall, performance.now() - running)
}
