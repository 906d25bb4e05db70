// A token policy in two browser profiles: an admin asks for approval, and what they decide counts from the very next push.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { refused, succeeded } from '../clients/expect.ts'
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
  const { people } = await hub.organization('acme', { ada: 'admin', bea: 'write' })
  const repo = { name: 'encoder', organization: 'acme', private: true }
  await hub.request(people.ada as Person, 'POST', '/api/repos/create', repo)
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

test('a token is pending, approved, and denied, as its owner sees and git hears', options, async () => {
  const admin = await openPage(browser, hub.url, { as: 'ada' })
  const tokens = `${hub.url}/organizations/acme/settings/tokens`
  await admin.goto(tokens)
  await admin.getByRole('button', { name: 'Change policy…' }).click()
  const policy = admin.getByRole('dialog', { name: 'Change token policy' })
  await policy.getByLabel('Fine-grained tokens with approval').check()
  await policy.getByText('2 tokens stop working').waitFor()
  await policy.getByText(/^bea: write token …/).waitFor()
  await expectClean(admin)
  await policy.getByRole('button', { name: 'Save policy' }).click()
  await policy.waitFor({ state: 'hidden' })

  const owner = await openPage(browser, hub.url, { as: 'bea' })
  await owner.goto(`${hub.url}/settings/tokens?new=1`)
  const form = owner.getByRole('form', { name: 'New access token' })
  await form.getByLabel('Name').fill('ci')
  await form.getByLabel('Fine-grained').check()
  await form.getByRole('combobox', { name: 'Can access' }).fill('encod')
  await owner.getByRole('option', { name: 'acme/encoder' }).click()
  await form.getByLabel('Write, change settings, and delete').check()
  await form.getByRole('button', { name: 'Create token' }).click()
  const token = await owner.getByLabel('Access token', { exact: true }).inputValue()
  await owner.getByText('acme requires approval. This token works there after an admin approves it.').waitFor()

  const machine = makeMachine(hub.url, { name: 'bea', token })
  const folder = machine.folder('work')
  await machine.git(folder, 'init', '-b', 'main')
  const push = async () => {
    succeeded(await machine.git(folder, 'commit', '--allow-empty', '-m', 'next'))
    return machine.git(folder, 'push', `${hub.url}/acme/encoder`, '+main')
  }
  refused(await push(), /waiting for approval/)

  const decide = async (deed: 'Approve' | 'Deny', state: string) => {
    await admin.getByRole('button', { name: `${deed} token ci (…${token.slice(-4)}) of bea` }).click()
    await admin
      .getByRole('dialog')
      .getByRole('button', { name: `${deed} token` })
      .click()
    await admin.getByRole('dialog').waitFor({ state: 'hidden' })
    await admin.getByRole('table').getByText(state, { exact: true }).waitFor()
  }
  await admin.goto(`${tokens}?state=pending`)
  await admin.getByText('Can write to acme/encoder, within its owner’s access.').waitFor()
  await decide('Approve', 'approved')
  succeeded(await push())
  await decide('Deny', 'denied')
  refused(await push(), /denied this token/)

  await owner.goto(`${hub.url}/settings/tokens`)
  await owner.getByText('acme: denied').waitFor()
  await expectCleanAndClose(owner)
  await expectCleanAndClose(admin)
  assert.equal((await hub.mails()).at(-1)?.subject, 'Your access token was denied in acme')
})
