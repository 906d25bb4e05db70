import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean } from './pages.ts'

const executablePath = findChromium()
// A page that goes round in circles must not hold up everything else.
const timeout = 120_000
const skip = executablePath === undefined ? 'no Chromium' : false

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  await hub.person('opal', { operator: true })
  await hub.person('ben')
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function openPage(width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  context.setDefaultTimeout(30_000)
  return context.newPage()
}

async function signIn(page: Page, name: string): Promise<void> {
  const reply = await page.request.post(`${hub.url}/api/login`, { data: { username: name, password: testPassword } })
  assert.equal(reply.status(), 200)
}

test('a newcomer signs up, verifies, creates an organization, changes a role and finds it in the audit log', {
  skip,
}, async () => {
  const page = await openPage()
  await page.goto(`${hub.url}/signup`)
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Email address').fill('ada@example.org')
  await page.locator('input[type=password]').first().fill(testPassword)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.waitForURL(`${hub.url}/`)

  await page.goto(await verificationLink('ada@example.org'))
  await page.getByRole('button', { name: 'Verify email address' }).click()
  await page.getByText('You can now sign in to ada with ada@example.org.').waitFor()

  await page.goto(`${hub.url}/organizations/new`)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('acme')
  await page.getByRole('button', { name: 'Create organization' }).click()
  await page.getByRole('region', { name: 'Setup checklist' }).waitFor()

  await hub.console('POST', '/api/operator/organizations/acme/members', { username: 'ben', role: 'read' })
  await page.goto(`${hub.url}/organizations/acme/settings/members`)
  await page.getByText('2 members').waitFor()
  await page.getByRole('button', { name: /^Change role of ben/ }).click()
  await page.getByRole('menuitem', { name: /^write/i }).click()
  await page.getByText('ben gains:').waitFor()
  await page.getByRole('button', { name: 'Change role to write' }).click()
  await page.getByText('ben now has the write role.').waitFor()

  await page.goto(`${hub.url}/organizations/acme/settings/audit-log`)
  await page.getByText('changed the role of ben from read to write').first().waitFor()
  const events = await hub.events(await organizationId())
  assert.equal(events.at(-1)?.type, 'org.change_role')
  assert.equal(events.at(-1)?.author.user, 'ada')
})

async function organizationId(): Promise<string> {
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow()
  return id
}

async function verificationLink(address: string): Promise<string> {
  const mail = (await hub.mails()).find(({ recipient }) => recipient === address)
  const link = mail?.text_body.match(/https?:\/\/\S+verify-email\S+/)?.[0]
  assert.ok(link, 'the mail has a link')
  return link
}

test('no one is sent to another site after signing in', { skip, timeout }, async () => {
  for (const next of [
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    '/%09/evil.example',
    'javascript:alert(1)',
  ]) {
    const page = await openPage()
    await page.goto(`${hub.url}/login#next=${encodeURIComponent(next)}`)
    await page.getByLabel(/username/i).fill('ben')
    await page.locator('input[type=password]').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.waitForURL((address) => address.pathname !== '/login')
    await page.waitForLoadState('networkidle')
    assert.equal(new URL(page.url()).origin, hub.url, next)
    await page.context().close()
  }
})

test('script in names and descriptions is shown, and does not run', { skip, timeout }, async () => {
  await hub.organization('wild', { wanda: 'admin', will: 'read' })
  const script = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>[x](javascript:window.hit=1)'
  const wanda = await hub.person('wanda')
  await hub.request(wanda, 'PATCH', '/api/organizations/wild', { fullname: '<b onclick=1>Wild', details: script })
  await hub.request(wanda, 'POST', '/api/organizations/wild/resource-groups', { name: '<svg onload=window.hit=1>' })
  const page = await openPage()
  await signIn(page, 'wanda')
  for (const path of [
    '/wild',
    '/organizations/wild/settings/resource-groups',
    '/organizations/wild/settings/members',
    '/organizations/wild/settings/audit-log',
  ]) {
    await page.goto(hub.url + path)
    await page.getByRole('heading').first().waitFor()
    // An image that came later has failed to load by now
    await page.evaluate("new Promise((failed) => Object.assign(new Image(), { onerror: failed, src: '/x-none' }))")
    assert.equal(await page.evaluate('window.hit'), undefined, path)
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, path)
  }
})

