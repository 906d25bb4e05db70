import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'

const executablePath = findChromium()
const skip = executablePath === undefined ? 'no Chromium' : false

// In bytes. What comes after the first page brings the code of its kind, once for all pages of that kind.
const pages = [
  { path: '/login', as: undefined, mostBytes: 300_000, mostRequests: 8 },
  { path: '/', as: 'ada', mostBytes: 300_000, mostRequests: 14 },
  { path: '/acme/kite', as: 'ada', mostBytes: 350_000, mostRequests: 21 },
  { path: '/organizations/acme/settings/members', as: 'ada', mostBytes: 415_000, mostRequests: 24 },
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

// As the browser of a first visit counts it: the page, and everything it fetched, with headers, once.
async function weigh(page: Page, path: string): Promise<{ bytes: number; requests: number }> {
  await page.goto(hub.url + path)
  await page.getByRole('heading').first().waitFor()
  await page.waitForLoadState('networkidle')
  const sizes = await page.evaluate(() =>
    performance
      .getEntries()
      .map((entry) => (entry as unknown as { transferSize?: number }).transferSize)
      .filter((size): size is number => Boolean(size)),
  )
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), requests: sizes.length }
}

for (const { path, as, mostBytes, mostRequests } of pages) {
  test(`a first visit to ${path} fetches at most ${mostBytes / 1000} KB in ${mostRequests} requests`, {
    skip,
  }, async (t) => {
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
