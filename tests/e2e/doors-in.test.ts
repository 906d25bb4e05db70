import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startDns, type TestDns } from '../dns.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { choose, expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const timeout = 120_000
const skip = executablePath === undefined ? 'no Chromium' : false
const widths = [1280, 400]

let dns: TestDns
let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  dns = await startDns()
  hub = await startTestHub({ dnsServers: [dns.address] })
  await hub.person('opal', { operator: true })
  await hub.organization('acme', { ada: 'admin', eve: 'admin', bo: 'write', cy: 'read', dee: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(async () => {
  await started?.kill()
  await dns?.stop()
})

async function openSettings(section: string, width = 1280): Promise<Page> {
  const page = await openPage(browser, hub.url, { as: 'ada', width })
  await page.goto(`${hub.url}/organizations/acme/settings/${section}`)
  return page
}

test('a list is previewed, invited, and followed until every email is sent or kept', { skip, timeout }, async () => {
  const page = await openSettings('members')
  await page.getByRole('button', { name: 'Invite members' }).click()
  await page.getByRole('link', { name: 'import a list' }).click()
  const people = Array.from({ length: 40 }, (_, index) => `new${index}@example.org`)
  await page.getByLabel('Or paste people here').fill([...people, 'new0@example.org', 'bo', 'nonsense@'].join('\n'))
  await page.getByText('43 people', { exact: true }).waitFor()
  await expectClean(page)

  const before = await hub.mails()
  await page.getByRole('button', { name: 'Preview 43 invitations' }).click()
  await page.getByText('40 of 43 people can be invited · 3 skipped. Nothing has been sent yet.').waitFor()
  assert.equal((await hub.mails()).length, before.length)
  await expectClean(page)
  await page.getByRole('button', { name: /^Already members/ }).click()
  await page.getByText('1 row', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Invite 40 people' }).click()
  await page.getByText('0 of 40 emails sent', { exact: true }).waitFor()
  await page.getByText('Not sent: no mail server').waitFor()
  await page.getByRole('button', { name: 'Download links' }).waitFor()
  await expectClean(page)
  // The address keeps the list for a return visit.
  assert.match(page.url(), /\?batch=[0-9a-f]{24}$/)
  await page.reload()
  await page.getByText('Not sent: no mail server').waitFor()
  assert.equal((await hub.mails()).length, before.length + 40)
})

test('a domain shows its record, and is verified once that is published', { skip, timeout }, async () => {
  const page = await openSettings('account')
  await page.getByRole('heading', { name: 'No email domains' }).waitFor()
  await expectClean(page)
  await page.getByLabel('Email domain', { exact: true }).fill('gmail.com')
  await page.getByRole('button', { name: 'Add domain' }).click()
  await page
    .getByText(/email provider/i)
    .first()
    .waitFor()
  await page.getByLabel('Email domain', { exact: true }).fill('ada@lab-works.org')
  await page.getByRole('button', { name: 'Add domain' }).click()
  const value = (await page.getByText(/^guildhall-verification=/).textContent()) ?? ''
  assert.ok(await page.getByRole('radio', { name: 'Approval required' }).isDisabled(), 'needs a verified domain')

  await page.getByRole('button', { name: 'Verify now: lab-works.org' }).click()
  await page.getByText('not verified').waitFor()
  await page
    .getByText(/^Checked|Checked just now/)
    .first()
    .waitFor()
  await expectClean(page)

  dns.records.set('lab-works.org', [value])
  await page.getByRole('button', { name: 'Verify now: lab-works.org' }).click()
  await page.getByText('lab-works.org is verified.').waitFor()
  await choose(page, 'Approval required')
  await page.getByText('Approval for email domains saved.').waitFor()
  await choose(page, 'Join immediately')
  for (const width of widths) await expectClean(await readyAt('account', width, 'lab-works.org'))
  const outside = await openPage(browser, hub.url)
  await outside.goto(`${hub.url}/acme`)
  await outside.getByText('verified', { exact: true }).waitFor()
})

test('a person with an address in the domain joins from the page of the organization', { skip, timeout }, async () => {
  const ada = await hub.person('ada')
  await hub.request(ada, 'POST', '/api/organizations/acme/domains', { domain: 'example.org' })
  await hub.person('gil')
  const page = await openPage(browser, hub.url, { as: 'gil', width: 400 })
  await page.goto(`${hub.url}/acme`)
  await page
    .getByText(/You can join with your verified email address at example\.org\. Your role will be read\./i)
    .waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Join acme' }).click()
  await page.getByText(/Welcome to acme\. Your role is read\./i).waitFor()
  const { body } = await hub.request(ada, 'GET', '/api/organizations/acme/members?search=gil')
  assert.deepEqual([body[0].user, body[0].role], ['gil', 'read'])
})

test('seats and the next invoice can be read at every width', { skip, timeout }, async () => {
  const limited = await hub.console('PATCH', '/api/operator/organizations/acme', { seatLimit: 60 })
  assert.equal(limited.status, 200, JSON.stringify(limited.body))
  for (const width of widths) {
    const page = await readyAt('billing', width, 'Next invoice')
    await page.getByText(/of 60 seats/).waitFor()
    await expectClean(page)
  }
})

test('members who were never active are selected, previewed, changed, and changed back', {
  skip,
  timeout,
}, async () => {
  for (const width of widths) await expectClean(await readyAt('activity', width, 'Active members by week'))
  const page = await openSettings('members?idle=never')
  await page.getByLabel('Select cy').check()
  await page.getByLabel('Select dee').check()
  await page.getByText('2 members selected').waitFor()
  await page.getByRole('button', { name: 'Change role', exact: true }).click()
  await page.getByRole('menuitem', { name: /^contributor/ }).click()
  await page.getByText('Change role to contributor: 2 changes. Nothing has changed yet.').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Apply 2 changes' }).click()
  await page.getByText('Applied', { exact: true }).waitFor()
  assert.deepEqual(await roles(), ['contributor', 'contributor'])

  await page.getByRole('button', { name: 'Undo…' }).click()
  await page.getByRole('button', { name: 'Undo 2 changes…' }).click()
  await page.getByRole('button', { name: 'Undo 2 changes', exact: true }).click()
  await page.getByText('Undone', { exact: true }).waitFor()
  assert.deepEqual(await roles(), ['read', 'read'])
})

async function readyAt(section: string, width: number, words: string): Promise<Page> {
  const page = await openSettings(section, width)
  await page.getByText(words).first().waitFor()
  return page
}

async function roles(): Promise<string[]> {
  const { body } = await hub.request(await hub.person('ada'), 'GET', '/api/organizations/acme/members?limit=100')
  const found = body as { user: string; role: string }[]
  return found.filter(({ user }) => user === 'cy' || user === 'dee').map(({ role }) => role)
}
