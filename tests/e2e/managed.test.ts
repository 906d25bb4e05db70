// Managed SSO in a browser: an admin converts an organization, and people sign in with the identity provider alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', mia: 'write', bea: 'read' })
await hub.organization('lab', { lea: 'admin', bea: 'read' })
const { provider, ada, at, addDomain, enforce } = await startManagedLab(hub, acme.id)
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  await addDomain('example.org')
  await enforce()
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

test('an admin sees what happens to whom, and converts the organization', options, async () => {
  const page = await openPage(browser, hub.url)
  const [name = '', value = ''] = (ada.cookie ?? '').split('=')
  await page.context().addCookies([{ name, value, url: hub.url }])
  await page.goto(`${hub.url}/organizations/acme/settings/sso`)
  await page.getByRole('button', { name: 'Convert to Managed SSO…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Convert acme to Managed SSO' })
  await dialog.getByText('acme takes over 1 account.', { exact: false }).waitFor()
  const kept = dialog.getByRole('table', { name: 'Members who keep their account' })
  await kept.getByRole('row', { name: 'bea Member of another organization' }).waitFor()
  await kept.getByRole('row', { name: 'ada Break-glass admin' }).waitFor()
  await expectClean(page)
  await dialog.getByRole('button', { name: 'Convert to Managed SSO' }).click()
  await page.getByText('acme owns 1 account.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Convert back to Basic SSO…' }).waitFor()
  await expectCleanAndClose(page)
  assert.equal((await done(ada.send('GET', at('/settings/sso/managed')))).managed, true)
})

test(
  'a member signs in with the identity provider alone, and confirms with it what takes a recent sign-in',
  options,
  async () => {
    provider.claims.mia = { email: 'mia@example.org', email_verified: true, roles: ['staff'] }
    provider.current = 'mia'
    const page = await openPage(browser, hub.url, { width: 400 })
    await page.goto(`${hub.url}/sso/acme`)
    await page.getByText('acme manages your account. Sign in with its identity provider.').waitFor()
    await expectClean(page)
    await page.getByRole('button', { name: 'Sign in with SSO' }).click()
    await page.waitForURL(`${hub.url}/acme`)
    // The provider brought them in without saying when it asked, which is no recent sign-in.
    await page.goto(`${hub.url}/settings/tokens?new=1`)
    const form = page.getByRole('form', { name: 'New access token' })
    await form.getByLabel('Name').fill('ci')
    await form.getByRole('button', { name: 'Create token' }).click()
    const again = page.getByRole('dialog', { name: 'Confirm it’s you' })
    await again.getByText('Sign in with SSO again', { exact: false }).waitFor()
    await expectClean(page)
    // The address is the same before and after.
    const loaded = page.waitForEvent('load')
    await again.getByRole('button', { name: 'Sign in with SSO' }).click()
    await loaded
    await page.waitForURL(`${hub.url}/settings/tokens?new=1`)
    await form.getByLabel('Name').fill('ci')
    await form.getByRole('button', { name: 'Create token' }).click()
    await page.getByLabel('Access token', { exact: true }).waitFor()
    await page.context().close()
  },
)

test('a newcomer gets an account at the first sign-in, and what is refused is said', options, async () => {
  provider.claims.nia = { email: 'nia@example.org', email_verified: true, roles: ['staff'], name: 'Nia New' }
  provider.current = 'nia'
  const page = await openPage(browser, hub.url)
  await page.goto(`${hub.url}/sso/acme`)
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  await page.goto(`${hub.url}/nia`)
  await page.getByText('Nia New').first().waitFor()
  await page.context().clearCookies()
  provider.claims.eve = { email: 'eve@evil.example', email_verified: true, roles: ['boss'] }
  provider.current = 'eve'
  await page.goto(`${hub.url}/sso/acme`)
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.getByRole('heading', { name: 'Could not sign in with SSO' }).waitFor()
  await page.getByText('is not in a verified domain', { exact: false }).waitFor()
  await expectCleanAndClose(page)
})
