import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout: 120_000 }

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
const hostileCard = `---
license: mit
tags: [coasts]
---
# Coast

See [training](src/train.py), [results](#results) and [the data](data).

![inside](art/dot.png) ![drawn](art/mark.svg) ![counter](https://elsewhere.invalid/pixel.png)

![log](/api/organizations/acme/audit-log/export) ![people](/acme/coast/resolve/../../../api/organizations/acme/members/export)
![own](/acme/coast/resolve/main/art/dot.png) ![ada](/api/avatars/ada)

<script>document.title = 'taken'</script>
<img src="x" onerror="document.title = 'taken'" srcset="https://elsewhere.invalid/set.png 2x">
<form action="/api/logout"><input name="a"><button>Press</button></form>
<style>body { display: none }</style>
<div style="position: fixed" class="mantine-Button-root" id="page" data-active="true" tabindex="5">Plain</div>
<iframe src="https://elsewhere.invalid/"></iframe>
<a href="javascript:document.title = 'taken'">press</a>

${'\nwords\n'.repeat(80)}
## Results

| a | b |
|---|---|
| 1 | 2 |
`

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let people: Record<string, Person>
let head: string

const visit = (name?: string, width = 1280) =>
  openPage(browser, hub.url, { ...(name !== undefined && { as: name }), width })

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  people = (await hub.organization('acme', { ada: 'admin', rae: 'read' })).people
  await hub.person('eve')
  await repository('coast')
  head = await commit('coast', 'First version\n\nWith a card.', {
    'README.md': hostileCard,
    'src/train.py': 'RATE = 1\n\ndef train():\n    return RATE\n',
    'data/odd 50% #1?.csv': 'name,size\n"a, b",1\n',
    'art/mark.svg': drawing,
    'art/dot.png': Buffer.from(picture, 'base64'),
  })
  started = await launch(executablePath)
  browser = started.browser
})
after(() => started?.kill())

async function repository(name: string): Promise<void> {
  const body = { name, organization: 'acme', private: true }
  const made = await hub.request(people.ada, 'POST', '/api/repos/create', body)
  assert.equal(made.status, 200, JSON.stringify(made.body))
}

async function commit(name: string, message: string, files: Record<string, string | Buffer>): Promise<string> {
  const [summary = '', ...description] = message.split('\n\n')
  const lines = [
    { key: 'header', value: { summary, description: description.join('\n\n') } },
    ...Object.entries(files).map(([path, content]) => ({
      key: 'file',
      value: { path, content: Buffer.from(content).toString('base64'), encoding: 'base64' },
    })),
  ]
  const ndjson = lines.map((line) => JSON.stringify(line)).join('\n')
  const type = { 'content-type': 'application/x-ndjson' }
  const reply = await hub.request(people.ada, 'POST', `/api/models/acme/${name}/commit/main`, ndjson, type)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.commitOid
}

test(
  'a card is shown whole, and nothing in it runs, fetches from elsewhere or dresses up as the page',
  options,
  async () => {
    const page = await visit('rae')
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${hub.url}/acme/coast`)
    const card = page.getByRole('region', { name: 'Card' })
    await card.getByRole('heading', { name: 'Coast', level: 2 }).waitFor()
    await page.getByRole('list', { name: 'Tags' }).getByText('coasts').waitFor()
    await page.waitForLoadState('networkidle')

    assert.deepEqual(
      asked.filter((url) => !url.startsWith(hub.url)).filter((url) => !url.startsWith('data:')),
      [],
    )
    assert.equal(await page.title(), 'acme/coast · Guildhall')
    for (const tag of [
      'script',
      'style',
      'form',
      'input',
      'button',
      'iframe',
      'svg',
      '[style]',
      '[id="page"]',
      '[tabindex="5"]',
    ]) {
      assert.equal(await card.locator(tag).count(), 0, tag)
    }
    assert.equal(await card.locator('a[href^="javascript"]').count(), 0)
    for (const [name, width] of [
      ['inside', 1],
      ['drawn', 9],
      ['own', 1],
    ] as const) {
      await page.waitForFunction(`document.querySelector('img[alt=${name}]').naturalWidth === ${width}`)
    }
    await page.waitForFunction(`document.querySelector('img[alt=ada]').naturalWidth > 0`)
    await card.getByRole('link', { name: 'counter (elsewhere)' }).waitFor()
    assert.deepEqual(
      asked.filter((url) => url.includes('export')),
      [],
      'a picture never asks for what is recorded',
    )
  },
)

test('links of a card lead to its neighbours and its headings', options, async () => {
  const page = await visit('rae')
  await page.goto(`${hub.url}/acme/coast`)
  await page.getByRole('link', { name: 'results' }).click()
  await page.waitForFunction('window.scrollY > 500')
  await page.getByRole('link', { name: 'training' }).click()
  await page.waitForURL(`${hub.url}/acme/coast/blob/main/src/train.py`)
  await page.getByText('def train').waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'the data' }).click()
  await page.waitForURL(`${hub.url}/acme/coast/tree/main/data`)
  await page.getByRole('link', { name: 'odd 50% #1?.csv', exact: true }).click()
  await page.getByRole('cell', { name: 'a, b' }).waitFor()
  await page.getByText('Source', { exact: true }).click()
  await page.waitForURL(/view=source/)
  await page.reload()
  await page.getByText('"a, b",1').waitFor()
})

test('history, commits and branches are walked through; the address keeps the revision', options, async () => {
  await commit('coast', 'Train faster', { 'src/train.py': 'RATE = 2\n\ndef train():\n    return RATE\n' })
  await hub.request(people.ada, 'POST', `/api/models/acme/coast/branch/${encodeURIComponent('try/slow')}`, {
    startingPoint: head,
  })
  const page = await visit('rae')
  await page.goto(`${hub.url}/acme/coast/tree/main`)
  await page.getByRole('button', { name: /^Revision main/ }).click()
  await page.getByPlaceholder('Find a branch or tag').fill('slow')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${hub.url}/acme/coast/tree/try%2Fslow`)
  await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: 'History' }).click()
  await page.waitForURL(`${hub.url}/acme/coast/commits/try%2Fslow`)
  const current = page.getByRole('navigation', { name: 'Repository' }).locator('[aria-current=page]')
  assert.deepEqual(await current.allTextContents(), ['History'])
  assert.equal(await page.getByRole('link', { name: 'Train faster' }).count(), 0)

  await page.goto(`${hub.url}/acme/coast/commits/main?file=src%2Ftrain.py`)
  await page.getByText('2 commits that changed').waitFor()
  await page.getByRole('link', { name: 'Train faster' }).click()
  await page.getByText('1 file changed, 1 line added, 1 removed').waitFor()
  const lines = page.getByRole('region', { name: 'Lines of src/train.py' })
  await lines.getByRole('row', { name: /−\s*RATE = 1/ }).waitFor()
  await lines.getByRole('row', { name: /\+\s*RATE = 2/ }).waitFor()
})

