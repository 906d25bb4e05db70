// One journey through each part of a repository's settings and its branches, with axe at both widths.
import assert from 'node:assert/strict'
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
  people = (await hub.organization('acme', { ada: 'admin', rae: 'read' })).people
  for (const name of ['tide', 'moon', 'sand']) await send('POST', '/api/repos/create', { ...repository, name })
  await send('POST', '/api/organizations/acme/resource-groups', { name: 'vision' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

const repository = { organization: 'acme', private: true }

async function send(method: string, path: string, body: unknown): Promise<void> {
  const reply = await hub.request(people.ada, method, path, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
}

async function open(path: string, as = 'ada'): Promise<Page> {
  const page = await openPage(browser, hub.url, { as })
  await page.goto(hub.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

test('visibility: what it means is said before it changes', options, async () => {
  const page = await open('/acme/tide/settings')
  await page.getByText('This repository is private.').waitFor()
  await page.getByRole('button', { name: 'Make public…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make acme/tide public' })
  await dialog.getByText('Anyone can read this repository').waitFor()
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Make public' }).click()
  await page.getByText('acme/tide is now public.').waitFor()
  const anyone = await openPage(browser, hub.url)
  await anyone.goto(`${hub.url}/acme/tide`)
  await anyone.getByText('Public model').waitFor()
  await expectCleanAndClose(page)
})

test('resource group: who gains and who loses access is said before the move', options, async () => {
  const page = await open('/acme/moon/settings')
  await page.getByRole('combobox', { name: 'Resource group' }).selectOption({ label: 'vision' })
  await page.getByRole('button', { name: 'Move to vision…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Move acme/moon to vision' })
  await dialog.getByText('Other members lose access.').waitFor()
  await dialog.getByRole('button', { name: 'Move to vision' }).click()
  await page.getByText('Moved acme/moon to vision.').waitFor()
  assert.equal((await hub.request(people.rae, 'GET', '/api/models/acme/moon')).status, 404)
  await page.getByText('Private model · vision and admins').waitFor()
  await expectCleanAndClose(page)
})

test('name: a refused name stands at its field, and the old name redirects to the new one', options, async () => {
  const page = await open('/acme/sand/settings')
  const form = page.getByRole('form', { name: 'Rename' })
  await form.getByLabel('New name').fill('tide')
  await form.getByRole('button', { name: 'Rename' }).click()
  await form
    .getByText(/taken|exists|used/)
    .first()
    .waitFor()
  assert.equal(await form.getByLabel('New name').inputValue(), 'tide', 'what was entered stays')
  await form.getByLabel('New name').fill('dune')
  await form.getByRole('button', { name: 'Rename' }).click()
  await page.waitForURL(`${hub.url}/acme/dune/settings`)
  await page.getByText('acme/sand is now acme/dune. The old name redirects to it.').waitFor()
  await page.goto(`${hub.url}/acme/sand`)
  await page.waitForURL(`${hub.url}/acme/dune`)
  await page.goto(`${hub.url}/acme/dune/settings`)
  await page.getByRole('form', { name: 'Rename' }).waitFor()
  await expectCleanAndClose(page)
})

test('owner: a transfer says whose roles count afterwards', options, async () => {
  await send('POST', '/api/repos/create', { ...repository, name: 'gull' })
  const page = await open('/acme/gull/settings')
  await page.getByLabel('New owner').selectOption('ada')
  await page.getByRole('button', { name: 'Transfer…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Transfer acme/gull to ada/gull' })
  await dialog.getByText('Roles in acme no longer give access.').waitFor()
  await expectClean(page)
  await dialog.getByLabel('Type “acme/gull” to confirm').fill('acme/gull')
  await dialog.getByRole('button', { name: 'Transfer acme/gull' }).click()
  await page.waitForURL(`${hub.url}/ada/gull/settings`)
  await expectCleanAndClose(page)
})

test('collaborators: a person who does not exist is refused at once, and what was entered stays', options, async () => {
  const page = await open('/acme/dune/settings')
  const form = page.getByRole('form', { name: 'Add collaborator' })
  await form.getByLabel('Add collaborator').fill('nemo')
  await form.getByRole('button', { name: 'Add nemo' }).click()
  await form.getByRole('alert').waitFor()
  assert.equal(await form.getByLabel('Add collaborator').inputValue(), 'nemo')
  await expectCleanAndClose(page)
})

test('branches: one is created from another, found, and deleted', options, async () => {
  const lines = [
    { key: 'header', value: { summary: 'Begin' } },
    { key: 'file', value: { path: 'README.md', content: '# Dune\n', encoding: 'utf-8' } },
  ]
  const type = { 'content-type': 'application/x-ndjson' }
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  assert.equal((await hub.request(people.ada, 'POST', '/api/models/acme/dune/commit/main', body, type)).status, 200)
  const page = await open('/acme/dune/branches')
  for (const [kind, name] of [
    ['branch', 'try'],
    ['tag', 'v1'],
  ] as const) {
    await page.getByRole('button', { name: `New ${kind}` }).click()
    const form = page.getByRole('form', { name: `New ${kind}` })
    await form.getByRole('button', { name: `Create ${kind}` }).click()
    await form.getByText('Name is required.').waitFor()
    await form.getByLabel('Name').fill(name)
    await expectClean(page)
    await form.getByRole('button', { name: `Create ${name}` }).click()
    await page.getByText(`Created the ${kind} ${name}.`).waitFor()
  }
  await page.getByLabel('Find a branch or tag').fill('nothing')
  await page.getByText('No branches match.').waitFor()
  await page.getByText('No tags match.').waitFor()
  await page.getByRole('button', { name: 'Clear search' }).click()
  await page.getByRole('button', { name: 'Delete the branch try' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete try' }).click()
  await page.getByText('Deleted the branch try.').waitFor()
  await expectCleanAndClose(page)
})

test('delete: the name is typed, and the address is gone', options, async () => {
  const page = await open('/acme/dune/settings')
  await page.getByRole('button', { name: 'Delete acme/dune…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete acme/dune' })
  await dialog.getByLabel('Type “acme/dune” to confirm').fill('acme/dune')
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Delete acme/dune' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  await page.goto(`${hub.url}/acme/dune`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  await expectCleanAndClose(page)
})
