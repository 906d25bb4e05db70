// One journey through settings pages that no other test walks, with axe at both widths.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }
const settings = '/organizations/acme/settings'

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  const { people } = await hub.organization('acme', { ada: 'admin', amy: 'admin', bea: 'write', rae: 'read' })
  const send = async (who: Person | undefined, method: string, path: string, body: unknown) => {
    const reply = await hub.request(who, method, path, body)
    assert.ok(reply.status < 300, JSON.stringify(reply.body))
  }
  await send(people.ada, 'POST', '/api/repos/create', { name: 'coast', organization: 'acme', private: true })
  await hub.person('ivy')
  await send(people.ada, 'POST', '/api/organizations/acme/invitations', { username: 'ivy', role: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function open(path: string, as = 'ada'): Promise<Page> {
  const page = await openPage(browser, hub.url, { as })
  await page.goto(hub.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

test('activity: the numbers lead to the members behind them, and readers are told why not', options, async () => {
  const page = await open(`${settings}/activity`)
  await page.getByRole('link', { name: '4 members' }).waitFor()
  await page.getByRole('link', { name: 'View members by activity' }).click()
  await page.waitForURL(/settings\/members\?.*sort=lastActive/)
  await page.getByRole('columnheader', { name: 'Last active' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
  await expectCleanAndClose(page)
  const reader = await open(`${settings}/activity`, 'rae')
  await reader.getByText('Only admins can see activity.').waitFor()
  await reader.context().close()
})

test('repositories: what is stored is listed, and leads to the repository', options, async () => {
  const page = await open(`${settings}/repositories`)
  await page.getByText(/^1 repository · 0 public/).waitFor()
  await page.getByRole('link', { name: 'acme/coast' }).first().waitFor()
  await expectCleanAndClose(page)
})

test('recovery: successors are added, ordered, and saved as a whole', options, async () => {
  const page = await open(`${settings}/recovery`)
  for (const name of ['bea', 'rae']) {
    await page.getByLabel('Add a successor').first().fill(name)
    await page.getByRole('option', { name }).click()
    await page.getByRole('button', { name: `Remove ${name}` }).waitFor()
  }
  await page.getByRole('button', { name: 'Move rae up' }).click()
  await page.getByRole('button', { name: 'Save successors' }).click()
  await page.getByText('Successors saved.').waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Move rae up' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Move rae up' }).isDisabled(), true)
  await expectCleanAndClose(page)
})

test('invitations of an account: one is declined after a question, and the page is empty again', options, async () => {
  const page = await open('/settings/invitations', 'ivy')
  const invitation = page.getByRole('region', { name: /^Invitation to/ })
  await invitation.getByText('read').first().waitFor()
  await invitation.getByRole('button', { name: /^Decline/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Decline/ })
    .click()
  await page.getByRole('heading', { name: 'No invitations' }).waitFor()
  await expectCleanAndClose(page)
})
