import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const skip = executablePath === undefined ? 'no Chromium' : false
const timeout = 240_000

let hub: TestHub
let ada: Person
let started: StartedBrowser | undefined

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  ada = (await hub.organization('acme', { ada: 'admin', rea: 'read' })).people.ada as Person
  started = await launch(executablePath)
})
after(() => started?.kill())

const open = (as?: string): Promise<Page> =>
  openPage((started as StartedBrowser).browser, hub.url, as === undefined ? {} : { as })
const imports = () => `${hub.url}/organizations/acme/settings/imports`

test('an import is listed, downloaded, previewed, and undone, and the empty page says what it is for', {
  skip,
  timeout,
}, async () => {
  const page = await open('ada')
  await page.goto(imports())
  await page.getByText('No imports in the last 30 days').waitFor()
  const rows = [{ username: 'rea', role: 'no_access' }]
  const path = '/api/organizations/acme/members/bulk'
  const { planHash } = (await hub.request(ada, 'POST', path, { mode: 'plan', rows })).body
  await hub.request(ada, 'POST', path, { mode: 'apply', planHash, rows })
  await page.reload()
  await page.getByText('1 person changed').waitFor()
  await expectClean(page)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download undo file' }).click()
  assert.match((await download).suggestedFilename(), /^undo-acme-\d{4}-\d\d-\d\d\.csv$/)
  await page.getByRole('link', { name: 'Undo: Bulk change' }).click()
  await page.getByRole('button', { name: 'Undo 1 change' }).click()
  await page.getByText('Undone', { exact: true }).waitFor()
  assert.equal((await hub.request(ada, 'GET', '/api/organizations/acme/members/rea')).body.role, 'read')
  await page.setViewportSize({ width: 400, height: 900 })
  await page.goto(imports())
  await page.getByText('1 person changed').first().waitFor()
  await expectClean(page)
  await page.context().close()
})

test('a session that ends while a page is open is told on it when the page reads, and the page stays', {
  skip,
  timeout,
}, async () => {
  const page = await open('ada')
  await page.goto(`${hub.url}/organizations/acme/settings/members`)
  await page.getByText('rea').first().waitFor()
  await hub.db.deleteFrom('sessions').where('user_id', '=', ada.id).execute()
  await page.getByRole('link', { name: 'Imports' }).click()
  await page.locator('#session-ended').getByText('Your session has ended').waitFor()
  assert.match(page.url(), /settings\/imports/)
  const link = page.locator('#session-ended').getByRole('link', { name: 'Sign in in a new tab' })
  assert.match((await link.getAttribute('href')) ?? '', /^\/login/)
  await page.context().close()
})

test('an invitation that does not work lets people ask for another', { skip, timeout }, async () => {
  const page = await open()
  await page.goto(`${hub.url}/join#token=${'x'.repeat(32)}`)
  await page.getByRole('button', { name: 'Ask for a new one' }).click()
  await page.getByText('the admins of the organization get an email').waitFor()
  await page.context().close()
})

test('the page of an invite link that has ended says so, and a request comes of it', { skip, timeout }, async () => {
  const links = '/api/organizations/acme/invite-links'
  const made = await hub.request(ada, 'POST', links, { role: 'contributor', label: 'Workshop' })
  await hub.request(ada, 'DELETE', `${links}/${made.body.id}`)
  const link = `${hub.url}/join#token=${made.body.token}`
  const visitor = await open()
  await visitor.goto(link)
  await visitor.getByText('This invite link to acme was revoked.').waitFor()
  await visitor.getByRole('link', { name: 'Sign in to ask for a new one' }).waitFor()
  await visitor.context().close()

  await hub.person('sam')
  const sam = await open('sam')
  await sam.goto(link)
  await sam.getByRole('button', { name: 'Ask for a new one' }).click()
  await sam.getByText('Asked. The admins get an email').waitFor()
  await expectClean(sam)
  await sam.context().close()

  const admin = await open('ada')
  await admin.goto(`${hub.url}/organizations/acme/settings/requests`)
  await admin.getByText('invite link Workshop').waitFor()
  await expectClean(admin)
  await admin.getByRole('button', { name: 'Approve sam' }).click()
  await admin.getByRole('button', { name: 'Approve request' }).click()
  await admin.getByText('Approved sam with the contributor role.').waitFor()
  await admin.context().close()
})
