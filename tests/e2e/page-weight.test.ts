import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'

const executablePath = findChromium()
const skip = executablePath === undefined ? 'no Chromium' : false

// In bytes; a page that shows tables brings the code for them.
const pages = [
  { path: '/login', as: undefined, mostBytes: 300_000, mostRequests: 15 },
  { path: '/', as: 'ada', mostBytes: 310_000, mostRequests: 25 },
  { path: '/acme/kite', as: 'ada', mostBytes: 310_000, mostRequests: 30 },
  { path: '/organizations/acme/settings/members', as: 'ada', mostBytes: 355_000, mostRequests: 40 },
]

let hub: TestHub
let started: StartedBrowser | undefined

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  const { people } = await hub.organization('acme', { ada: 'admin', ben: 'read' })
  await hub.request(people.ada as Person, 'POST', '/api/repos/create', { name: 'kite', organization: 'acme' })
  started = await launch(executablePath)
})
after(() => started?.kill())

// As the browser of a first visit counts it: the page, and everything it fetched, with headers.
async function weigh(page: Page, path: string): Promise<{ bytes: number; requests: number }> {
  await page.goto(hub.url + path)
  await page.getByRole('heading').first().waitFor()
  await page.waitForLoadState('networkidle')
  const sizes = await page.evaluate(() =>
    performance
      .getEntries()
      .map((entry) => (entry as unknown as { transferSize?: number }).transferSize)
      .filter((size) => size !== undefined),
  )
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), requests: sizes.length }
}

for (const { path, as, mostBytes, mostRequests } of pages) {
  test(`a first visit to ${path} fetches at most ${mostBytes / 1000} KB`, { skip }, async (t) => {
    const context = await (started as StartedBrowser).browser.newContext()
    const page = await context.newPage()
    if (as) await page.request.post(`${hub.url}/api/login`, { data: { username: as, password: testPassword } })
    const { bytes, requests } = await weigh(page, path)
    t.diagnostic(`${bytes} bytes in ${requests} requests`)
    assert.ok(bytes > 100_000 && bytes <= mostBytes, `${bytes} bytes`)
    assert.ok(requests <= mostRequests, `${requests} requests`)
    await context.close()
  })
}