test(
  'who may not change it sees no way to, and who may not read it sees what a missing one shows',
  options,
  async () => {
    const reader = await visit('rae')
    await reader.goto(`${hub.url}/acme/coast/tree/main`)
    await reader.getByRole('link', { name: 'README.md', exact: true }).waitFor()
    assert.equal(await reader.getByRole('button', { name: 'Add file' }).count(), 0)
    assert.equal(await reader.getByRole('link', { name: 'Settings' }).count(), 0)
    await reader.goto(`${hub.url}/acme/coast/branches`)
    await reader.getByRole('heading', { name: 'Branches' }).waitFor()
    assert.equal(
      await reader
        .getByRole('main')
        .getByRole('button', { name: /New|Delete/ })
        .count(),
      0,
    )

    for (const who of ['eve', undefined]) {
      const page = await visit(who)
      const seen: (string | null)[] = []
      for (const name of ['coast', 'nothing']) {
        await page.goto(`${hub.url}/acme/${name}/blob/main/README.md`)
        await page.getByRole('heading', { name: 'Page not found' }).waitFor()
        seen.push(await page.getByRole('main').textContent())
      }
      assert.equal(seen[0], seen[1])
      assert.equal(
        await page.getByRole('main').getByRole('link', { name: 'Sign in' }).count(),
        who === undefined ? 1 : 0,
      )
    }
  },
)

test('an old name leads to the same page under the new one', options, async () => {
  await repository('before')
  await commit('before', 'Begin', { 'notes.md': '# Notes\n' })
  const body = { fromRepo: 'acme/before', toRepo: 'acme/after', type: 'model' }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/move', body)).status, 200)
  const page = await visit('rae')
  await page.goto(`${hub.url}/acme/before/blob/main/notes.md`)
  await page.waitForURL(`${hub.url}/acme/after/blob/main/notes.md`)
  await page.getByRole('heading', { name: 'Notes' }).waitFor()
})

test('pages of a repository have no serious fault that axe can find, and never scroll sideways', options, async () => {
  const pages = [
    '/acme',
    '/acme/coast',
    '/acme/coast/tree/main',
    '/acme/coast/blob/main/src/train.py',
    `/acme/coast/blob/main/data/${encodeURIComponent('odd 50% #1?.csv')}`,
    '/acme/coast/commits/main',
    `/acme/coast/commit/${head}`,
    '/acme/coast/branches',
    '/acme/coast/blob/main/nothing.txt',
  ]
  const wide = ['/acme/coast', '/acme/coast/tree/main', `/acme/coast/commit/${head}`]
  for (const [width, paths] of [[1280, wide] as const, [400, pages] as const]) {
    const page = await visit('ada', width)
    for (const path of paths) {
      await page.goto(hub.url + path)
      await page.getByRole('heading').first().waitFor()
      await page.waitForLoadState('networkidle')
      await expectClean(page).catch((error) => assert.fail(`${path} at ${width}: ${error.message}`))
    }
  }
})

test('a repository is left for a page that takes its time to load', options, async () => {
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/coast`)
  await page.getByRole('heading', { name: 'Results' }).waitFor()
  const arrived = Promise.withResolvers<void>()
  await page.route('**/assets/*.js', (route) => arrived.promise.then(() => route.continue()))
  await page.getByRole('button', { name: 'Your menu' }).click()
  const asked = page.waitForRequest('**/assets/*.js')
  await page.getByRole('menuitem', { name: 'Access tokens' }).click()
  await asked
  arrived.resolve()
  await page.getByRole('heading', { name: 'Access tokens' }).waitFor()
  await page.context().close()
})
