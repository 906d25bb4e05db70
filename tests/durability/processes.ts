// What runs on this machine, as Linux tells it: for tests that kill and then look at what is left.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Kills a process with everything that it started, at one moment: none of them sees another go first. */
export function killTree(root: number): void {
  const stopped = new Set<number>()
  // Stopping one can come too late for what it has just started: look again until nothing is new
  for (let found = [root]; found.length > 0; found = descendantsOf(root).filter((pid) => !stopped.has(pid))) {
    for (const pid of found) {
      stopped.add(pid)
      signal(pid, 'SIGSTOP')
    }
  }
  for (const pid of stopped) signal(pid, 'SIGKILL')
}

/** Processes whose folder is inside of this one. */
export function processesIn(folder: string): number[] {
  return pids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false
    }
  })
}

function descendantsOf(root: number): number[] {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]))
  const found = new Set([root])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [pid, parent] of parents) if (parent !== undefined && found.has(parent)) found.add(pid)
  }
  return [...found]
}

function parentOf(pid: number): number | undefined {
  try {
    // The name in brackets may hold anything; what counts comes after it
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Boolean)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended already
  }
}
