import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { testPassword } from '../hub.ts'

const patienceMs = 30_000
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** A page in a browser profile of its own, signed in where a name is given. */
export async function openPage(
  browser: Browser,
  url: string,
  visit: { as?: string; width?: number } = {},
): Promise<Page> {
  const viewport = { width: visit.width ?? 1280, height: 900 }
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patienceMs)
  if (visit.as !== undefined) {
    const reply = await context.request.post(`${url}/api/login`, {
      data: { username: visit.as, password: testPassword },
    })
    assert.equal(reply.status(), 200)
  }
  return context.newPage()
}

/** Asserts that axe finds nothing serious on a page once it stands still, and that it is no wider than the window. */
export async function expectClean(page: Page): Promise<void> {
  // Half a megabyte to compile: once for each page, whatever its width.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe)
  let found = await seriousFaults(page)
  // What is drawn while something fades in has colors of its own
  for (let tries = 0; found.length > 0 && tries < 5; tries++) {
    await page.evaluate('new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }))')
    found = await seriousFaults(page)
  }
  assert.deepEqual(found, [])
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(Number(wide) <= 0, `${wide} px too wide`)
}

/** Asserts that a page is clean at both widths, and closes it. */
export async function expectCleanAndClose(page: Page): Promise<void> {
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 })
    await expectClean(page)
  }
  await page.context().close()
}

async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[]
  }
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

/** Chooses a radio whose state comes from the server: it is checked once the page has read the change back. */
export async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).click()
  await page.getByRole('radio', { name, checked: true }).waitFor()
}
