import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 120_000 }

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let people: Record<string, Person>

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  const roles = { ada: 'admin', amy: 'admin', wil: 'write', con: 'contributor', rae: 'read', rob: 'read' } as const
  people = (await hub.organization('acme', roles)).people
  people.sam = await hub.person('sam')
  people.joe = await hub.person('joe')
  await send('POST', '/resource-groups', { name: 'vision', users: [{ user: 'wil', role: 'admin' }] })
  await send('PATCH', '/settings', { allowJoinRequests: true })
  started = await launch(executablePath)
  browser = started.browser
})

after(() => started?.kill())

async function send(method: string, path: string, body?: unknown, who = 'ada') {
  const reply = await hub.request(people[who], method, `/api/organizations/acme${path}`, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
  return reply.body
}

/** Opens a settings page; `click` counts the clicks on it, keys are none. */
async function open(path: string, width = 1280) {
  const page: Page = await openPage(browser, hub.url, { as: 'ada', width })
  await page.goto(`${hub.url}/organizations/acme/settings/${path}`)
  const counted = {
    page,
    clicks: 0,
    click: async (target: Locator) => {
      counted.clicks++
      await target.click()
    },
  }
  return counted
}

const roleOf = async (name: string) => (await send('GET', `/members/${name}`)).role

test('three people are invited with two clicks, and kept email is not called sent', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('button', { name: 'Invite members' }))
  const field = page.getByRole('textbox', { name: 'People' })
  await field.fill('noor@example.org, bad@x rae ')
  const problems = page.getByRole('list', { name: 'People who can’t be invited' })
  await problems.getByText('rae').waitFor()
  await problems.getByText('bad@x').waitFor()
  await expectClean(page)
  for (const _ of ['bad@x', 'rae']) await field.press('Backspace')
  await problems.waitFor({ state: 'detached' })
  await field.fill('ola@example.org; sam')
  await counted.click(page.getByRole('button', { name: 'Invite 3 people' }))
  await page.getByText('Not sent: no mail server').waitFor()
  assert.equal(counted.clicks, 2)
  await expectClean(page)
  const links = page.getByRole('list', { name: 'Links to share' })
  assert.equal(await links.getByRole('button', { name: /^Copy link for/ }).count(), 3)
  const invited = await send('GET', '/invitations?state=pending')
  assert.equal(invited.length, 3)
})

test('a half-filled form is not lost to Escape or to a click outside', options, async () => {
  const { page } = await open('members', 400)
  await page.getByRole('button', { name: 'Invite members' }).click()
  const dialog = page.getByRole('dialog')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Invite members' }).click()
  await page.getByRole('textbox', { name: 'People' }).fill('pia@example.org ')
  await page.getByLabel('Message').fill('Hello')
  await page.keyboard.press('Escape')
  await page.getByText('Unsaved changes').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Keep editing' }).click()
  await page.mouse.click(5, 5)
  await page.getByText('Unsaved changes').waitFor()
  assert.equal(await page.getByLabel('Message').inputValue(), 'Hello')
  await page.getByRole('button', { name: 'Discard' }).click()
  await dialog.waitFor({ state: 'detached' })
})

test('an access token is created and copied with four clicks from any page', options, async () => {
  const counted = await open('billing')
  const { page } = counted
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await counted.click(page.getByRole('button', { name: 'New', exact: true }))
  await counted.click(page.getByRole('menuitem', { name: 'New access token' }))
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Laptop')
  await counted.click(page.getByRole('button', { name: 'Create token' }))
  await counted.click(page.getByRole('button', { name: 'Copy: access token' }))
  const token = await page.evaluate('navigator.clipboard.readText()')
  assert.equal((await hub.request(String(token), 'GET', '/api/whoami-v2')).body.name, 'ada')
  assert.equal(counted.clicks, 4)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('Laptop').first().waitFor()
  await page.context().close()
})

test('a role is changed with three clicks', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('button', { name: 'Change role of con: contributor' }))
  await counted.click(page.getByRole('menuitem', { name: /^read/ }))
  await page.getByText('con loses:').waitFor()
  await page.getByText('The ability to create repositories').waitFor()
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Change role to read' }))
  await page.getByRole('button', { name: 'Change role of con: read' }).waitFor()
  assert.deepEqual([counted.clicks, await roleOf('con')], [3, 'read'])
})

test('a member is added to a group with four clicks', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('checkbox', { name: 'Select rae' }))
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Add to group' }))
  await counted.click(page.getByRole('menuitem', { name: 'vision' }))
  await page.getByText('Add to vision with read: 1 change.').waitFor()
  await counted.click(page.getByRole('button', { name: 'Apply 1 change' }))
  await page.getByText('Applied', { exact: true }).waitFor()
  assert.equal(counted.clicks, 4)
  assert.deepEqual(
    (await send('GET', '/members/rae')).groups.map(({ name }: { name: string }) => name),
    ['vision'],
  )
})

