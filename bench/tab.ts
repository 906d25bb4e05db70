import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { below, type Figure, percentile } from './measure.ts'
import { tabMembers } from './world.ts'

const tabs = 5
const paintGoalMs = 1500
const browsers = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].filter(
  (path) => path !== undefined,
)
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What one more tab on the members page of a large organization costs, in a real Chromium. */
export async function measureTab(hub: string, session: string): Promise<Figure[]> {
  const executablePath = browsers.find((path) => existsSync(path))
  if (executablePath === undefined) return []
  const browser = await chromium.launch({ executablePath, args: quiet })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    await context.addCookies([{ name: 'guildhall_session', value: session, url: hub }])
    const paints: number[] = []
    const heaps: number[] = []
    for (let i = 0; i < tabs; i++) {
      const page = await context.newPage()
      await page.goto(`${hub}/organizations/tab/settings/members`)
      await page.getByText('person-1', { exact: false }).first().waitFor()
      const measured = await page.evaluate(readTab)
      paints.push(measured.paint)
      heaps.push(measured.heap)
    }
    return tabFigures(paints, heaps)
  } finally {
    await browser.close()
  }
}

// Runs in the page.
function readTab(): { paint: number; heap: number } {
  const [paint] = performance.getEntriesByName('first-contentful-paint')
  const { memory } = performance as unknown as { memory?: { usedJSHeapSize: number } }
  return { paint: paint?.startTime ?? Number.NaN, heap: (memory?.usedJSHeapSize ?? 0) / 1024 / 1024 }
}

function tabFigures(paints: number[], heaps: number[]): Figure[] {
  const paint = Math.max(...paints)
  const people = tabMembers.toLocaleString('en')
  return [
    {
      name: `first paint of the members page, ${people} people`,
      value: paint,
      unit: 'ms',
      verdict: below(paint, paintGoalMs),
      note: `slowest of ${tabs} tabs; median ${Math.round(percentile(paints, 50))} ms`,
    },
    { name: `JavaScript memory of one such tab`, value: percentile(heaps, 50), unit: 'MB', note: 'median' },
  ]
}
