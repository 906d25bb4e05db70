import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, makeDataDir, spawnProgram, startProgram } from '../tests/program.ts'
import { below, type Figure, load, percentile } from './measure.ts'
import { residentMegabytes } from './processes.ts'

const starts = 7
const startGoalMs = 1500
const memoryGoal = 200
const requests = 10_000

/** From the command to the first answer with an existing data folder, and the memory after many requests. */
export async function measureStart(): Promise<Figure[]> {
  const folder = makeDataDir()
  const environment = { GUILDHALL_LOG_LEVEL: 'warn', NODE_COMPILE_CACHE: `${folder.path}/compile-cache` }
  try {
    const first = await startProgram(folder.path, environment)
    first.child.kill('SIGTERM')
    await first.ended
    const times: number[] = []
    for (let i = 0; i < starts; i++) times.push(await timeStart(folder.path, environment))
    return [startFigure(times), await memoryFigure(folder.path, environment)]
  } finally {
    folder.remove()
  }
}

async function timeStart(dataDir: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const port = await freePort()
  const begun = performance.now()
  const program = spawnProgram(dataDir, port, environment)
  while (!(await fetch(`${program.url}/api/instance`).catch(() => undefined))?.ok) await sleep(5)
  const taken = performance.now() - begun
  program.child.kill('SIGTERM')
  await program.ended
  return taken
}

function startFigure(times: number[]): Figure {
  const median = percentile(times, 50)
  const note = `median of ${starts}; slowest ${Math.round(Math.max(...times))} ms; with the embedded PostgreSQL`
  return {
    name: 'start to the first answered request',
    value: median,
    unit: 'ms',
    verdict: below(median, startGoalMs),
    note,
  }
}

async function memoryFigure(dataDir: string, environment: NodeJS.ProcessEnv): Promise<Figure> {
  const program = await startProgram(dataDir, environment)
  let sent = 0
  while (sent < requests) {
    const { perSecond } = await load({ url: `${program.url}/api/instance`, seconds: 2, connections: 32 })
    sent += perSecond * 2
  }
  const megabytes = residentMegabytes(program.child.pid ?? 0)
  program.child.kill('SIGTERM')
  await program.ended
  const note = `after ${Math.round(sent).toLocaleString('en')} requests; PostgreSQL's own memory not counted`
  return {
    name: 'resident memory of the hub',
    value: megabytes,
    unit: 'MB',
    verdict: below(megabytes, memoryGoal),
    note,
  }
}
