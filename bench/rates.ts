import { makeDataDir } from '../tests/program.ts'
import { below, type Figure, load, percentile } from './measure.ts'
import { startSecond } from './pair.ts'
import type { BenchWorld } from './world.ts'

const connections = 32
const rounds = 8
const goalPercent = 5

/** A hub that counts requests beside one with `GUILDHALL_RATE_LIMITS=off`, on one PostgreSQL and in turns. */
export async function measureRates(
  counting: string,
  world: BenchWorld,
  connection: string,
  seconds: number,
): Promise<Figure[]> {
  const folder = makeDataDir()
  const free = await startSecond(folder.path, counting, connection, {
    GUILDHALL_RATE_LIMITS: 'off',
    GUILDHALL_ANONYMOUS_RATE_LIMITS: 'off',
  })
  const headers = { authorization: `Bearer ${world.memberToken}` }
  const rate = async (url: string) => {
    const { perSecond, notOk } = await load({ url: `${url}/api/whoami-v2`, seconds, connections, headers })
    if (notOk > 0) throw new Error(`${notOk} requests were refused`)
    return perSecond
  }
  try {
    await expectCounting(counting, free.url, headers)
    for (const url of [counting, free.url]) await rate(url)
    const rates: Record<'counted' | 'uncounted', number[]> = { counted: [], uncounted: [] }
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 0) rates.counted.push(await rate(counting))
      rates.uncounted.push(await rate(free.url))
      if (round % 2 === 1) rates.counted.push(await rate(counting))
    }
    return [figureOf(percentile(rates.counted, 50), percentile(rates.uncounted, 50))]
  } finally {
    free.child.kill('SIGTERM')
    await free.ended
    folder.remove()
  }
}

async function expectCounting(counting: string, free: string, headers: Record<string, string>): Promise<void> {
  const counts = async (url: string) => (await fetch(`${url}/api/whoami-v2`, { headers })).headers.has('ratelimit')
  if (!(await counts(counting)) || (await counts(free))) throw new Error('the hubs do not count as they should')
}

function figureOf(counted: number, uncounted: number): Figure {
  const percent = (uncounted / counted - 1) * 100
  return {
    name: 'whoami-v2 with rate limits: time added',
    value: percent,
    unit: '%',
    verdict: below(percent, goalPercent),
    note: `medians of ${rounds} in turns: ${Math.round(counted).toLocaleString('en')} requests/s beside ${Math.round(uncounted).toLocaleString('en')} without, ${connections} connections`,
  }
}
