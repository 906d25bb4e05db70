// `hf auth login` as it comes, without a terminal and at one: through the page, to an upload, until the token is deleted.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { refused, succeeded } from '../clients/expect.ts'
import { type Machine, makeMachine, noPython } from '../clients/machine.ts'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { until } from '../until.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : noPython, timeout: 240_000 }
const dayMs = 86_400_000

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  await hub.organization('acme', { ada: 'admin' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

/** Starts a sign-in; answers the address that its client shows, as the server made it, and how it ends. */
async function begin<Ended>(login: () => Promise<Ended>): Promise<{ address: string; ended: Promise<Ended> }> {
  const codes = async () =>
    (await hub.db.selectFrom('device_codes').select('user_code').execute()).map(({ user_code: code }) => code)
  const known = await codes()
  const ended = login()
  let code: string | undefined
  await until(async () => {
    code = (await codes()).find((one) => !known.includes(one))
    return code !== undefined
  })
  return { address: `${hub.url}/device?code=${code?.slice(0, 5)}-${code?.slice(5)}`, ended }
}

async function approve(page: Page, name: string): Promise<void> {
  await page.getByLabel('Token name').fill(name)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('heading', { name: 'hf CLI is signed in' }).waitFor()
}

const storedTokens = ({ home }: Machine) => join(home, 'hf/stored_tokens')

// Its clock says that the token is over
function expire(machine: Machine): void {
  const file = storedTokens(machine)
  const kept = readFileSync(file, 'utf8')
  assert.match(kept, /refresh_token = hf_r/)
  writeFileSync(file, kept.replace(/expires_at = \d+/, 'expires_at = 1000'))
}

test('hf auth login signs in through the page, uploads, is renewed, and ends with the token', options, async () => {
  const [plain, terminal] = [makeMachine(hub.url), makeMachine(hub.url)]
  const one = await begin(() => plain.hf(plain.home, 'auth', 'login'))
  const two = await begin(() => terminal.python('at_terminal.py'))

  const page = await openPage(browser, hub.url)
  await page.goto(one.address)
  await page.getByLabel('Username or email').fill('ada')
  await page.locator('input[type=password]').fill(testPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Only continue if you started this sign-in yourself.').waitFor()
  await page.getByText('hf CLI wants to sign in as ada.').waitFor()
  await page.getByText('127.0.0.1').waitFor()
  for (const width of [400, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await expectClean(page)
  }
  await approve(page, 'hf CLI on laptop')
  await page.goto(two.address)
  await approve(page, 'hf CLI at terminal')

  const said = [succeeded(await one.ended).text, succeeded(await two.ended).text]
  assert.ok(said[0]?.includes(one.address) && said[1]?.includes(two.address), said.join('\n'))
  for (const words of said) assert.match(words, /Login successful/)
  assert.match(said[1] ?? '', /How would you like to log in\?/)

  const hf = (...args: string[]) => plain.hf(plain.home, ...args)
  plain.file('src/config.json', '{"layers": 4}')
  succeeded(await hf('upload', 'acme/encoder', 'src', '.', '--private'))
  const before = readFileSync(storedTokens(plain), 'utf8')
  hub.moveClock(8 * dayMs)
  expire(plain)
  plain.file('src/more.json', '{}')
  succeeded(await hf('upload', 'acme/encoder', 'src', '.'))
  const renewed = readFileSync(storedTokens(plain), 'utf8')
  assert.match(renewed, /\[hf CLI on laptop\]/)
  assert.notEqual(renewed.match(/hf_u\w+/)?.[0], before.match(/hf_u\w+/)?.[0])

  await page.goto(`${hub.url}/settings/tokens`)
  await page.getByText('renews automatically').first().waitFor()
  await page.getByRole('button', { name: 'More for hf CLI on laptop' }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete hf CLI on laptop' }).click()
  await page.getByText('Token hf CLI on laptop deleted.').waitFor()
  refused(await hf('auth', 'whoami'), /401|Invalid/)
  expire(plain)
  refused(await hf('upload', 'acme/encoder', 'src', '.'), /could not be refreshed/)
  await expectCleanAndClose(page)
})
