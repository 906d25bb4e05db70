// SAML and OpenID Connect with Keycloak through a real browser: `npm run test:idp`.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from 'playwright-core'
import { refused, succeeded } from '../clients/expect.ts'
import { makeMachine } from '../clients/machine.ts'
import { findChromium, launch, type StartedBrowser } from '../e2e/chromium.ts'
import { openPage } from '../e2e/pages.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn, type Visitor, visitor } from '../visitor.ts'
import { type Keycloak, startKeycloak, whyNoKeycloak } from './keycloak.ts'
import {
  addOidcClient,
  addSamlClient,
  encryptAssertions,
  endSessions,
  issuerOf,
  joinGroup,
  makeRealm,
  password,
  rollOver,
  samlDescriptor,
} from './realm.ts'

const executablePath = findChromium()
const skip = (executablePath === undefined ? 'no Chromium' : whyNoKeycloak()) ?? false
// Java compiles what it runs while the first sign-in waits
const patienceMs = 120_000

suite('Keycloak', { skip, timeout: 600_000 }, () => {
  let hub: TestHub
  let keycloak: Keycloak
  let started: StartedBrowser
  let admin: Visitor
  let bea: Person
  before(async () => {
    ;[hub, keycloak, started] = await Promise.all([
      startTestHub({ privateNetworks: ['127.0.0.0/8', '::1/128'] }),
      startKeycloak(),
      launch(executablePath ?? ''),
    ])
    for (const org of ['acme', 'lab'])
      bea = (await hub.organization(org, { ada: 'admin', bea: 'read' })).people.bea as Person
    admin = await signedIn(hub, 'ada')
    await makeRealm(keycloak)
  })
  after(async () => {
    await started?.kill()
    await keycloak?.stop()
  })

  const done = async (method: string, path: string, body?: unknown) => {
    const reply = await admin.send(method, path, body)
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const browse = async (as: string) => {
    const page = await openPage(started.browser, hub.url, { as })
    page.setDefaultTimeout(patienceMs)
    return page
  }
  const signIn = async (page: Page, as: string) => {
    await page.locator('#username').fill(as)
    await page.locator('#password').fill(password)
    await page.locator('#kc-login').click()
  }
  const groupsOfBea = async () => {
    const rows = await hub.db
      .selectFrom('group_roles')
      .innerJoin('resource_groups', 'resource_groups.id', 'group_roles.group_id')
      .select('resource_groups.name')
      .where('user_id', '=', bea.id)
      .orderBy('resource_groups.name')
      .execute()
    return rows.map(({ name }) => name)
  }

  suite('SAML', () => {
    const settings = '/api/organizations/acme/settings/sso'
    let client: { id: string }
    const enter = async () => {
      const page = await browse('bea')
      await page.goto(`${hub.url}/sso/acme`)
      await page.getByRole('button', { name: 'Sign in with SSO' }).click()
      await signIn(page, 'bea')
      return page
    }
    const signedInGroups = async () => {
      const page = await enter()
      await page.waitForURL(`${hub.url}/acme`)
      await page.context().close()
      return groupsOfBea()
    }

    test('each side takes the metadata of the other', async () => {
      const set = await done('PUT', `${settings}/saml`, { metadataUrl: samlDescriptor(keycloak) })
      client = await addSamlClient(keycloak, await (await fetch(set.metadataUrl)).text())
      const groups: string[] = []
      for (const name of ['research', 'platform'])
        groups.push((await done('POST', '/api/organizations/acme/resource-groups', { name })).id)
      const groupMapping = ['research', 'platform'].map((value, at) => ({ value, group: groups[at], role: 'write' }))
      const emailDomains = ['example.org']
      await done('PUT', settings, { protocol: 'saml', emailDomains, groupPath: 'groups', groupMapping })
      await done('PUT', `${settings}/mode`, { mode: 'optional' })
    })

    test('signs in, signed', async () => {
      assert.deepEqual(await signedInGroups(), ['research'])
    })

    test('signs in, encrypted, with the groups of today', async () => {
      await encryptAssertions(keycloak, client)
      await joinGroup(keycloak, 'bea', 'platform')
      assert.deepEqual(await signedInGroups(), ['platform', 'research'])
    })

    test('signs in after a roll-over of the certificate', async () => {
      await rollOver(keycloak)
      const page = await enter()
      await page.getByText('The encrypted assertion could not be read').waitFor()
      await page.context().close()
      await done('POST', `${settings}/saml/refresh`)
      assert.deepEqual(await signedInGroups(), ['platform', 'research'])
    })
  })

  suite('OpenID Connect', () => {
    const settings = '/api/organizations/lab/settings/sso'
    let page: Page
    const roleOfBea = async () => (await done('GET', '/api/organizations/lab/members/bea')).role

    test('an admin tests the sign-in, sees what Keycloak sends, and enforces it', async () => {
      await done('POST', '/api/repos/create', { name: 'encoder', organization: 'lab', private: true })
      const { forProvider } = await done('GET', settings)
      const clientSecret = await addOidcClient(keycloak, forProvider)
      const roleMapping = [
        { value: 'boss', role: 'admin' },
        { value: 'staff', role: 'write' },
      ]
      const oidc = { issuer: issuerOf(keycloak), clientId: 'guildhall', clientSecret }
      await done('PUT', settings, { protocol: 'oidc', oidc, rolePath: 'realm_access.roles', roleMapping })
      await done('POST', `${settings}/break-glass/codes`)
      const tester = await browse('ada')
      await tester.goto(`${hub.url}/organizations/lab/settings/sso`)
      await tester.getByRole('button', { name: 'Test sign-in' }).click()
      await signIn(tester, 'ada')
      const report = tester.getByRole('status', { name: 'Last test sign-in' })
      await report.getByText('The test sign-in succeeded').waitFor()
      await report.getByText('Role: admin').waitFor()
      await report.getByText('"boss"').waitFor()
      await tester.context().close()
      await done('PUT', `${settings}/mode`, { mode: 'enforced' })
    })

    test('a member is walled, signs in at Keycloak, and is mapped', async () => {
      page = await browse('bea')
      await page.goto(`${hub.url}/lab/encoder`)
      await page.getByRole('button', { name: 'Sign in with SSO' }).click()
      await signIn(page, 'bea')
      await page.getByRole('heading', { name: 'lab/encoder' }).waitFor()
      assert.equal(await roleOfBea(), 'write')
    })

    test('an admin of Keycloak ends the session, and the member is walled at the next request', async () => {
      const machine = makeMachine(hub.url, { name: 'bea', token: bea.token })
      const folder = machine.folder('work')
      const cookies = await page.context().cookies(hub.url)
      const browser = visitor(hub, cookies.map(({ name, value }) => `${name}=${value}`).join('; '))
      const lfs = { operation: 'download', transfers: ['basic'], objects: [{ oid: 'a'.repeat(64), size: 1 }] }
      const answers = async () => [
        (await browser.send('GET', '/api/models/lab/encoder')).status,
        (await hub.request(bea, 'GET', '/api/models/lab/encoder')).status,
        (await hub.request(bea, 'POST', '/lab/encoder.git/info/lfs/objects/batch', lfs)).status,
      ]
      const lsRemote = () => machine.git(folder, 'ls-remote', `${hub.url}/lab/encoder`)
      assert.deepEqual(await answers(), [200, 200, 200])
      succeeded(await lsRemote())

      await endSessions(keycloak, 'bea')
      assert.deepEqual(await answers(), [403, 403, 403])
      refused(await lsRemote(), /single sign-on \(SSO\)/)
      await page.reload()
      await page.getByRole('heading', { name: 'Single sign-on required' }).waitFor()

      await page.getByRole('button', { name: 'Sign in with SSO' }).click()
      await signIn(page, 'bea')
      await page.getByRole('heading', { name: 'lab/encoder' }).waitFor()
      assert.deepEqual(await answers(), [200, 200, 200])
    })
  })
})
