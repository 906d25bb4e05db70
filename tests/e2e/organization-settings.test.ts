// One journey through settings pages of an organization that no other test walks, with axe at both widths.
import assert from 'node:assert/strict'
import { json } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
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
  people = (await hub.organization('acme', { ada: 'admin', amy: 'admin', rae: 'read' })).people
  await hub.person('sam')
  await send('POST', '/api/repos/create', { name: 'coast', organization: 'acme', private: true })
  await send('PUT', '/api/models/acme/coast/collaborators/sam', { role: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function send(method: string, path: string, body: unknown): Promise<void> {
  const reply = await hub.request(people.ada, method, path, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
}

async function open(section: string): Promise<Page> {
  const page = await openPage(browser, hub.url, { as: 'ada' })
  await page.goto(`${hub.url}/organizations/acme/settings/${section}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

test('profile: a wrong website stands at its field, and a right one is shown on the page', options, async () => {
  const page = await open('profile')
  const form = page.getByRole('form', { name: 'Profile' })
  await form.getByLabel('Website').fill('acme')
  await form.getByRole('button', { name: 'Save profile' }).click()
  await page.waitForFunction("document.querySelector('[aria-invalid=true]')?.value === 'acme'")
  await form.getByLabel('Website').fill('https://acme.example')
  await form.getByLabel('Display name').fill('Acme Research')
  await form.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('Profile saved.').waitFor()
  await expectClean(page)
  await page.goto(`${hub.url}/acme`)
  await page.getByRole('heading', { name: 'Acme Research' }).waitFor()
  await page.getByRole('link', { name: 'acme.example' }).waitFor()
  await expectCleanAndClose(page)
})

test(
  'audit log: pickers narrow it down, the export has the same events, and one event tells all',
  options,
  async () => {
    await send('PATCH', '/api/organizations/acme/members/rae', { role: 'contributor' })
    const last4 = people.ada?.token.slice(-4) ?? ''
    const page = await open('audit-log')
    const filters = page.getByRole('region', { name: 'Filters' })
    await filters.getByRole('combobox', { name: 'Person' }).fill('ad')
    await page.getByRole('option', { name: 'ada' }).click()
    await filters.getByRole('combobox', { name: 'Event type' }).click()
    await page.getByRole('option', { name: 'Role changed', exact: true }).click()
    await filters.getByRole('textbox', { name: 'Token' }).fill(last4)
    await filters.getByRole('textbox', { name: 'Token' }).press('Enter')
    const today = new Date().toLocaleDateString('sv')
    for (const label of ['From', 'To']) await filters.getByLabel(label, { exact: true }).fill(today)
    await page.waitForURL(/to=/)
    assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), {
      author: 'ada',
      type: 'org.change_role',
      token: last4,
      from: today,
      to: today,
    })

    await page.getByRole('button', { name: 'changed the role of rae from read to contributor' }).click()
    assert.equal(await page.getByRole('button', { expanded: true }).count(), 1)
    const row = page.getByRole('row', { name: /^Role / })
    assert.deepEqual(await row.getByRole('cell').allTextContents(), ['read', 'contributor'])
    const detail = (label: string) => page.locator(`dt:has-text("${label}") + dd`).first().textContent()
    assert.deepEqual([await detail('IP address'), await detail('Token')], ['127.0.0.0', `…${last4}, write`])

    await page.getByRole('button', { name: 'Export matching events' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download JSON' }).click(),
    ])
    const events = (await json(await download.createReadStream())) as { message: string }[]
    assert.deepEqual(
      events.map(({ message }) => message),
      ['ada changed the role of rae from read to contributor'],
    )
    await expectCleanAndClose(page)
  },
)

test('security: a setting is saved when it is chosen, and holds for members', options, async () => {
  const page = await open('security')
  const part = page.getByRole('region', { name: 'Who can see members' })
  await part.getByRole('radio', { name: 'Members with read or higher' }).click()
  await page.getByText('Who can see members saved.').waitFor()
  const anyone = await openPage(browser, hub.url)
  await anyone.goto(`${hub.url}/acme`)
  await anyone.getByText('The member list isn’t public.').waitFor()
  await anyone.context().close()
  await expectCleanAndClose(page)
})

test('resource groups: one is created, renamed, and deleted', options, async () => {
  const page = await open('resource-groups')
  await page.getByRole('button', { name: 'Create group' }).first().click()
  const form = page.getByRole('form', { name: 'Create resource group' })
  await form.getByRole('button', { name: 'Create group' }).click()
  await form.getByText('Name is required.').waitFor()
  await expectClean(page)
  await form.getByLabel('Name').fill('speech')
  await form.getByRole('button', { name: 'Create group' }).click()
  await page.waitForURL(/resource-groups\/speech/)
  await page.goto(`${hub.url}/organizations/acme/settings/resource-groups/speech?tab=settings`)
  const profile = page.getByRole('form', { name: 'Name and description' })
  await profile.getByLabel('Name').fill('voices')
  await profile.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved the group.').waitFor()
  await page.waitForURL(/resource-groups\/voices/)
  await expectCleanAndClose(page)
})

test('collaborators: outside collaborators are listed, filtered, and removed', options, async () => {
  const page = await open('collaborators')
  await page.getByText('1 outside collaborator · 1 repository').waitFor()
  await page.getByLabel('Search by person or repository').fill('nothing-like-this')
  await page.getByRole('heading', { name: 'No collaborators match' }).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('button', { name: 'Remove sam' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove sam from acme/coast' })
  await dialog.getByText('After removal, they can no longer see it.').waitFor()
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Remove sam' }).click()
  await page.getByText('Removed sam from acme/coast.').waitFor()
  await page.getByRole('heading', { name: 'No outside collaborators' }).waitFor()
  await expectCleanAndClose(page)
})

test('invite links: one is created, shown once, and not lost to a click outside', options, async () => {
  const page = await open('invitations')
  await page.getByRole('button', { name: 'Create invite link' }).first().click()
  const form = page.getByRole('form', { name: 'Create invite link' })
  await form.getByLabel('Name').fill('Autumn course')
  await form.getByLabel('Maximum uses').fill('20')
  await expectClean(page)
  await form.getByRole('button', { name: 'Create link' }).click()
  await page.getByText('Copy your invite link').waitFor()
  await page.mouse.click(5, 5)
  await page.keyboard.press('Escape')
  await page.getByText('Copy your invite link').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByText(/^Autumn course …/).waitFor()
  await expectCleanAndClose(page)
})

test('danger zone: renaming asks for the name, and leads to the new address', options, async () => {
  const page = await open('danger')
  const form = page.getByRole('form', { name: 'Rename acme' })
  await form.getByLabel('New name').fill('-acme')
  await form.getByText('Can’t start or end with a hyphen.').waitFor()
  await form.getByLabel('New name').fill('summit')
  await form.getByRole('button', { name: 'Rename acme…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rename acme to summit' })
  await dialog.getByLabel('Type “acme” to confirm').fill('acme')
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Rename acme' }).click()
  await page.waitForURL(`${hub.url}/organizations/summit/settings/danger`)
  await page.getByText('acme is now summit.').waitFor()
  await expectCleanAndClose(page)
})
