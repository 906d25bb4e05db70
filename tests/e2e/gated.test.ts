// The journey through a gate: an author turns it on, another person asks with every kind of field, gets in, and is kept out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { makeMachine, noPython } from '../clients/machine.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, expectCleanAndClose, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 240_000 }

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let ada: Person
let sam: Person

const card = `---
extra_gated_heading: Before you get the weights
extra_gated_prompt: Use them for **research** only.
extra_gated_fields:
  Company: text
  Country: country
  Date of birth: date_picker
  Purpose:
    type: select
    options: [Research, Education]
  Where: ip_location
  I agree to the terms: checkbox
extra_gated_button_content: Agree and send
---
# Weights
`

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  ada = (await hub.organization('acme', { ada: 'admin' })).people.ada as Person
  sam = await hub.person('sam')
  const files = [
    { path: 'README.md', content: card },
    { path: 'weights.txt', content: 'the weights' },
  ]
  const wish = { name: 'weights', organization: 'acme', private: false, files }
  const { status, body } = await hub.request(ada, 'POST', '/api/repos/create', wish)
  assert.equal(status, 200, JSON.stringify(body))
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

const address = '/acme/weights'

async function open(as: string | undefined, path = ''): Promise<Page> {
  const page = await openPage(browser, hub.url, as === undefined ? {} : { as })
  await page.goto(hub.url + address + path)
  return page
}

const mailsTo = async (to: string) =>
  (await hub.mails()).filter(({ recipient }) => recipient === to).map(({ subject }) => subject)

const download =
  "import sys; from huggingface_hub import hf_hub_download\nprint(open(hf_hub_download('acme/weights', 'weights.txt')).read())"

test('an author gates a repository', options, async () => {
  const page = await open('ada', '/settings')
  const form = page.getByRole('form', { name: 'Access requests' })
  await form.getByRole('radio', { name: 'Manual' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('acme/weights is gated.').waitFor()
  await page.getByText('People answer: Company · Country · Date of birth · Purpose · I agree to the terms.').waitFor()
  await page.getByRole('link', { name: 'View access requests' }).waitFor()
  await expectCleanAndClose(page)
})

test('a visitor reads the card, and is asked to sign in for the files', options, async () => {
  const page = await open(undefined)
  await page.getByRole('heading', { name: 'Weights', exact: true }).waitFor()
  await page.getByText('gated', { exact: true }).first().waitFor()
  await page.getByRole('link', { name: 'Files' }).click()
  await page.getByRole('heading', { name: 'Before you get the weights' }).waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
  await expectCleanAndClose(page)
})

test('a person asks with every kind of field, and waits', options, async () => {
  const page = await open('sam', '/tree/main')
  const form = page.getByRole('form', { name: 'Request access' })
  await form.getByRole('button', { name: 'Agree and send' }).click()
  await form.getByText('Company is required.').waitFor()
  await expectClean(page)
  await form.getByLabel('Company').fill('Initech')
  await form.getByLabel('Country').selectOption('CH')
  await form.getByLabel('Date of birth').fill('1990-02-28')
  await form.getByLabel('Purpose').selectOption('Education')
  await form.getByLabel('I agree to the terms').check()
  await form.getByRole('button', { name: 'Agree and send' }).click()
  await page.getByText('Waiting for review').waitFor()
  assert.deepEqual(await mailsTo(ada.email), ['sam requested access to acme/weights'])
  await expectCleanAndClose(page)
})

test('the author sees the answers, accepts, and the Python client downloads', options, async (context) => {
  const page = await open('ada')
  await page.getByRole('link', { name: 'Access requests 1' }).click()
  await page.getByRole('button', { name: 'Answers of sam' }).click()
  const panel = page.getByRole('dialog', { name: 'Access request' })
  for (const words of ['Initech', 'Switzerland', 'February 28, 1990', 'Education', sam.email])
    await panel.getByText(words, { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Accept…' }).click()
  await page.getByRole('dialog', { name: 'Accept the request of sam' }).getByRole('button', { name: 'Accept' }).click()
  await page.getByText('Accepted the request of sam.').waitFor()
  await page.getByText('No pending requests').waitFor()
  assert.deepEqual(await mailsTo(sam.email), ['Your request for access to acme/weights was accepted'])
  await expectCleanAndClose(page)
  if (noPython) return context.diagnostic(noPython)
  const outcome = await makeMachine(hub.url, sam).run(`${process.cwd()}/.venv/bin/python`, ['-c', download])
  assert.equal(outcome.stdout.trim(), 'the weights', outcome.text)
})

test(
  'the author rejects with a reason, and the person has no access and cannot ask again',
  options,
  async (context) => {
    const page = await open('ada', '/settings/access-requests?list=accepted')
    await page.getByLabel('Select sam').check()
    await page.getByRole('region', { name: 'Selected requests' }).getByRole('button', { name: 'Reject…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Reject the request of sam' })
    await dialog.getByLabel('Reason').fill('Not a lab')
    await dialog.getByRole('button', { name: 'Reject' }).click()
    await page.getByText('No accepted requests').waitFor()
    await expectCleanAndClose(page)
    const theirs = await open('sam', '/tree/main')
    await theirs.getByText('You can’t request access again.', { exact: false }).waitFor()
    await theirs.getByText('Not a lab', { exact: false }).waitFor()
    assert.equal(await theirs.getByRole('form', { name: 'Request access' }).count(), 0)
    await expectCleanAndClose(theirs)
    if (noPython) return context.diagnostic(noPython)
    const outcome = await makeMachine(hub.url, sam).run(`${process.cwd()}/.venv/bin/python`, ['-c', download])
    assert.match(outcome.stderr, /GatedRepoError/)
  },
)

test('an organization gets access until a day, and loses it', options, async () => {
  await hub.organization('initech', { sam: 'read', una: 'admin' })
  const page = await open('ada', '/settings/access-requests')
  await page.getByRole('button', { name: 'Give access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Give access' })
  await dialog.getByText('Organization', { exact: true }).click()
  await dialog.locator('input[name="grantee"]').fill('initech')
  await dialog.getByLabel('Expires').selectOption('30')
  await dialog.getByRole('button', { name: 'Give access' }).click()
  await page.getByText(/of initech have access to acme\/weights/).waitFor()
  await page.getByRole('link', { name: 'Organizations 1' }).click()
  await page.getByRole('button', { name: 'Remove access of initech' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove initech' }).click()
  await page.getByText('No organizations have access').waitFor()
  await expectCleanAndClose(page)
})
