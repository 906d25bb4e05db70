import type { Browser } from 'playwright-core'
import { findChromium, launch } from '../tests/e2e/chromium.ts'
import { makeDataDir, startProgram } from '../tests/program.ts'
import { below, type Figure, percentile } from './measure.ts'

const rounds = 5
const goalSeconds = 2.5
// Slow 4G as Chromium's developer tools have it: bytes a second, and milliseconds until the first of them.
const line = { offline: false, downloadThroughput: 180_000, uploadThroughput: 84_375, latency: 562.5 }
const timesSlower = 4

/**
 * When a first visit to the sign-in page shows something, and all of it, on slow 4G and a processor four times as slow.
 * BENCH_BESIDE is the address of another hub, of an earlier version for instance, which is visited in turns with this one.
 */
export async function measurePaint(): Promise<Figure[]> {
  const executablePath = findChromium()
  if (executablePath === undefined) return []
  const folder = makeDataDir()
  const program = await startProgram(folder.path, { GUILDHALL_LOG_LEVEL: 'warn' })
  const { browser, kill } = await launch(executablePath)
  const hubs = [program.url, ...(process.env.BENCH_BESIDE ? [process.env.BENCH_BESIDE] : [])]
  try {
    const visits = new Map(hubs.map((url) => [url, [] as Visit[]]))
    for (let round = 0; round < rounds; round++)
      for (const url of hubs) visits.get(url)?.push(await visit(browser, url))
    return hubs.flatMap((url) => figures(visits.get(url) ?? [], url === program.url ? 'this version' : 'the other hub'))
  } finally {
    await kill()
    program.child.kill('SIGTERM')
    await program.ended
    folder.remove()
  }
}

interface Visit {
  first: number
  form: number
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', line)
  await session.send('Emulation.setCPUThrottlingRate', { rate: timesSlower })
  await page.goto(`${url}/login`)
  await page.getByRole('button', { name: 'Sign in' }).last().waitFor()
  const form = await page.evaluate(() => performance.now())
  const first = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  )
  await context.close()
  return { first: first / 1000, form: form / 1000 }
}

function figures(visits: Visit[], of: string): Figure[] {
  const first = percentile(
    visits.map((each) => each.first),
    50,
  )
  const form = percentile(
    visits.map((each) => each.form),
    50,
  )
  const note = `median of ${rounds}; ${of}`
  return [
    { name: 'first paint of a first visit, slow 4G, 4 × slower processor', value: first, unit: 's', note },
    { name: 'the form of the same visit', value: form, unit: 's', note },
  ].map((figure, index) =>
    index === 0 && of === 'this version' ? { ...figure, verdict: below(first, goalSeconds) } : figure,
  )
}