test('before there is an operator, people of the demo get in, and the first account is still offered', {
  skip,
  timeout,
}, async () => {
  const bare = await startTestHub()
  await bare.running.fillDemo()
  const page = await openPage()
  let moves = 0
  page.on('framenavigated', () => moves++)
  await page.goto(`${bare.url}/login`)
  await page.getByLabel(/username/i).fill('amara-okafor')
  await page.locator('input[type=password]').fill('guildhall-demo')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${bare.url}/`)
  await page.getByRole('main').getByText('meridian-labs').first().waitFor()
  await page.waitForLoadState('networkidle')
  assert.equal(page.url(), `${bare.url}/`)
  assert.ok(moves < 5, `${moves} changes of address`)

  const stranger = await openPage()
  await stranger.goto(bare.url)
  await stranger.waitForURL(`${bare.url}/setup`)
  await stranger.getByRole('button', { name: 'Create site admin account' }).waitFor()

  // The address that a start prints needs nothing but the account itself.
  await stranger.goto(`${bare.url}/setup#code=${bare.running.setupCode}`)
  await stranger.getByLabel(/username/i).fill('olive')
  await stranger.getByLabel(/e-?mail/i).fill('olive@example.org')
  await stranger.locator('input[type=password]').fill(testPassword)
  await stranger.getByRole('button', { name: 'Create site admin account' }).click()
  await stranger.waitForURL(`${bare.url}/`)
  await bare.stop()
})

test('the sign-in page of the demo offers its sample accounts', { skip, timeout }, async () => {
  const demo = await startTestHub({ isDemo: true })
  await demo.running.fillDemo()
  const page = await openPage(400)
  await page.goto(demo.url)
  await page.waitForURL(`${demo.url}/login`)
  const card = page.getByRole('region', { name: 'Sample accounts' }).getByRole('button', { name: /^Mei Tanaka/ })
  await card.waitFor()
  await expectClean(page)
  await card.click()
  await page.getByRole('heading', { name: 'Hello, Mei Tanaka' }).waitFor()
  const ordinary = await openPage()
  await ordinary.goto(`${hub.url}/login?demo=1`)
  await ordinary.getByLabel(/user ?name/i).waitFor()
  assert.equal(await ordinary.getByText('Sample accounts').count(), 0)
  await demo.stop()
})

test('the bar creates repositories and tokens, and organizations for those who may; the account menu leads to the tokens', {
  skip,
  timeout,
}, async () => {
  const page = await openPage(400)
  await signIn(page, 'opal')
  await page.goto(`${hub.url}/docs`)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: 'New organization' }).waitFor()
  await expectClean(page)
  await page.getByRole('menuitem', { name: 'New repository' }).click()
  await page.waitForURL(`${hub.url}/new`)
  await page.getByRole('button', { name: /^Your menu/ }).click()
  await page.getByRole('menuitem', { name: 'Access tokens' }).click()
  await page.waitForURL(`${hub.url}/settings/tokens`)

  const settings = (organizationCreation: string) =>
    hub.console('PATCH', '/api/operator/settings', { organizationCreation })
  assert.equal((await settings('operators')).status, 200)
  await hub.person('nina')
  const member = await openPage()
  await signIn(member, 'nina')
  await member.goto(`${hub.url}/docs`)
  await member.getByRole('button', { name: 'New', exact: true }).click()
  assert.equal(await member.getByRole('menuitem', { name: 'New organization' }).count(), 0)
  await member.getByRole('menuitem', { name: 'New repository' }).click()
  await member.waitForURL(`${hub.url}/new`)
  await settings('everyone')
})

const edges = `Math.min(...[...document.querySelectorAll('main *')].filter((part) =>
  part.getClientRects().length > 0 && part.children.length === 0).map((part) => Math.round(part.getBoundingClientRect().left)))`

test('pages have one left edge, under the name of the hub', { skip, timeout }, async () => {
  const { people } = await hub.organization('edge', { edith: 'admin' })
  await hub.request(people.edith, 'POST', '/api/repos/create', { name: 'kite', organization: 'edge', private: true })
  const page = await openPage(1600)
  await signIn(page, 'edith')
  const found: [string, unknown][] = []
  const paths = ['/', '/edge', '/edge/kite', '/edith', '/new', '/organizations/new', '/docs']
  for (const path of paths) {
    await page.goto(hub.url + path)
    await page.getByRole('heading').first().waitFor()
    await page.waitForLoadState('networkidle')
    found.push([path, await page.evaluate(edges)])
  }
  const left = await page.evaluate("Math.round(document.querySelector('header a').getBoundingClientRect().left)")
  assert.deepEqual(
    found,
    paths.map((path) => [path, left]),
  )
})

const pages = [
  '/',
  '/organizations/new',
  '/organizations/calm/settings/members',
  '/organizations/calm/settings/resource-groups',
  '/organizations/calm/settings/audit-log',
  '/organizations/calm/settings/danger',
  '/organizations/calm/settings/profile',
  '/settings/authentication',
  '/settings/tokens',
]

test('pages have no serious fault that axe can find, and never scroll sideways at 400 px', {
  skip,
  timeout,
}, async (t) => {
  await hub.organization('calm', { carol: 'admin', carl: 'read' })
  const page = await openPage(400)
  await signIn(page, 'carol')
  for (const path of pages) {
    await t.test(path, async () => {
      await page.goto(hub.url + path)
      await page.getByRole('heading').first().waitFor()
      await page.waitForLoadState('networkidle')
      await expectClean(page)
    })
  }
})
