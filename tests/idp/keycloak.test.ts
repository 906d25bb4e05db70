// SAML with Keycloak through a real browser, until the response is checked and kept: `npm run test:idp`.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { now, secondsFromNow } from '../../server/kernel/clock.ts'
import { digest, randomText } from '../../server/kernel/secret.ts'
import { beginSaml } from '../../server/sso/saml-answer.ts'
import { findChromium, launch, type StartedBrowser } from '../e2e/chromium.ts'
import { openPage } from '../e2e/pages.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'
import { type Keycloak, startKeycloak, whyNoKeycloak } from './keycloak.ts'
import { addSamlClient, encryptAssertions, joinGroup, makeRealm, password, rollOver, samlDescriptor } from './realm.ts'

const executablePath = findChromium()
const skip = (executablePath === undefined ? 'no Chromium' : whyNoKeycloak()) ?? false
// Java compiles what it runs while the first sign-in waits
const patienceMs = 120_000
const settings = '/api/organizations/acme/settings/sso/saml'

suite('Keycloak', { skip, timeout: 600_000 }, () => {
  let hub: TestHub
  let keycloak: Keycloak
  let started: StartedBrowser
  let admin: Visitor
  let orgId: string
  let client: { id: string }
  before(async () => {
    ;[hub, keycloak, started] = await Promise.all([
      startTestHub({ privateNetworks: ['127.0.0.0/8', '::1/128'] }),
      startKeycloak(),
      launch(executablePath ?? ''),
    ])
    const { id, people } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
    orgId = id
    admin = await signedIn(hub, 'ada')
    await makeRealm(keycloak)
    await hub.request(undefined, 'POST', '/api/login', { username: 'bea', password: people.bea?.password })
  })
  after(async () => {
    await started?.kill()
    await keycloak?.stop()
  })

  const answer = async () => {
    const { key } = hub.running.server.hub
    const state = randomText(32)
    const org = { id: orgId, name: 'acme' }
    const { location, requestId } = await beginSaml(hub.db, { key, publicUrl: hub.running.publicUrl }, org, state)
    const { user_id, id } = await hub.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
    const row = { state_hash: digest(state), org_id: orgId, user_id, session_id: id, is_test: false }
    const rest = {
      protocol: 'saml',
      request_id: requestId,
      return_to: '/acme',
      created_at: now(),
      expires_at: secondsFromNow(600),
    }
    await hub.db
      .insertInto('sso_pending')
      .values({ ...row, ...rest })
      .execute()
    const page = await openPage(started.browser, hub.url, { as: 'bea' })
    page.setDefaultTimeout(patienceMs)
    await page.goto(location)
    await page.locator('#username').fill('bea')
    await page.locator('#password').fill(password)
    await page.locator('#kc-login').click()
    return { page, state }
  }
  const signIn = async () => {
    const { page, state } = await answer()
    await page.waitForURL(/callback/)
    const row = await hub.db
      .selectFrom('sso_pending')
      .selectAll()
      .where('state_hash', '=', digest(state))
      .executeTakeFirstOrThrow()
    await page.context().close()
    return JSON.parse(hub.running.server.hub.key.open(row.identity as Buffer))
  }

  test('each side takes the metadata of the other', async () => {
    const set = await admin.send('PUT', settings, { metadataUrl: samlDescriptor(keycloak) })
    assert.equal(set.status, 200, JSON.stringify(set.body))
    client = await addSamlClient(keycloak, await (await fetch(set.body.metadataUrl)).text())
  })

  test('signs in, signed', async () => {
    const identity = await signIn()
    assert.deepEqual([identity.subject, identity.attributes.groups], ['bea@example.test', ['research']])
  })

  test('signs in, encrypted, with the groups of today', async () => {
    await encryptAssertions(keycloak, client)
    await joinGroup(keycloak, 'bea', 'platform')
    const { attributes } = await signIn()
    assert.deepEqual(attributes.groups.toSorted(), ['platform', 'research'])
  })

  test('signs in after a roll-over of the certificate', async () => {
    await rollOver(keycloak)
    const { page } = await answer()
    await page.getByText('The signature does not match').waitFor()
    await admin.send('POST', `${settings}/refresh`)
    assert.equal((await signIn()).subject, 'bea@example.test')
  })
})
