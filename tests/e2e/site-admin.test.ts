// One journey through each page of site admins, with axe at both widths.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  await hub.person('olga', { operator: true })
  await hub.organization('acme', { ada: 'admin', bo: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function open(section: string): Promise<Page> {
  const page = await openPage(browser, hub.url, { as: 'olga' })
  await page.goto(`${hub.url}/operator/${section}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expectClean(page)
  return page
}

test('organizations: one is created, limited, and searched for', options, async () => {
  const page = await open('organizations')
  await page.getByRole('button', { name: 'New organization' }).click()
  const form = page.getByRole('form', { name: 'New organization' })
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('a--b')
  await form.getByText('Can’t have two hyphens in a row.').waitFor()
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('acme')
  await form.getByLabel('First admin').fill('ada')
  await form.getByRole('button', { name: 'Create organization' }).click()
  await form
    .getByText(/taken|used/)
    .first()
    .waitFor()
  assert.equal(await form.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('aria-invalid'), 'true')
  await expectClean(page)
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('lab')
  await form.getByRole('button', { name: 'Create organization' }).click()
  await page.getByText('Organization lab created.').waitFor()
  await page.getByRole('button', { name: 'Seat limit of lab: no limit' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Seat limit' }).fill('5')
  await page.getByRole('dialog').getByRole('button', { name: 'Set limit' }).click()
  await page.getByText('lab can use 5 seats.').waitFor()
  await page.getByLabel('Search by name').fill('nowhere')
  await page.getByRole('heading', { name: 'No organizations match' }).waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('link', { name: 'acme' }).waitFor()
  await expectCleanAndClose(page)
})

test(
  'people: an account is created with its problems at their fields, suspended, and unsuspended',
  options,
  async () => {
    const page = await open('people')
    await page.getByRole('button', { name: 'New account' }).click()
    const form = page.getByRole('form', { name: 'New account' })
    await form.getByRole('button', { name: 'Create account' }).click()
    assert.equal(await form.getByText(/ is required\.$/).count(), 2)
    await form.getByLabel('Username').fill('bo')
    await form.getByLabel('Email address').fill('nia')
    await form.getByRole('button', { name: 'Create account' }).click()
    await form.getByText('Email address isn’t valid.').waitFor()
    await form.getByLabel('Email address').fill('nia@example.org')
    await form.getByRole('button', { name: 'Create account' }).click()
    await form
      .getByText(/taken|used/)
      .first()
      .waitFor()
    await form.getByLabel('Username').fill('nia')
    await form.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Account nia created.').waitFor()
    for (const [deed, done] of [
      ['Suspend', 'suspended'],
      ['Unsuspend', 'nia can sign in again.'],
    ] as const) {
      await page.getByRole('button', { name: 'More for nia' }).click()
      await page.getByRole('menuitem', { name: `${deed}…` }).click()
      await expectClean(page)
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `${deed} nia` })
        .click()
      await page.getByText(done).first().waitFor()
    }
    await expectCleanAndClose(page)
  },
)

test('storage: a size is checked while it is typed, and default limits are saved', options, async () => {
  const page = await open('storage')
  const form = page.getByRole('form', { name: 'Default limits' })
  await form.getByLabel('Accounts').fill('much')
  await form.getByText('Enter a size, for example 50 GB.').waitFor()
  await form.getByLabel('Accounts').fill('50 GB')
  await form.getByRole('button', { name: 'Save default limits' }).click()
  await page.getByText('Default limits saved.').waitFor()
  await expectCleanAndClose(page)
})

test('settings: a name is required, and is shown in the bar once it is saved', options, async () => {
  const page = await open('settings')
  const form = page.getByRole('form', { name: 'Settings' })
  await form.getByLabel('Instance name').fill('')
  await form.getByRole('button', { name: 'Save settings' }).click()
  await form.getByText('Instance name is required.').waitFor()
  await form.getByLabel('Instance name').fill('Model House')
  await form.getByRole('radio', { name: 'Invited people' }).check()
  await form.getByLabel('team').fill('12.5')
  await form.getByRole('button', { name: 'Save settings' }).click()
  await page.getByText('Settings saved.').waitFor()
  await page.getByRole('banner').getByText('Model House').waitFor()
  const { body } = await hub.console('GET', '/api/operator/settings')
  assert.deepEqual([body.name, body.signUp, body.seatPrices.team], ['Model House', 'invited', 1250])
  await expectCleanAndClose(page)
})

test('outbox and audit log: a search without a match offers to clear the filters', options, async () => {
  const page = await open('outbox?search=nothing-like-this')
  for (const [section, things] of [
    ['outbox', 'emails'],
    ['audit-log', 'events'],
  ] as const) {
    const filter = section === 'outbox' ? 'search' : 'q'
    await page.goto(`${hub.url}/operator/${section}?${filter}=nothing-like-this`)
    await page.getByRole('heading', { name: `No ${things} match` }).waitFor()
    await expectClean(page)
    await page.getByRole('button', { name: 'Clear filters' }).last().click()
    await page.getByRole('table').waitFor()
    assert.equal(new URL(page.url()).search, '')
  }
  await expectCleanAndClose(page)
})

test('recovery: the form names what is missing, and asks before it is discarded', options, async () => {
  const page = await open('recovery')
  await page.getByRole('heading', { name: 'No recovery requests' }).waitFor()
  await page.getByRole('button', { name: 'New recovery request' }).click()
  const dialog = page.getByRole('dialog', { name: 'New recovery request' })
  await dialog.getByLabel('Organization').fill('acme')
  await dialog.getByRole('button', { name: 'Open recovery request' }).click()
  assert.equal(await dialog.getByText(/ is required\.$/).count(), 2)
  await page.keyboard.press('Escape')
  await dialog.getByText('Unsaved changes').waitFor()
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await dialog.waitFor({ state: 'detached' })
  await expectCleanAndClose(page)
})
