import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { call, dns, giveDomain, hub, suspend } from '../recovery-world.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const timeout = 120_000
const skip = executablePath === undefined ? 'no Chromium' : false
const settings = `${hub.url}/organizations/acme/settings`

let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  await hub.person('opal', { operator: true })
  await hub.organization('acme', { ada: 'admin', bo: 'admin', cy: 'write', dee: 'contributor', eve: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

/** Opens an address, waits for a word of it, and judges it at both widths. */
async function expectCleanAt(address: string, as: string, word: string): Promise<void> {
  const page = await openPage(browser, hub.url, { as })
  await page.goto(address)
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 })
    await page.getByText(word).first().waitFor()
    await expectClean(page)
  }
  await page.context().close()
}

async function roles(): Promise<string[]> {
  const { body } = await hub.request(await hub.person('ada'), 'GET', '/api/organizations/acme/members')
  return body.map(({ user, role }: { user: string; role: string }) => `${user} ${role}`).sort()
}

async function choose(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: bytes })
}

test('a file changes many members, and is undone', { skip, timeout }, async () => {
  const before = await roles()
  const page = await openPage(browser, hub.url, { as: 'ada' })
  await page.goto(`${settings}/members`)
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Import from CSV' }).click()
  await page.getByText('Drop a CSV file here').waitFor()
  await expectClean(page)

  await choose(page, 'latin.csv', Buffer.from('username,role\njos\xe9,read\n', 'latin1'))
  await page.getByText('latin.csv isn’t UTF-8').waitFor()

  await choose(page, 'members.csv', Buffer.from('username,role\ncy,read\ndee,write\neve,read\n'))
  await page.getByText('members.csv: 2 changes. Nothing has changed yet.').waitFor()
  await page.getByRole('button', { name: 'Lose access' }).waitFor()
  await expectClean(page)
  assert.deepEqual(await roles(), before, 'a preview changes nothing')

  await page.getByRole('button', { name: 'Apply 2 changes…' }).click()
  await page.getByRole('button', { name: 'Apply 2 changes', exact: true }).click()
  await page.getByRole('button', { name: 'Undo…' }).waitFor()
  assert.deepEqual(await roles(), ['ada admin', 'bo admin', 'cy read', 'dee write', 'eve read'])

  await page.getByRole('button', { name: 'Undo…' }).click()
  await page.getByText('Undo: members.csv: 2 changes').waitFor()
  await page.getByRole('button', { name: 'Undo 2 changes…' }).click()
  await page.getByRole('button', { name: 'Undo 2 changes', exact: true }).click()
  await page.getByText('Undone').waitFor()
  assert.deepEqual(await roles(), before)
})

test('more removals than the limit wait until it is raised', { skip, timeout }, async () => {
  const people = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
  await hub.organization('crowd', Object.fromEntries([['ada', 'admin'], ...people.map((name) => [name, 'read'])]))
  const page = await openPage(browser, hub.url, { as: 'ada', width: 400 })
  await page.goto(`${hub.url}/organizations/crowd/settings/members/import`)
  await choose(page, 'out.csv', Buffer.from(`username,op\n${people.map((name) => `${name},remove\n`).join('')}`))
  await page.getByText('This removes 6 people. The limit is 5.').waitFor()
  assert.ok(await page.getByRole('button', { name: /^Apply/ }).isDisabled())
  await expectClean(page)
  await page.getByRole('button', { name: 'Raise limit' }).click()
  await page.getByRole('button', { name: 'Apply 6 changes…' }).click()
  await page.getByLabel('Type “crowd” to confirm').fill('crowd')
  await page.getByRole('button', { name: 'Apply 6 changes', exact: true }).click()
  await page.getByText('6 people were removed').waitFor()
})

