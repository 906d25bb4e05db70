import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { until } from '../until.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const skip = executablePath === undefined ? 'no Chromium' : false
const timeout = 120_000

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  await hub.person('opal', { operator: true })
  const { people } = await hub.organization('corp', { ada: 'admin' })
  const org = '/api/organizations/corp'
  await hub.request(people.ada, 'POST', `${org}/domains`, { domain: 'corp.example' })
  await hub.request(people.ada, 'POST', `${org}/invitations`, { email: 'nova@corp.example', role: 'read' })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function linkTo(address: string): Promise<string> {
  const mail = (await hub.mails()).findLast(({ recipient }) => recipient === address)
  return mail?.text_body.match(/https?:\/\/\S+\/(join|verify-email)\S+/)?.[0] ?? ''
}

test('a dialog asks for the password, then the request goes on; the form below is not lost', {
  skip,
  timeout,
}, async () => {
  const page = await openPage(browser, hub.url, { as: 'ada', width: 400 })
  await hub.db
    .updateTable('sessions')
    .set({ confirmed_at: new Date(0) })
    .execute()
  await page.goto(`${hub.url}/settings/tokens`)
  await page.getByRole('button', { name: 'New token' }).first().click()
  await page.getByLabel('Name').fill('laptop')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByLabel(/Password for ada/).fill('not the password')
  await expectClean(page)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('password is incorrect').waitFor()
  await page.keyboard.press('Escape')
  await page.getByLabel(/Password for ada/).waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Name').inputValue(), 'laptop')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByLabel(/Password for ada/).fill(testPassword)
  await page.keyboard.press('Enter')
  await page.getByText('Copy your new token laptop').first().waitFor()
})

test('an invited newcomer finds the address filled in and verified, and no proof in the address bar', {
  skip,
  timeout,
}, async () => {
  const page = await openPage(browser, hub.url)
  const link = await linkTo('nova@corp.example')
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url().replace(/#.*/, ''), request.headers().referer ?? ''))
  await page.goto(link)
  await page.getByRole('link', { name: 'Create account' }).click()
  await page.getByText('Verified by your invitation').waitFor()
  assert.doesNotMatch(page.url(), /proof/)
  await page.getByLabel('Username').fill('nova')
  assert.equal(await page.getByLabel('Email address').inputValue(), 'nova@corp.example')
  await page.locator('input[type=password]').first().fill(testPassword)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Accept and join' }).click()
  await page.waitForURL(`${hub.url}/corp`)
  const secrets = [...link.matchAll(/(?:token|proof)=(\w+)/g)].map((found) => found[1] ?? '')
  assert.equal(secrets.length, 2, link)
  assert.deepEqual(
    sent.filter((address) => secrets.some((secret) => address.includes(secret))),
    [],
    'no server, log or Referer gets a secret',
  )
})

test('a verification link says what it opens, and “This wasn’t me” takes the address away', {
  skip,
  timeout,
}, async () => {
  const wish = { username: 'mallory', email: 'hire@corp.example', password: testPassword }
  await hub.request(undefined, 'POST', '/api/signup', wish)
  const page = await openPage(browser, hub.url, { width: 400 })
  await page.goto(await linkTo('hire@corp.example'))
  await page.getByText('With this address, mallory can join').waitFor()
  await page.getByRole('link', { name: 'Sign in as mallory' }).waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'This wasn’t me' }).click()
  await page.getByText('Email address removed').waitFor()
})

test('a verification link leads through the sign-in of the account, and then goes on', { skip, timeout }, async () => {
  const wish = { username: 'lena', email: 'lena@corp.example', password: testPassword }
  await hub.request(undefined, 'POST', '/api/signup', wish)
  const page = await openPage(browser, hub.url)
  await page.goto(await linkTo('lena@corp.example'))
  await page.getByRole('link', { name: 'Sign in as lena' }).click()
  await page.getByLabel(/user ?name/i).fill('lena')
  await page.locator('input[type=password]').fill(testPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Verify email address' }).click()
  await until(async () => {
    const reply = await page.request.get(`${hub.url}/api/settings/account`)
    return ((await reply.json()) as { emailVerified: boolean }).emailVerified
  })
})
