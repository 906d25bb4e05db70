import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
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

async function linkMailedTo(address: string, path: string): Promise<string> {
  const mails = (await hub.mails()).filter(({ recipient }) => recipient === address)
  const found = mails
    .flatMap(({ text_body }) => text_body.match(/https?:\/\/\S+/g) ?? [])
    .find((link) => link.includes(path))
  assert.ok(found, `a mail with ${path}`)
  return found
}

test('a newcomer comes from the mail through sign-up into the organization', { skip, timeout }, async () => {
  const ada = await hub.person('ada')
  const invited = { email: 'kim@example.org', role: 'contributor', message: 'See you on Monday.' }
  const made = await hub.request(ada, 'POST', '/api/organizations/acme/invitations', invited)
  assert.equal(made.status, 201, JSON.stringify(made.body))

  const page = await openPage(browser, hub.url)
  await page.goto(await linkMailedTo('kim@example.org', '/join/'))
  await page.getByRole('heading', { name: 'Join acme' }).waitFor()
  await page.getByText('See you on Monday.').waitFor()
  await expectClean(page)

  await page.getByRole('link', { name: 'Make an account' }).click()
  await page.getByLabel('User name').fill('kim')
  await page.getByLabel('E-mail address').fill('kim@example.org')
  await page.locator('input[type=password]').first().fill(testPassword)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('First verify').waitFor()

  await page.goto(await linkMailedTo('kim@example.org', '/verify-email'))
  await page.getByRole('button', { name: 'Verify the address' }).click()
  await page.getByRole('link', { name: 'Go on to the invitation' }).click()
  await page.getByRole('button', { name: 'Accept and join' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  await page.getByText('Welcome to acme.').waitFor()

  const { body } = await hub.request(ada, 'GET', '/api/organizations/acme/members?search=kim')
  assert.deepEqual([body[0].user, body[0].role], ['kim', 'contributor'])
})

test('a link that works no more says no more than that', { skip, timeout }, async () => {
  const page = await openPage(browser, hub.url)
  await page.goto(`${hub.url}/join/inv_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`)
  await page
    .getByText(/not|no longer/i)
    .first()
    .waitFor()
  assert.equal(await page.getByRole('button', { name: /accept/i }).count(), 0)
})
