import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const timeout = 120_000
const skip = executablePath === undefined ? 'no Chromium' : false

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  await hub.person('opal', { operator: true })
  await hub.organization('acme', { ada: 'admin' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

/** The link that an operator finds in the newest mail to an address, in the outbox. */
async function linkInOutbox(operator: Page, address: string, subject: RegExp): Promise<string> {
  await operator.goto(`${hub.url}/operator/outbox?search=${encodeURIComponent(address)}`)
  await operator.getByRole('button', { name: subject }).first().click()
  await operator.getByRole('dialog').getByRole('button', { name: 'Reveal link' }).click()
  const link = operator.getByRole('dialog').getByRole('link').first()
  return (await link.getAttribute('href')) ?? ''
}

test('a newcomer is invited, comes from the mail in the outbox through sign-up, and is seen as member', {
  skip,
  timeout,
}, async () => {
  const admin = await openPage(browser, hub.url, { as: 'ada' })
  await admin.goto(`${hub.url}/organizations/acme/settings/members`)
  await admin.getByRole('button', { name: 'Invite members' }).click()
  const form = admin.getByRole('form', { name: 'Invite members to acme' })
  await form.getByRole('textbox', { name: 'People' }).fill('kim@example.org')
  await form.getByLabel('Role').selectOption('contributor')
  await form.getByLabel('Message').fill('See you on Monday.')
  await form.getByRole('button', { name: 'Invite' }).click()
  await admin.getByText('Not sent: no mail server').waitFor()

  const operator = await openPage(browser, hub.url, { as: 'opal' })
  const page = await openPage(browser, hub.url)
  await page.goto(await linkInOutbox(operator, 'kim@example.org', /invited you to join acme/))
  await page.getByRole('heading', { name: 'Join acme' }).waitFor()
  await page.getByText('See you on Monday.').waitFor()
  await expectClean(page)

  await page.getByRole('link', { name: 'Create account' }).click()
  await page.getByLabel('Username').fill('kim')
  await page.getByText('Verified by your invitation').waitFor()
  await page.locator('input[type=password]').first().fill(testPassword)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Accept and join' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  await page.getByText('Welcome to acme.').waitFor()

  await admin.goto(`${hub.url}/organizations/acme/settings/members`)
  const row = admin.getByRole('row').filter({ hasText: 'kim' })
  await row.getByText('contributor').first().waitFor()
})

test('a link that works no more says no more than that', { skip, timeout }, async () => {
  const page = await openPage(browser, hub.url)
  await page.goto(`${hub.url}/join#token=inv_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`)
  await page
    .getByText(/not|no longer/i)
    .first()
    .waitFor()
  assert.equal(await page.getByRole('button', { name: /accept/i }).count(), 0)
})
