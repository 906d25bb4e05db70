import { readFileSync } from 'node:fs'
import type { BenchWorld } from './world.ts'

// The kernel counts in hundredths of a second.
const tickMs = 10

function statOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may hold anything: state, parent, …
  return text
    .slice(text.lastIndexOf(')') + 4)
    .split(' ')
    .map(Number)
}

// User and system, and with `ended` those of children that are gone.
function ownMs(pid: number, ended = false): number {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = statOf(pid).slice(10, 14)
  return (user + system + (ended ? endedUser + endedSystem : 0)) * tickMs
}

function treeMs(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return ownMs(pid, true) + children.reduce((sum, child) => sum + ownMs(Number(child)), 0)
}

/** Milliseconds of processor time of the hub, of PostgreSQL with all its connections, and of the client. */
export type Spent = Record<'hub' | 'postgres' | 'client', number>

/** Counts what processor time is spent from now on; on Linux only. */
export async function countProcessor(hubPid: number, world: BenchWorld): Promise<() => Spent> {
  const [row] = await world.query<{ pid: number }>('select pg_backend_pid() pid')
  const [postmaster = 0] = statOf(row?.pid ?? 0)
  const read = (): Spent => {
    const { user, system } = process.cpuUsage()
    return { hub: ownMs(hubPid), postgres: treeMs(postmaster), client: (user + system) / 1000 }
  }
  const before = read()
  return () => {
    const after = read()
    return {
      hub: after.hub - before.hub,
      postgres: after.postgres - before.postgres,
      client: after.client - before.client,
    }
  }
}
