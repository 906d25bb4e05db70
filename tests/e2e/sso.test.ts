// Single sign-on set up by hand in the page, with a real OpenID provider: tested, enforced, and met by members and a newcomer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, testPassword } from '../hub.ts'
import { clientSecret, startProvider } from '../openid-provider.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const provider = await startProvider(`${hub.url}/sso/acme/callback`)
let started: StartedBrowser | undefined
let browser: Browser
let admin: Page
let linkToken: string

before(async () => {
  if (executablePath === undefined) return
  const { people } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
  await hub.person('nel')
  const ask = async (path: string, body: object) => {
    const reply = await hub.request(people.ada as Person, 'POST', path, body)
    assert.ok(reply.status < 300, JSON.stringify(reply.body))
    return reply.body
  }
  await ask('/api/repos/create', { name: 'encoder', organization: 'acme', private: true })
  await ask('/api/organizations/acme/resource-groups', { name: 'vision' })
  linkToken = (await ask('/api/organizations/acme/invite-links', { role: 'read', expiresInDays: 7 })).token
  for (const [name, roles] of Object.entries({ ada: ['boss'], bea: ['staff'], nel: ['staff'] }))
    provider.claims[name] = { email: `${name}@example.org`, email_verified: true, roles, groups: ['see'] }
  started = await launch(executablePath)
  browser = started.browser
  admin = await openPage(browser, hub.url, { as: 'ada' })
  await admin.context().grantPermissions(['clipboard-read', 'clipboard-write'])
})
after(() => started?.kill())

const settings = () => `${hub.url}/organizations/acme/settings/sso`
const rolesOf = async (user: string) => {
  const { body } = await hub.request(undefined, 'GET', '/api/organizations/acme/members', undefined, {
    cookie: await cookieOf(admin),
  })
  return body.find((member: { user: string }) => member.user === user)?.role
}
async function cookieOf(page: Page): Promise<string> {
  return (await page.context().cookies(hub.url)).map(({ name, value }) => `${name}=${value}`).join('; ')
}

