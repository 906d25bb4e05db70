import { statfs } from 'node:fs/promises'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'

/** The disk space that no upload may use. Writers of what people send ask before and while they write. */
export interface DiskReserve {
  /** Throws `507` unless so many more bytes fit beside the reserve on the disk of a folder. */
  ask(folder: string, bytes: number): Promise<void>
  /** Whether they fit. */
  has(folder: string, bytes: number): Promise<boolean>
}

const usualShare = 0.02
const leastBytes = 1024 ** 3
const allowanceBytes = 1024 * 1024
const allowanceMs = 100
const warningMs = 60_000

/** A reserve of so many bytes on each disk; undefined: 2 % of the disk, at least 1 GiB. */
export function openDiskReserve(reserveBytes: number | undefined): DiskReserve {
  // Looked at again for each MiB that is written, by all writers together
  const allowances = new Map<string, { since: number; bytes: number }>()

  function isAllowed(folder: string, bytes: number): boolean {
    const allowance = allowances.get(folder)
    if (!allowance || performance.now() - allowance.since > allowanceMs || allowance.bytes < bytes) return false
    allowance.bytes -= bytes
    return true
  }

  async function has(folder: string, bytes: number): Promise<boolean> {
    if (isAllowed(folder, bytes)) return true
    const disk = await statfs(folder)
    const reserve = reserveBytes ?? Math.max(leastBytes, disk.blocks * disk.bsize * usualShare)
    const left = disk.bavail * disk.bsize - reserve - bytes
    allowances.set(folder, { since: performance.now(), bytes: Math.min(left, allowanceBytes) })
    return left >= 0
  }

  return {
    has,
    async ask(folder, bytes) {
      if (!(await has(folder, bytes))) throw outOfSpace()
    },
  }
}

let warnedAt = Number.NEGATIVE_INFINITY

/** The refusal of what no longer fits on the disk. The log says so at most once a minute. */
export function outOfSpace(): HubError {
  if (performance.now() - warnedAt > warningMs) {
    warnedAt = performance.now()
    log.warn('the disk is full or down to its reserve, so uploads are refused')
  }
  return new HubError(
    'InsufficientStorage',
    'The server is out of disk space. Nothing was saved. Tell a site admin, and try again later.',
  )
}
