// Managed SSO with SAML in a browser: the identity provider posts its response from its own site, to which no cookie of the
// hub goes, and the newcomer arrives signed in.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { bothSides, idpMetadata, posted, requestIn, signedAnswer } from '../saml/idp.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin' })
const { ada, at, addDomain } = await startManagedLab(hub, acme.id)
let sides = await bothSides()
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  await addDomain('example.org')
  const set = await done(ada.send('PUT', at('/settings/sso/saml'), { metadata: idpMetadata(sides) }))
  sides = { ...sides, sp: { ...sides.sp, entityId: set.entityId, acsUrl: set.acsUrl } }
  const roleMapping = [{ value: 'boss', role: 'admin' }]
  await done(
    ada.send('PUT', at('/settings/sso'), {
      protocol: 'saml',
      rolePath: 'roles',
      roleMapping,
      emailDomains: ['example.org', 'evil.example'],
    }),
  )
  await hub.db
    .updateTable('organizations')
    .set({ sso_mode: 'enforced', managed_since: now() })
    .where('id', '=', acme.id)
    .execute()
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

/** The site of the identity provider, which signs everyone in as one person and posts the response. */
async function signsInAs(page: Page, email: string): Promise<void> {
  await page.route('https://idp.test/**', async (route) => {
    const { requestId, relayState } = requestIn(route.request().url())
    const attributes = { roles: ['staff'], displayName: ['Nia New'] }
    const response = posted(signedAnswer(sides, now(), { id: `_${newId()}`, requestId, nameId: email, attributes }))
    const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`
    const fields = field('SAMLResponse', response) + field('RelayState', relayState)
    const body = `<form method="post" action="${sides.sp.acsUrl}">${fields}</form><script>document.forms[0].submit()</script>`
    await route.fulfill({ contentType: 'text/html', body })
  })
}

test('a newcomer signs in at the identity provider, and has an account whose name it decides', options, async () => {
  const page = await openPage(browser, hub.url, { width: 400 })
  await signsInAs(page, 'nia@example.org')
  await page.goto(`${hub.url}/sso/acme`)
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.waitForURL(`${hub.url}/acme`)
  await page.goto(`${hub.url}/settings/profile`)
  await page.getByText('acme manages your account. Its identity provider decides your full name.').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Full name' }).count(), 0)
  await page.getByText('Nia New', { exact: true }).waitFor()
  await expectClean(page)
  await page.goto(`${hub.url}/settings/organizations`)
  await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Leave acme' }).count(), 0)
  await expectCleanAndClose(page)
})

test('an address outside the verified domains is refused, and no one is signed in', options, async () => {
  const page = await openPage(browser, hub.url)
  await signsInAs(page, 'eve@evil.example')
  await page.goto(`${hub.url}/sso/acme`)
  await page.getByRole('button', { name: 'Sign in with SSO' }).click()
  await page.getByRole('heading', { name: 'Could not sign in with SSO' }).waitFor()
  await page.getByText('is not in a verified domain', { exact: false }).waitFor()
  const cookies = await page.context().cookies(hub.url)
  assert.equal(
    cookies.some(({ name }) => name === 'guildhall_session'),
    false,
  )
  await expectCleanAndClose(page)
})