test('an admin enters OpenID Connect by hand, sees in a test what it comes to, and enforces it', options, async () => {
  await admin.goto(settings())
  const form = admin.getByRole('form', { name: 'Identity provider' })
  await form.getByLabel('Issuer').fill(provider.issuer)
  await form.getByLabel('Client ID').fill('guildhall')
  await form.getByRole('textbox', { name: 'Client secret' }).fill(clientSecret)
  await form.getByLabel('Matching email domains').fill('not a domain')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Each entry must be a domain such as example.org.').waitFor()
  await form.getByLabel('Matching email domains').fill('example.org')
  await form.getByLabel('Role attribute').fill('roles')
  const roles = form.getByRole('group', { name: 'Role mapping' })
  for (const [index, [value, role]] of [
    ['boss', 'admin'],
    ['staff', 'write'],
  ].entries()) {
    await roles.getByRole('button', { name: 'Add row' }).click()
    await roles.getByLabel(`Value ${index + 1}`).fill(value as string)
    await roles.getByLabel(`Role ${index + 1}`).selectOption(role as string)
  }
  await form.getByLabel('Group attribute').fill('groups')
  const groups = form.getByRole('group', { name: 'Group mapping' })
  await groups.getByRole('button', { name: 'Add row' }).click()
  await groups.getByLabel('Value 1').fill('see')
  await groups.getByLabel('Resource group 1').selectOption('vision')
  await groups.getByLabel('Role 1').selectOption('contributor')
  await form.getByRole('button', { name: 'Save' }).click()
  await admin.getByText('SSO settings saved').waitFor()
  await expectClean(admin)

  provider.current = 'ada'
  await admin.getByRole('button', { name: 'Test sign-in' }).click()
  const report = admin.getByRole('status', { name: 'Last test sign-in' })
  await report.getByText('The test sign-in succeeded').waitFor()
  for (const fact of ['ada@example.org', 'Role: admin', 'vision (contributor)'])
    await report.getByText(fact, { exact: false }).first().waitFor()
  await report.getByText('"boss"').waitFor()
  assert.equal(await rolesOf('bea'), 'read', 'a test changes nothing')

  assert.ok(await admin.getByRole('button', { name: 'Enforce SSO…' }).isDisabled())
  await admin.getByRole('button', { name: 'Create one-time codes' }).click()
  await admin.getByText('10 unused one-time codes').waitFor()
  await admin.getByRole('button', { name: 'Enforce SSO…' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Enforce SSO' }).click()
  await admin.getByText('Enforced ·').waitFor()
  await expectClean(admin)
})

test('the mapping shows while it is edited what it comes to', options, async () => {
  const preview = admin.getByRole('status', { name: 'Role preview' })
  await preview.getByText('admin').waitFor()
  const first = admin.getByRole('group', { name: 'Role mapping' }).getByLabel('Value 1')
  await first.fill('chief')
  await preview.getByText('the default role').waitFor()
  await first.fill('boss')
  await preview.getByText('admin').waitFor()
  await admin.getByRole('status', { name: 'Group preview' }).getByText('vision (contributor)').waitFor()
  await admin.goto(`${hub.url}/settings/authentication`)
  await admin.getByRole('region', { name: 'Single sign-on (SSO)' }).getByText('ada@example.org').first().waitFor()
  await expectClean(admin)
})

test('a member is walled, signs in, and is brought back with the role and group that map', options, async () => {
  const page = await openPage(browser, hub.url, { as: 'bea' })
  await page.goto(`${hub.url}/acme/encoder`)
  await page.getByRole('heading', { name: 'Single sign-on required' }).waitFor()
  await expectClean(page)
  provider.current = 'bea'
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.getByRole('heading', { name: 'acme/encoder' }).waitFor()
  assert.equal(page.url(), `${hub.url}/acme/encoder`)
  assert.equal(await rolesOf('bea'), 'write')
  await page.goto(`${hub.url}/settings/organizations`)
  await page.getByText('write').first().waitFor()
  await admin.goto(`${hub.url}/organizations/acme/settings/members?member=bea`)
  await admin.getByText('vision').first().waitFor()

  provider.claims.bea = { email: 'bea@example.org', email_verified: true, roles: [], groups: [] }
  await page.goto(`${hub.url}/sso/acme`)
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  assert.equal(await rolesOf('bea'), 'read', 'the default role, as nothing maps any more')
  assert.equal(await groupsOf('bea'), 0)
  await page.context().close()
})

async function groupsOf(name: string): Promise<number> {
  const rows = await hub.db
    .selectFrom('group_roles')
    .innerJoin('users', 'users.id', 'group_roles.user_id')
    .select('group_id')
    .where('users.name', '=', name)
    .execute()
  return rows.length
}

test(
  'the join link is copied from both tabs, and brings a newcomer in; invite links are refused',
  options,
  async () => {
    const copied = () => admin.evaluate('navigator.clipboard.readText()')
    await admin.goto(settings())
    await admin.getByRole('button', { name: 'Replace one-time codes…' }).click()
    const replacing = admin.getByRole('dialog', { name: 'Replace the one-time codes of acme' })
    await replacing.getByText('The 10 unused codes stop working immediately.').waitFor()
    await replacing.getByRole('button', { name: 'Cancel' }).click()
    await admin.getByRole('button', { name: 'Copy: SSO join link' }).click()
    const link = String(await copied())
    assert.equal(link, `${hub.url}/sso/acme`)
    await admin.evaluate('navigator.clipboard.writeText("")')
    await admin.goto(`${hub.url}/organizations/acme/settings/members`)
    await admin.getByRole('button', { name: 'Copy SSO join link' }).click()
    await admin.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await copied(), link)

    const page = await openPage(browser, hub.url)
    await page.goto(`${hub.url}/join#token=${linkToken}`)
    await page.getByText('uses single sign-on').first().waitFor()
    provider.current = 'nel'
    await page.goto(link)
    await page.getByLabel(/username/i).fill('nel')
    await page.locator('input[type=password]').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Join acme' }).waitFor()
    await expectClean(page)
    await page.getByRole('button', { name: 'Sign in with SSO' }).click()
    await page.waitForURL(`${hub.url}/acme`)
    assert.equal(await rolesOf('nel'), 'write')
    await expectCleanAndClose(page)

    await admin.goto(`${hub.url}/organizations/acme/settings/invitations`)
    await admin.getByText('Invite links don’t work while single sign-on (SSO) is on.', { exact: false }).waitFor()
    await expectCleanAndClose(admin)
  },
)
