// A service account from the page to `git push`: one repository takes it, another does not, and a rotated token is dead.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { makeMachine } from '../clients/machine.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
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
  const { people } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
  for (const name of ['encoder', 'decoder'])
    await hub.request(people.ada as Person, 'POST', '/api/repos/create', { name, organization: 'acme', private: true })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

test('a service account is made, pushes where it may, and loses its token', options, async () => {
  const page = await openPage(browser, hub.url, { as: 'ada' })
  await page.goto(`${hub.url}/organizations/acme/settings/service-accounts`)
  await page.getByRole('button', { name: 'New service account' }).first().click()
  const account = page.getByRole('form', { name: 'New service account' })
  await account.getByLabel('Name').fill('Nightly CI')
  await account.getByRole('button', { name: 'Create service account' }).click()
  await page.getByRole('button', { name: 'New token for Nightly CI' }).click()
  const form = page.getByRole('form', { name: 'New token' })
  await form.getByLabel('Name').fill('ci')
  await form.getByRole('combobox', { name: 'Single repositories' }).fill('encod')
  await page.getByRole('option', { name: 'acme/encoder' }).click()
  await form.getByLabel('Write', { exact: true }).check()
  await form.getByText('Can write to acme/encoder.').waitFor()
  await expectClean(page)
  await form.getByRole('button', { name: 'Create token' }).click()
  const token = await page.getByLabel('Access token', { exact: true }).inputValue()
  assert.match(token, /^hf_s/)
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  const machine = makeMachine(hub.url, { name: 'ci', token })
  const folder = machine.folder('work')
  await machine.git(folder, 'init', '-b', 'main')
  await machine.git(folder, 'commit', '--allow-empty', '-m', 'first')
  const push = (name: string) => machine.git(folder, 'push', `${hub.url}/acme/${name}`, '+main')
  assert.equal((await push('encoder')).code, 0)
  assert.match((await push('decoder')).text, /not found/i)
  await page.getByRole('button', { name: 'More for ci' }).click()
  await page.getByRole('menuitem', { name: 'Rotate…' }).click()
  await page.getByRole('button', { name: 'Rotate ci' }).click()
  const fresh = await page.getByLabel('Access token', { exact: true }).inputValue()
  assert.notEqual(fresh, token)
  assert.notEqual((await push('encoder')).code, 0, 'the next push with the old token')
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'More for Nightly CI' }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await page.getByLabel('Type “Nightly CI” to confirm').fill('Nightly CI')
  await page.getByRole('button', { name: 'Delete Nightly CI' }).click()
  await page.getByText('No service accounts', { exact: true }).waitFor()
  await expectCleanAndClose(page)
})

test('members with the read role reveal the organization API token, and only admins refresh it', options, async () => {
  const page = await openPage(browser, hub.url, { as: 'bea' })
  await page.goto(`${hub.url}/organizations/acme/settings/service-accounts`)
  await page.getByText('Only admins can view and change service accounts.').waitFor()
  await page.getByRole('button', { name: 'Reveal token' }).click()
  const token = await page.getByRole('textbox', { name: 'Organization API token' }).inputValue()
  assert.match(token, /^hf_o/)
  await page.getByRole('button', { name: 'Refresh token' }).and(page.locator(':disabled')).waitFor()
  assert.equal((await hub.request(token, 'GET', '/api/models/acme/decoder')).status, 200)
  await expectCleanAndClose(page)
})