test('inactive members are one click away, and every header sorts', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('button', { name: /^90\+ days/ }))
  await page.getByText('No members match', { exact: true }).waitFor()
  assert.equal(counted.clicks, 1)
  assert.match(page.url(), /\?idle=90$/)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  const rows = page.getByRole('table', { name: 'Members of acme' }).getByRole('row')
  await rows.nth(1).getByText('ada').first().waitFor()
  await page.getByRole('button', { name: 'Member', exact: true }).click()
  await rows.nth(1).getByText('wil').first().waitFor()
  assert.match(page.url(), /sort=-name/)
  await page
    .getByRole('columnheader', { name: 'Member', exact: true })
    .and(page.locator('[aria-sort=descending]'))
    .waitFor()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Source', exact: true }).check()
  await page.getByRole('columnheader', { name: 'Source', exact: true }).waitFor()
  await expectClean(page)
})

test('a request is approved with three clicks', options, async () => {
  await send('POST', '/join', { message: 'I work on vision.' }, 'joe')
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('link', { name: 'Requests to join' }))
  await page.getByText('I work on vision.').waitFor()
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Approve joe' }))
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Approve request' }))
  await page.getByText('Approved as read by ada').waitFor()
  assert.deepEqual([counted.clicks, await roleOf('joe')], [3, 'read'])
})

test('a file is imported with four clicks', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('button', { name: 'More', exact: true }))
  await counted.click(page.getByRole('menuitem', { name: 'Import from CSV' }))
  const buffer = Buffer.from('username,role\nrob,contributor\n')
  const choosing = page.waitForEvent('filechooser')
  await counted.click(page.getByRole('button', { name: 'Choose file' }))
  await (await choosing).setFiles({ name: 'roles.csv', mimeType: 'text/csv', buffer })
  await page.getByText('roles.csv: 1 change. Nothing has changed yet.').waitFor()
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Apply 1 change' }))
  await page.getByText('Applied', { exact: true }).waitFor()
  assert.deepEqual([counted.clicks, await roleOf('rob')], [4, 'contributor'])
})

test('a member is offboarded with six clicks, and the report keeps what has no owner', options, async () => {
  const counted = await open('members')
  const { page } = counted
  await counted.click(page.getByRole('button', { name: 'Actions for wil' }))
  await counted.click(page.getByRole('menuitem', { name: 'Offboard wil…' }))
  await page.getByText('wil loses:').waitFor()
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Continue' }))
  await page.getByText('Resource group vision', { exact: true }).waitFor()
  await counted.click(page.getByLabel('No one'))
  await page.getByLabel('Reason').fill('Moves to another lab')
  await expectClean(page)
  await counted.click(page.getByRole('button', { name: 'Continue' }))
  await page.getByLabel('Type “wil” to confirm').fill('wil')
  await counted.click(page.getByRole('button', { name: 'Offboard wil' }))
  await page.getByRole('heading', { name: 'Without an owner' }).waitFor()
  await page.getByText('Resource group vision', { exact: true }).waitFor()
  assert.equal(counted.clicks, 6)
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 })
    await expectClean(page)
  }
})

test('cards at 400 px have every action of the table', options, async () => {
  const { page } = await open('members', 400)
  const card = page.getByRole('list', { name: 'Members of acme' }).getByRole('listitem').filter({ hasText: 'rob' })
  await card.getByRole('checkbox', { name: 'Select rob' }).check()
  await card.getByRole('button', { name: /^Change role of rob/ }).waitFor()
  await card.getByRole('button', { name: 'Actions for rob' }).click()
  await page.getByRole('menuitem', { name: 'Offboard rob…' }).waitFor()
  await page.getByRole('menuitem', { name: 'Remove rob…' }).click()
  await page.getByText('rob loses:').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByLabel('Sort by').selectOption('Role')
  await page.waitForURL(/sort=role/)
  await expectClean(page)
})

test('the pages of people have no serious fault that axe can find', options, async () => {
  const readable: [string, string][] = [
    ['members', 'ada'],
    ['invitations', 'noor@example.org'],
    ['invitations/list', 'Or paste people here'],
    ['requests?state=all', 'joe'],
    ['members/import', 'CSV format'],
    ['members/offboardings', 'Moves to another lab'],
    ['resource-groups', 'vision'],
    ['resource-groups/vision', 'rae'],
    ['resource-groups/vision?tab=settings', 'Auto-join'],
    ['activity', 'Active members by week'],
  ]
  for (const width of [1280, 400]) {
    const { page } = await open('members', width)
    for (const [path, word] of readable) {
      await page.goto(`${hub.url}/organizations/acme/settings/${path}`)
      await page.getByText(word).first().waitFor()
      await expectClean(page)
    }
    await page.context().close()
  }
})