test('someone is offboarded in three steps, and the report says what ended', { skip, timeout }, async () => {
  const bo = await hub.person('bo')
  const invited = await hub.request(bo, 'POST', '/api/organizations/acme/invitations', { email: 'kim@example.org' })
  assert.equal(invited.status, 201, JSON.stringify(invited.body))
  const group = { name: 'Vision', users: [{ user: 'bo', role: 'admin' }] }
  const made = await hub.request(bo, 'POST', '/api/organizations/acme/resource-groups', group)
  assert.ok(made.status < 300, JSON.stringify(made.body))

  const page = await openPage(browser, hub.url, { as: 'ada' })
  await page.goto(`${settings}/members`)
  await page.getByRole('button', { name: 'Actions for bo' }).click()
  await page.getByRole('menuitem', { name: 'Offboard bo…' }).click()
  await page.getByText('1 invitation they sent').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Resource group Vision').waitFor()
  await page.getByLabel('A member').check()
  await page.getByRole('combobox', { name: 'Successor' }).fill('cy')
  await page.getByRole('option', { name: 'cy' }).click()
  await page.getByLabel('Transfer to me').check()
  await page.getByLabel('Reason').fill('Moves to another lab')
  await expectClean(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Type “bo” to confirm').fill('bo')
  await expectClean(page)
  await page.getByRole('button', { name: 'Offboard bo' }).click()
  await page.getByRole('heading', { name: 'Removed', exact: true }).waitFor()
  await page.getByText('Handed over to cy:').waitFor()
  await page.getByText('kim@example.org').waitFor()
  await expectCleanAt(page.url(), 'ada', 'Handed over to cy:')

  const gone = await hub.request(await hub.person('ada'), 'GET', '/api/organizations/acme/members/bo')
  assert.equal(gone.status, 404)
  await expectCleanAt(`${settings}/members/offboardings`, 'ada', 'Moves to another lab')
  await page.getByRole('button', { name: 'Allow to rejoin…' }).click()
  await page.getByRole('button', { name: 'Allow to rejoin', exact: true }).click()
  await page.getByText('No. An admin allowed them to rejoin.').waitFor()
})

test('a member proves a domain, another confirms, and an admin who is back stops it', { skip, timeout }, async () => {
  const { id, people } = await hub.organization('mill', { ina: 'admin', wil: 'write', pet: 'read' })
  const { pet } = people
  assert.ok(pet)
  await giveDomain(id, 'mill.example.net', [pet])
  await suspend('ina')

  const page = await openPage(browser, hub.url, { as: 'pet' })
  const recovery = `${hub.url}/organizations/mill/settings/recovery`
  await expectCleanAt(recovery, 'pet', 'available')
  await page.goto(recovery)
  await page.getByRole('button', { name: 'Open recovery request…' }).click()
  await page.getByRole('button', { name: 'Open recovery request', exact: true }).click()
  await page.getByRole('button', { name: 'Check now' }).waitFor()
  const address = page.url()
  await expectCleanAt(address, 'pet', 'Publish this record')
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), '_guildhall-recovery.mill.example.net')

  const recoveryRequest = (await call(pet, 'GET', 'mill')).body.recoveryRequests[0]
  dns.records.set(recoveryRequest.record.name, [recoveryRequest.record.value])
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('found', { exact: true }).waitFor()

  const wil = await openPage(browser, hub.url, { as: 'wil', width: 400 })
  await wil.goto(`${hub.url}/recover/${recoveryRequest.id}`)
  await wil.getByRole('button', { name: 'Confirm' }).click()
  await wil.getByText('waiting period', { exact: true }).waitFor()
  await expectCleanAt(address, 'wil', 'waiting period')
  await expectCleanAt(`${hub.url}/operator/recovery?recoveryRequest=${recoveryRequest.id}`, 'opal', 'Confirmations')

  const opal = await openPage(browser, hub.url, { as: 'opal' })
  await opal.goto(address)
  await opal.waitForURL(/operator.recovery.recoveryRequest=/)

  await suspend('ina', false)
  const ina = await openPage(browser, hub.url, { as: 'ina' })
  await ina.goto(address)
  await ina.getByRole('button', { name: 'Object' }).click()
  await ina.getByText('ina objected').waitFor()
})

test('an operator begins the recovery of an organization no one else can recover', { skip, timeout }, async () => {
  await hub.organization('forge', { fay: 'admin', joe: 'read' })
  await suspend('fay')
  const page = await openPage(browser, hub.url, { as: 'opal' })
  await page.goto(`${hub.url}/operator/recovery?org=forge`)
  await page.getByLabel('New admin').fill('joe')
  await page.getByLabel('Reason').fill('Known to us in person; fay is gone for good.')
  await page.getByRole('button', { name: 'Open recovery request', exact: true }).click()
  await page.getByRole('cell', { name: 'forge' }).waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'joe' }).click()
  await page.getByRole('button', { name: 'Withdraw request' }).click()
  await page
    .getByText(/^Ended/)
    .first()
    .waitFor()
})
