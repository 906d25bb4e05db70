import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'

const inMemory = '/dev/shm'
const leastFree = 6 * 2 ** 30

/** A folder in memory for what tests write, with the variable that has it used. */
export interface QuickFolder {
  variables: { TMPDIR: string }
  remove(): void
}

/**
 * Makes a folder that no disk waits for: a test ends its processes, never the machine. None where the memory is small, where
 * programs can't run from there, as in most containers, or where the tester has chosen a folder.
 */
export function makeQuickFolder(): QuickFolder | undefined {
  if (process.env.TMPDIR !== undefined || !canRunPrograms() || free() < leastFree) return undefined
  // Short: addresses of sockets have little room.
  const folder = mkdtempSync(`${inMemory}/gh-`)
  // Git and PostgreSQL run as other accounts.
  chmodSync(folder, 0o1777)
  return { variables: { TMPDIR: folder }, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function canRunPrograms(): boolean {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    const options = mounts.map((line) => line.split(' ')).findLast(([, place]) => place === inMemory)?.[3]
    return options !== undefined && !options.split(',').some((option) => option === 'noexec' || option === 'ro')
  } catch {
    return false
  }
}

function free(): number {
  const { bavail, bsize } = statfsSync(inMemory)
  return Math.min(bavail * bsize, freemem())
}
