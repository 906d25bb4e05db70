import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { onePixel } from '../avatar-recipes.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { until } from '../until.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const skip = executablePath === undefined ? 'no Chromium' : false
const timeout = 240_000
const settings = '/organizations/acme/settings'

let hub: TestHub
let started: StartedBrowser | undefined

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  const { people } = await hub.organization('acme', { ada: 'admin', amy: 'admin', rea: 'read' })
  await hub.person('olga', { operator: true })
  const kim = await hub.person('kim')
  const ask = (who: Person, method: string, path: string, body: object) =>
    hub.request(who, method, `/api/organizations/acme${path}`, body)
  const ada = people.ada as Person
  await ask(ada, 'PATCH', '/settings', { allowJoinRequests: true })
  await ask(kim, 'POST', '/join', {})
  await ask(ada, 'POST', '/invitations', { email: 'ivy@example.org', role: 'read' })
  started = await launch(executablePath)
})
after(() => started?.kill())

async function at(path: string, as?: string, width = 1280): Promise<Page> {
  const page = await openPage((started as StartedBrowser).browser, hub.url, { ...(as && { as }), width })
  await page.goto(hub.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

test('what waits is on the home page, behind the bell, and counted in the settings', { skip, timeout }, async () => {
  const page = await at('/', 'ada')
  await page.getByText('1 person wants to join acme.').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: '1 notification' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Review request' }).click()
  await page.waitForURL(/settings\/requests/)
  const column = page.getByRole('navigation', { name: 'Settings' })
  await column.getByRole('link', { name: /Requests to join.*1/ }).waitFor()
  await column.getByRole('link', { name: /Invitations.*1/ }).waitFor()
  await page.context().close()
})

test('admins of a new organization have a checklist that ticks itself, until one of them dismisses it', {
  skip,
  timeout,
}, async () => {
  const { people } = await hub.organization('tern', { tess: 'admin', toby: 'write' })
  const tess = await at('/tern', 'tess', 400)
  const checklist = tess.getByRole('region', { name: 'Setup checklist' })
  await checklist.getByText('0 of 4 done').waitFor()
  await checklist.getByRole('link', { name: 'Ask your site admin to set up a mail server' }).waitFor()
  await expectClean(tess)
  await checklist.getByRole('link', { name: 'Create your first repository' }).click()
  await tess.waitForURL(/\/new\?owner=tern/)
  await hub.request(people.tess, 'POST', '/api/repos/create', { name: 'kite', organization: 'tern' })
  const add = { username: 'tina', role: 'admin' }
  await hub.person('tina')
  await hub.console('POST', '/api/operator/organizations/tern/members', add)
  await tess.goto(`${hub.url}/tern`)
  await checklist.getByText('2 of 4 done').waitFor()
  assert.equal(await checklist.getByRole('img', { name: 'Done' }).count(), 2)
  const toby = await at('/tern', 'toby')
  await toby.getByRole('link', { name: 'kite' }).first().waitFor()
  assert.equal(await toby.getByText('Setup checklist').count(), 0)
  await checklist.getByRole('button', { name: 'Dismiss checklist' }).click()
  await checklist.waitFor({ state: 'detached' })
  const tina = await at('/tern', 'tina')
  await tina.getByRole('link', { name: 'kite' }).first().waitFor()
  assert.equal(await tina.getByText('Setup checklist').count(), 0)
  for (const page of [tess, toby, tina]) await page.context().close()
})

test('an admin uploads a picture of the organization, which is shown at once, and removes it', {
  skip,
  timeout,
}, async () => {
  const page = await at(`${settings}/profile`, 'ada', 400)
  const picture = page.getByRole('main').locator('img').first()
  // Undefined until it is loaded
  const width = () => picture.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth)
  const file = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(onePixel, 'base64') }
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByText('Picture uploaded.').waitFor()
  await until(async () => (await width()) === 256)
  await expectClean(page)
  await page.locator('input[type=file]').setInputFiles({ ...file, buffer: Buffer.from('<svg/>') })
  await page.getByText('must be a PNG, JPEG, or WebP file').waitFor()
  await page.getByRole('button', { name: 'Remove picture' }).click()
  await page.getByText('Picture removed.').waitFor()
  await picture.waitFor({ state: 'detached' })
  await page.goto(`${hub.url}/settings/profile`)
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByText('Picture uploaded.').waitFor()
  await expectClean(page)
  await page.context().close()
})

