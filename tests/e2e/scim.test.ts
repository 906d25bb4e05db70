// Provisioning in a browser: an admin connects an identity provider, links a group, and decides about too many removals.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub } from '../hub.ts'
import { userOf } from '../scim.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

const hub = await startTestHub()
const names = ['mia', 'ned', 'oda', 'pia', 'quy', 'rex', 'sol']
let started: StartedBrowser | undefined
let browser: Browser
let admin: Page
let ada: Person

before(async () => {
  if (executablePath === undefined) return
  const members = Object.fromEntries(names.map((name) => [name, 'read' as const]))
  const { people } = await hub.organization('acme', { ada: 'admin', amy: 'admin', ...members })
  ada = people.ada as Person
  const group = await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'vision' })
  assert.equal(group.status, 200, JSON.stringify(group.body))
  started = await launch(executablePath)
  browser = started.browser
  admin = await openPage(browser, hub.url, { as: 'ada' })
})
after(() => started?.kill())

const base = '/api/organizations/acme/scim-provisioning/v2'
const settings = () => `${hub.url}/organizations/acme/settings/scim`
const ask = (token: string, method: string, path: string, body?: unknown) =>
  hub.request(token, method, base + path, body, body === undefined ? {} : { 'content-type': 'application/scim+json' })
const opens = async (token: string) => (await ask(token, 'GET', '/Users')).status
const isMember = async (name: string) =>
  (await hub.request(ada, 'GET', `/api/organizations/acme/members/${name}`)).status === 200

/** Creates a SCIM token in the page, and answers what it shows once. */
async function newToken(name: string): Promise<string> {
  await admin.getByRole('button', { name: 'Create SCIM token' }).click()
  const form = admin.getByRole('dialog')
  await form.getByLabel('Name').fill(name)
  await form.getByRole('button', { name: 'Create SCIM token' }).click()
  const token = await form.getByLabel('SCIM token', { exact: true }).inputValue()
  await form.getByRole('button', { name: 'Done' }).click()
  await form.waitFor({ state: 'hidden' })
  return token
}

let token = ''
const ids: Record<string, string> = {}

test('an admin connects an identity provider, and replaces its token without a gap', options, async () => {
  await admin.goto(settings())
  await admin.getByText('Not connected. Create a SCIM token to begin.').waitFor()
  assert.equal(await admin.getByLabel('Tenant URL', { exact: true }).inputValue(), hub.url + base)
  await expectClean(admin)
  const first = await newToken('Entra ID')
  assert.equal(await opens(first), 200)
  await admin.reload()
  await admin.getByText('Entra ID').first().waitFor()
  assert.equal((await admin.content()).includes(first), false, 'shown once')
  token = await newToken('Entra ID, next')
  assert.deepEqual([await opens(first), await opens(token)], [200, 200])
  assert.ok(await admin.getByRole('button', { name: 'Create SCIM token' }).isDisabled(), 'two at most')
  await admin.getByRole('button', { name: 'More for Entra ID', exact: true }).click()
  await admin.getByRole('menuitem', { name: 'Revoke…' }).click()
  await admin
    .getByRole('dialog')
    .getByRole('button', { name: /^Revoke/ })
    .click()
  await admin.getByText('SCIM token Entra ID revoked.').waitFor()
  assert.deepEqual([await opens(first), await opens(token)], [401, 200])
})

test('people and groups appear, and a link gives a group its roles', options, async () => {
  for (const name of names) {
    const made = await ask(token, 'POST', '/Users', userOf(`${name}@example.org`))
    assert.equal(made.status, 201, JSON.stringify(made.body))
    ids[name] = made.body.id
  }
  const members = names.map((name) => ({ value: ids[name] }))
  await ask(token, 'POST', '/Groups', { displayName: 'engineers', members })
  await ask(token, 'POST', '/Users', userOf('unknown@example.org'))
  await admin.goto(settings())
  await admin.getByText('7 provisioned users · 1 SCIM group · 0 linked').waitFor()
  await admin.getByText('No account has unknown@example.org as a verified email address.', { exact: false }).waitFor()
  await admin.getByRole('button', { name: 'Link engineers' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Link engineers' })
  await dialog.getByRole('button', { name: 'Add resource group' }).click()
  await dialog.getByRole('combobox', { name: 'Resource group' }).click()
  await admin.getByRole('option', { name: 'vision' }).click()
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await admin.getByRole('option', { name: 'contributor' }).click()
  await dialog.getByText('Immediately: 7 people get access.').waitFor()
  await expectClean(admin)
  await dialog.getByRole('button', { name: 'Save links' }).click()
  await admin.getByText('vision (contributor)').waitFor()
  const { body } = await hub.request(ada, 'GET', '/api/organizations/acme/members/mia')
  assert.equal(JSON.stringify(body).includes('contributor'), true, JSON.stringify(body))
})

test('too many removals wait, the bell tells, and an admin approves one and denies another', options, async () => {
  const statuses: number[] = []
  for (const name of names) {
    const body = { Operations: [{ op: 'replace', path: 'active', value: false }] }
    statuses.push((await ask(token, 'PATCH', `/Users/${ids[name]}`, body)).status)
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 503, 503])
  await admin.goto(`${hub.url}/acme`)
  await admin.getByRole('button', { name: /notification/i }).click()
  await admin.getByText('2 removals wait for approval', { exact: false }).waitFor()
  await admin.getByRole('link', { name: 'Review removals' }).click()
  await admin.getByText('2 removals waiting for approval').first().waitFor()
  await expectClean(admin)
  await admin.getByRole('button', { name: 'Approve: deactivate rex' }).click()
  await admin.getByText('Removal approved and carried out.').waitFor()
  assert.deepEqual([await isMember('rex'), await isMember('sol')], [false, true])
  await admin.getByRole('button', { name: 'Deny: deactivate sol' }).click()
  await admin.getByText('Removal denied.').waitFor()
  await admin.getByRole('button', { name: 'Deny: deactivate sol' }).waitFor({ state: 'hidden' })
  assert.equal(await isMember('sol'), true)
  const again = await ask(token, 'DELETE', `/Users/${ids.sol}`)
  assert.equal(again.status, 503, 'another request is another removal')
})

test('the page is clean on a phone', options, async () => {
  const page = await openPage(browser, hub.url, { as: 'ada', width: 400 })
  await page.goto(settings())
  await page.getByText('1 removal waiting for approval').first().waitFor()
  await expectCleanAndClose(page)
})
