import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

const largestLog = 10 * 1024 * 1024

/**
 * Keeps PostgreSQL's log under about 20 MB: a full one replaces `postgres.log.1`. Cut in place, for the server goes
 * on appending to the same open file, also after the hub that opened it is gone.
 */
export function rotateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < largestLog) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
}

/** The size of the log in bytes, 0 without one: where the next message will begin. */
export function logSize(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}

/** The text written to the log since a position, at most 16 kB of it. */
export function readLogFrom(file: string, position: number): string {
  if (!existsSync(file)) return ''
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(16 * 1024)
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, position))
  } finally {
    closeSync(descriptor)
  }
}
