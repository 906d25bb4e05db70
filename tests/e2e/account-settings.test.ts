// One journey through each page of a person's own settings, with axe at both widths.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let people: Record<string, Person>

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  people = (await hub.organization('acme', { ada: 'admin', bo: 'read' })).people
  await hub.person('cy')
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function settings(section: string, as: string): Promise<Page> {
  const page = await openPage(browser, hub.url, { as })
  await page.goto(`${hub.url}/settings/${section}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expectClean(page)
  return page
}

/** How many requests that change something a page has sent. */
function changesOf(page: Page): () => number {
  let count = 0
  page.on('request', (request) => {
    if (request.method() !== 'GET') count++
  })
  return () => count
}

test('profile: what is entered is saved, and shown on the public page', options, async () => {
  const page = await settings('profile', 'bo')
  const changes = changesOf(page)
  assert.ok(await page.getByRole('button', { name: 'Save profile' }).isDisabled(), 'no changes yet')
  await page.getByLabel('Full name').fill(' ')
  await page.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('Full name is required.').waitFor()
  assert.equal(changes(), 0, 'nothing was sent')
  await page.getByLabel('Full name').fill('Bo Diddley')
  await page.getByText('Full name is required.').waitFor({ state: 'detached' })
  await page.getByLabel('Bio').fill('Plays **guitar**.')
  await page.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('Profile updated.').waitFor()
  await page.getByRole('link', { name: 'your public page' }).click()
  await page.getByRole('heading', { name: 'Bo Diddley' }).waitFor()
  await page.locator('strong', { hasText: 'guitar' }).waitFor()
  await expectCleanAndClose(page)
})

test(
  'account: an address is checked before it is sent, refused by the server, added, and removed',
  options,
  async () => {
    const page = await settings('account', 'cy')
    const changes = changesOf(page)
    const field = page.getByRole('textbox', { name: 'Email address' })
    await field.fill('not an address')
    await page.getByRole('button', { name: 'Add email address' }).click()
    await page.getByText('Email address isn’t valid.').waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    await page.waitForFunction("document.activeElement.name === 'address'")
    assert.equal(changes(), 0, 'nothing was sent')
    await field.fill('cy@example.org')
    await page.getByRole('button', { name: 'Add email address' }).click()
    await page
      .getByText(/already/)
      .first()
      .waitFor()
    assert.equal(await field.inputValue(), 'cy@example.org', 'what was entered stays')
    await field.fill('second@example.org')
    await page.getByRole('button', { name: 'Add email address' }).click()
    await page.getByText('Verification email sent to second@example.org.').waitFor()
    await page.getByText('unverified', { exact: true }).waitFor()
    assert.equal(await field.inputValue(), '', 'the field is empty again')
    await page.getByRole('button', { name: 'Remove second@example.org' }).click()
    await expectClean(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Remove second@example.org' }).click()
    await page.getByText('Removed second@example.org.').waitFor()
    await expectCleanAndClose(page)
  },
)

test('account: deleting it says what is lost, and waits for the name', options, async () => {
  await hub.person('gone')
  const page = await settings('account', 'gone')
  await page.getByRole('button', { name: 'Delete gone…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete account gone' })
  await dialog.getByText('You permanently lose:').waitFor()
  await expectClean(page)
  const button = dialog.getByRole('button', { name: 'Delete gone' })
  assert.ok(await button.isDisabled())
  await dialog.getByLabel('Type “gone” to confirm').fill('gone')
  await button.click()
  await page.getByText('Account gone deleted.').waitFor()
  const reply = await hub.request(undefined, 'POST', '/api/login', { username: 'gone', password: testPassword })
  assert.equal(reply.status, 401)
  await page.context().close()
})

test(
  'authentication: a wrong password stands at its field, and other sessions end with the change',
  options,
  async () => {
    const other = await openPage(browser, hub.url, { as: 'bo' })
    const page = await settings('authentication', 'bo')
    await page.getByText(/You have \d+ active sessions\./).waitFor()
    await page.getByLabel('Current password').fill('not the password')
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('New password must be at least 10 characters.').waitFor()
    await page.getByLabel('New password').fill(testPassword)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText(/incorrect/).waitFor()
    await page.getByLabel('Current password').fill(testPassword)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Password changed. You’re signed out of all other sessions.').waitFor()
    await page.getByText('You have 1 active session.').waitFor()
    assert.equal((await other.request.get(`${hub.url}/api/settings/account`)).status(), 401)
    await expectCleanAndClose(page)
  },
)

test('authentication: 2FA setup shows the code to scan, and refuses a wrong one', options, async () => {
  const page = await settings('authentication', 'cy')
  await page.getByRole('button', { name: 'Turn on 2FA' }).click()
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await expectClean(page)
  await page.getByLabel('Authentication code').fill('000000')
  await page.getByRole('form', { name: 'Confirm 2FA' }).getByRole('button', { name: 'Turn on 2FA' }).click()
  await page
    .getByText(/incorrect|doesn’t match|expired/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('2FA is off.').waitFor()
  await expectCleanAndClose(page)
})

test('tokens: one is created, renamed, rotated, and deleted', options, async () => {
  const page = await settings('tokens', 'ada')
  await page.getByRole('button', { name: 'New token' }).first().click()
  const form = page.getByRole('form', { name: 'New access token' })
  await form.getByRole('button', { name: 'Create token' }).click()
  await form.getByText('Name is required.').waitFor()
  await form.getByLabel('Name').fill('training')
  await form.getByRole('radio', { name: 'Write' }).check()
  await form.getByRole('button', { name: 'Create token' }).click()
  await page.getByText('Copy your new token training').waitFor()
  const secret = await page.getByRole('textbox', { name: 'Access token' }).inputValue()
  const who = () => hub.request(secret, 'GET', '/api/whoami-v2')
  assert.equal((await who()).status, 200)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()

  const more = async (name: string, deed: string) => {
    await page.getByRole('button', { name: `More for ${name}` }).click()
    await page.getByRole('menuitem', { name: deed }).click()
  }
  await more('training', 'Rename…')
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('nightly')
  await page.getByRole('button', { name: 'Rename token' }).click()
  await page.getByText('Token renamed to nightly.').waitFor()
  await more('nightly', 'Rotate…')
  await page.getByRole('button', { name: 'Rotate nightly' }).click()
  await page.getByText('Copy your new token nightly').waitFor()
  assert.equal((await who()).status, 401, 'the old secret is refused')
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await more('nightly', 'Delete…')
  await page.getByRole('button', { name: 'Delete nightly' }).click()
  await page.getByText('Token nightly deleted.').waitFor()
  await page.getByRole('button', { name: 'More for nightly' }).waitFor({ state: 'detached' })
  await expectCleanAndClose(page)
})

test('organizations: a member leaves, and an invitation brings them back', options, async () => {
  const page = await settings('organizations', 'bo')
  await page.getByRole('button', { name: 'Leave acme' }).click()
  await expectClean(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Leave acme' }).click()
  await page.getByText('You left acme.').waitFor()
  const sent = await hub.request(people.ada, 'POST', '/api/organizations/acme/invitations', { username: 'bo' })
  assert.equal(sent.status, 201, JSON.stringify(sent.body))
  await page.goto(`${hub.url}/settings/invitations`)
  await page.getByText('1 pending invitation').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Accept: acme' }).click()
  await page.getByText('You joined acme.').waitFor()
  await page.getByRole('heading', { name: 'No invitations' }).waitFor()
  await expectCleanAndClose(page)
})

test('storage: repositories are listed with what they use', options, async () => {
  const page = await settings('storage', 'ada')
  await page.getByRole('heading', { name: 'No repositories' }).waitFor()
  await page.getByRole('link', { name: 'New repository' }).click()
  const form = page.getByRole('form', { name: 'New repository' })
  await form.getByRole('textbox', { name: 'Name' }).fill('-wrong-')
  await form.getByText(/^Use letters, digits, hyphens/).waitFor()
  await form.getByRole('textbox', { name: 'Name' }).fill('whisper')
  await form.getByRole('radio', { name: 'Private' }).check()
  await expectClean(page)
  await form.getByRole('button', { name: 'Create repository' }).click()
  await page.waitForURL(`${hub.url}/ada/whisper`)
  await page.goto(`${hub.url}/settings/storage`)
  await page.getByRole('heading', { name: 'By repository' }).waitFor()
  assert.match((await page.getByRole('main').textContent()) ?? '', /1 repository · 0 public/)
  await expectCleanAndClose(page)
})
