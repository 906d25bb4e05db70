import { closeSync, copyFileSync, existsSync, fchownSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import type { Account } from './embedded-binaries.ts'

const largestLog = 10 * 1024 * 1024

/**
 * Keeps PostgreSQL's log under about 20 MB: a full one replaces `postgres.log.1`. Cut in place, for the server goes
 * on appending to the same open file, also after the hub that opened it is gone.
 */
export function rotateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < largestLog) return
  try {
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
  } catch {
    // A disk too full for the copy is no reason to stop PostgreSQL; the next round tries again
  }
}

/** Opens the log for appending; like the cluster it belongs to the account, so that this user can start it too. */
export function openLog(file: string, account: Account): number {
  const descriptor = openSync(file, 'a', 0o600)
  if (account) fchownSync(descriptor, account.uid, account.gid)
  return descriptor
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
