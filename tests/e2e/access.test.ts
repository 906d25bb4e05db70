import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 120_000 }

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let people: Record<string, Person>

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  people = (await hub.organization('acme', { ada: 'admin', wil: 'write', rae: 'read', noa: 'no_access', gus: 'read' }))
    .people
  await hub.person('sam')
  await send('POST', '/api/organizations/acme/resource-groups', {
    name: 'speech',
    users: [
      { user: 'gus', role: 'admin' },
      { user: 'noa', role: 'write' },
    ],
  })
  const { body: groups } = await hub.request(people.ada, 'GET', '/api/organizations/acme/resource-groups')
  await send('POST', '/api/repos/create', { name: 'plain', organization: 'acme', private: true })
  const confirmations = {
    name: 'voices',
    type: 'dataset',
    organization: 'acme',
    private: true,
    resourceGroupId: groups[0].id,
  }
  await send('POST', '/api/repos/create', confirmations)
  await send('PUT', '/api/models/acme/plain/collaborators/sam', { role: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})

after(async () => {
  await started?.kill()
})

async function send(method: string, path: string, body: unknown): Promise<void> {
  const reply = await hub.request(people.ada, method, path, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
}

const visit = (name: string, width = 1280) => openPage(browser, hub.url, { as: name, width })
const list = (page: Page) => page.getByRole('table', { name: 'People with access to acme/plain' })

test('an admin sees who has access, for which action, and by which path', options, async () => {
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/plain/settings`)
  await page.getByRole('link', { name: 'View who has access' }).click()
  await page.getByText('5 people can read this private repository. 2 can write.').waitFor()
  await list(page).getByRole('button', { name: 'sam' }).waitFor()
  await expectClean(page)
  await page.getByLabel('Action').selectOption('write')
  await list(page).getByRole('button', { name: 'sam' }).waitFor({ state: 'detached' })
  assert.match(page.url(), /\?can=write$/)
  await page.getByLabel('Action').selectOption('read')
  await page.getByLabel('Search by name').fill('sam')
  await list(page).getByRole('button', { name: 'ada' }).waitFor({ state: 'detached' })
  await list(page).getByRole('button', { name: 'sam' }).click()
  const steps = page.getByRole('dialog').getByRole('listitem')
  await steps.filter({ hasText: 'Collaborator on acme/plain with read access' }).waitFor()
  await page.getByText('Remove sam as a collaborator on acme/plain.').waitFor()
  assert.match(page.url(), /search=sam&person=sam$/)
  await expectClean(page)
  await page.getByRole('link', { name: 'Change it' }).click()
  await page.waitForURL(`${hub.url}/acme/plain/settings`)
})

test('a search without a match offers to be cleared, and the CSV is downloaded', options, async () => {
  const page = await visit('ada', 400)
  await page.goto(`${hub.url}/acme/plain/settings/access?search=nemo`)
  await page.getByText('No people match').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('list', { name: 'People with access to acme/plain' }).waitFor()
  await expectClean(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  assert.match(download.suggestedFilename(), /^acme-plain-repo\.read-.+\.csv$/)
})

test('group admins see who reaches a repository of their group; readers are not shown the way', options, async () => {
  const page = await visit('gus')
  await page.goto(`${hub.url}/datasets/acme/voices/settings/access`)
  await page.getByText('3 people can read this private repository. 3 can write.').waitFor()
  await page.goto(`${hub.url}/acme/plain/settings/access`)
  await page.getByText('You can’t see who has access').waitFor()
  assert.equal(await page.getByRole('link', { name: 'Settings', exact: true }).count(), 0)
})

test('the panel of a member tells what they can access, and why', options, async () => {
  const page = await visit('ada')
  await page.goto(`${hub.url}/organizations/acme/settings/members?member=noa`)
  const reach = page.getByRole('region', { name: 'What noa can access' })
  await reach.getByRole('link', { name: 'acme/voices' }).waitFor()
  assert.equal(await reach.getByRole('link', { name: 'acme/plain' }).count(), 0)
  await reach.getByRole('button', { name: 'Why: access to acme/voices' }).click()
  await reach.getByText('The write role in the resource group speech').waitFor()
  await expectClean(page)
  await reach.getByLabel('Action').selectOption('manage')
  await reach.getByText(/^No access\./).waitFor()
})
