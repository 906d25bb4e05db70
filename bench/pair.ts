import { cpus } from 'node:os'
import { makeDataDir, type Program, startProgram } from '../tests/program.ts'
import { atLeast, type Figure, load } from './measure.ts'
import { benchSecret } from './processes.ts'
import type { BenchWorld } from './world.ts'

const connections = 32
const goal = 1.6
const rounds = 3

/** Two hubs on one PostgreSQL beside one of them: reads that ask for a decision, from clients on the same machine. */
export async function measurePair(
  hub: string,
  world: BenchWorld,
  connection: string,
  seconds: number,
): Promise<Figure[]> {
  const folder = makeDataDir()
  const second = await startSecond(folder.path, hub, connection)
  const rate = (url: string) => {
    const headers = { authorization: `Bearer ${world.memberToken}` }
    return load({ url: `${url}/api/whoami-v2`, seconds, connections, headers }).then(({ perSecond }) => perSecond)
  }
  try {
    await Promise.all([rate(hub), rate(second.url)])
    let [one, two] = [0, 0]
    // Taken in turns, so that what else the machine does falls on both.
    for (let round = 0; round < rounds; round++) {
      one += (await rate(hub)) / rounds
      const [first, other] = await Promise.all([rate(hub), rate(second.url)])
      two += (first + other) / rounds
    }
    return figuresOf(one, two)
  } finally {
    second.child.kill('SIGTERM')
    await second.ended
    folder.remove()
  }
}

/** A hub beside another one, on the same database. */
export function startSecond(
  folder: string,
  hub: string,
  connection: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Program> {
  return startProgram(folder, {
    GUILDHALL_PUBLIC_URL: hub,
    DATABASE_URL: connection,
    GUILDHALL_LOG_LEVEL: 'warn',
    GUILDHALL_SECRET_KEY: benchSecret,
    ...more,
  })
}

function figuresOf(one: number, two: number): Figure[] {
  const cores = cpus().length
  return [
    { name: 'whoami-v2 from one hub', value: one, unit: 'requests/s', note: `${connections} connections` },
    { name: 'whoami-v2 from two hubs', value: two, unit: 'requests/s', note: `${connections} connections to each` },
    {
      name: 'two hubs as a ratio to one',
      value: two / one,
      unit: '×',
      verdict: atLeast(two / one, goal),
      note: `${cores} cores for two hubs, two clients, and PostgreSQL`,
      why: 'One hub, its client, and PostgreSQL keep two cores busy already: a second hub finds a core only where there are more.',
    },
  ]
}