test('readers see what they can use, and values they cannot change as text', { skip, timeout }, async () => {
  const page = await at(`${settings}/security`, 'rea')
  const column = page.getByRole('navigation', { name: 'Settings' })
  await column.getByRole('link', { name: 'Members' }).waitFor()
  for (const name of ['Invitations', 'Requests to join', 'Billing', 'Audit log'])
    assert.equal(await column.getByRole('link', { name }).count(), 0, name)
  assert.equal(await page.getByRole('radio').count(), 0)
  await page.getByText('Public by default').waitFor()
  await expectClean(page)
  await page.goto(`${hub.url}${settings}/profile`)
  await page.getByText('Only admins can change the profile.').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Full name' }).count(), 0)
  await page.context().close()
})

test('each settings page is clean at both widths, and leads to its guide', { skip, timeout }, async () => {
  for (const width of [1280, 400]) {
    const page = await at(`${settings}/profile`, 'ada', width)
    for (const section of ['profile', 'account', 'security', 'billing', 'audit-log', 'recovery', 'danger']) {
      await page.goto(`${hub.url}${settings}/${section}`)
      await page
        .getByRole('link', { name: /^Learn more/ })
        .first()
        .waitFor()
      await expectClean(page)
    }
    await page.context().close()
  }
})

test('site admins read plain pages, each with its guide', { skip, timeout }, async () => {
  const page = await at('/operator/health', 'olga')
  for (const section of ['health', 'organizations', 'people', 'recovery', 'settings', 'audit-log']) {
    await page.goto(`${hub.url}/operator/${section}`)
    await page
      .getByRole('link', { name: /^Learn more/ })
      .first()
      .waitFor()
    await expectClean(page)
  }
  await page.context().close()
})

test('guides are pages with pictures, and lead to each other', { skip, timeout }, async () => {
  const page = await at('/docs')
  await page.getByRole('link', { name: 'Manage members and roles' }).click()
  await page.getByRole('heading', { level: 1, name: 'Manage members and roles' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/docs/members')
  const picture = page.getByRole('article').getByRole('img').first()
  await picture.scrollIntoViewIfNeeded()
  await page.waitForFunction('document.querySelector("article img").naturalWidth > 0')
  await expectClean(page)
  await page.getByRole('link', { name: 'offboard the member' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Offboard a member' }).waitFor()
  await page.goto(`${hub.url}/docs/no-such-guide`)
  await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor()
  await page.context().close()
})

test('a half-filled dialog stays when Escape is pressed', { skip, timeout }, async () => {
  const page = await at('/operator/people', 'olga')
  await page.getByRole('button', { name: 'New account' }).click()
  const dialog = page.getByRole('dialog')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'New account' }).click()
  await dialog.getByLabel('Username').fill('nia')
  await page.keyboard.press('Escape')
  await page.getByText('Unsaved changes').waitFor()
  await dialog.getByRole('button', { name: 'Keep editing' }).click()
  await page.mouse.click(5, 500)
  await page.getByText('Unsaved changes').waitFor()
  assert.equal(await dialog.getByLabel('Username').inputValue(), 'nia')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.context().close()
})

test('an invitation that does not work says so, and lets people switch accounts', { skip, timeout }, async () => {
  const page = await at(`/join#token=${'x'.repeat(32)}`, 'rea')
  await page.getByRole('heading', { name: 'This invitation isn’t valid' }).waitFor()
  await page.getByRole('button', { name: 'Switch account' }).click()
  await page.waitForURL(/\/login/)
  await page.context().close()
})
