// A fine-grained token from the page to `git push`: one repository takes it, another does not.
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
  const { people } = await hub.organization('acme', { ada: 'admin' })
  for (const name of ['encoder', 'decoder'])
    await hub.request(people.ada as Person, 'POST', '/api/repos/create', { name, organization: 'acme', private: true })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

test('a token for one repository is made, used with git push, and refused for another', options, async () => {
  const page = await openPage(browser, hub.url, { as: 'ada' })
  await page.goto(`${hub.url}/settings/tokens`)
  await page.getByRole('button', { name: 'New token' }).first().click()
  const form = page.getByRole('form', { name: 'New access token' })
  await form.getByLabel('Name').fill('ci')
  await form.getByLabel('Fine-grained').check()
  await form.getByRole('button', { name: 'Create token' }).click()
  await form.getByText('Add at least one').waitFor()
  await form.getByRole('combobox', { name: 'Can access' }).fill('encod')
  await page.getByRole('option', { name: 'acme/encoder' }).click()
  await form.getByLabel('Write, change settings, and delete').check()
  await form.getByText('Can write to acme/encoder, within your own access.').waitFor()
  await expectClean(page)
  await form.getByRole('button', { name: 'Create token' }).click()
  const token = await page.getByLabel('Access token', { exact: true }).inputValue()
  assert.match(token, /^hf_f/)
  const machine = makeMachine(hub.url, { name: 'ada', token })
  const folder = machine.folder('work')
  await machine.git(folder, 'init', '-b', 'main')
  await machine.git(folder, 'commit', '--allow-empty', '-m', 'first')
  const push = (name: string) => machine.git(folder, 'push', `${hub.url}/acme/${name}`, '+main')
  assert.equal((await push('encoder')).code, 0)
  const refused = await push('decoder')
  assert.notEqual(refused.code, 0)
  assert.match(refused.text, /not found/i)
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByText('Can write to acme/encoder, within your own access.').waitFor()
  await page.getByRole('button', { name: 'More for ci' }).click()
  await page.getByRole('menuitem', { name: 'Edit…' }).click()
  await page.getByLabel('Write, change settings, and delete').uncheck()
  await page.getByRole('button', { name: 'Save token' }).click()
  // The form says the same while it is still open
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByText('Can read acme/encoder, within your own access.').waitFor()
  assert.match((await push('encoder')).text, /permission repo\.write/, 'from the very next push')
  await expectCleanAndClose(page)
})
