import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { findChromium, launch, type StartedBrowser } from './chromium.ts'
import { expectClean, openPage } from './pages.ts'

const executablePath = findChromium()
const timeout = 120_000
const options = { skip: executablePath === undefined ? 'no Chromium' : false, timeout }
const run = promisify(execFile)
const card = '---\nlicense: mit\n---\n\n# Whisper\n\nListens.\n'

let hub: TestHub
let started: StartedBrowser | undefined
let browser: Browser
let people: Record<string, Person>
const folder = mkdtempSync(join(tmpdir(), 'guildhall-editor-'))

const visit = (name: string, width = 1280) => openPage(browser, hub.url, { as: name, width })

before(async () => {
  if (executablePath === undefined) return
  hub = await startTestHub()
  people = (await hub.organization('acme', { ada: 'admin', bea: 'write', rae: 'read' })).people
  started = await launch(executablePath)
  browser = started.browser
})
after(async () => {
  await started?.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** A repository of the organization with these files on main; answers its first commit. */
async function repository(name: string, files: Record<string, string>): Promise<string> {
  const body = { name, organization: 'acme', private: true }
  const made = await hub.request(people.ada, 'POST', '/api/repos/create', body)
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return commit('ada', name, 'Begin', files)
}

async function commit(who: string, name: string, summary: string, files: Record<string, string>): Promise<string> {
  const lines = [
    { key: 'header', value: { summary } },
    ...Object.entries(files).map(([path, content]) => ({ key: 'file', value: { path, content, encoding: 'utf-8' } })),
  ]
  const ndjson = lines.map((line) => JSON.stringify(line)).join('\n')
  const type = { 'content-type': 'application/x-ndjson' }
  const reply = await hub.request(people[who], 'POST', `/api/models/acme/${name}/commit/main`, ndjson, type)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.commitOid
}

async function textAt(name: string, path: string): Promise<string> {
  const reply = await fetch(`${hub.url}/acme/${name}/resolve/main/${path}`, {
    headers: { authorization: `Bearer ${people.ada?.token}` },
  })
  return reply.status === 200 ? reply.text() : `${reply.status}`
}

interface Entry {
  title: string
  message: string
  authors: { user: string }[]
}
const history = async (name: string): Promise<Entry[]> =>
  (await hub.request(people.ada, 'GET', `/api/models/acme/${name}/commits/main`)).body

/** The text in the editor, replaced by another. */
async function write(page: Page, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: /^Text of/ })
  await editor.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

test('a file is edited, the commit is in the history, and git pull brings it', options, async () => {
  await repository('whisper', { 'README.md': card, 'data/notes.txt': 'one\r\ntwo\r\n' })
  const address = new URL(`${hub.url}/acme/whisper`)
  address.username = 'ada'
  address.password = people.ada?.token ?? ''
  const clone = join(folder, 'whisper')
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1' }
  await run('git', ['clone', '--quiet', address.href, clone], { env })

  const page = await visit('bea')
  await page.goto(`${hub.url}/acme/whisper/blob/main/README.md`)
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Text of README.md' }).waitFor()
  await expectClean(page)
  assert.ok(await page.getByRole('button', { name: 'Commit to main' }).isDisabled(), 'nothing is changed yet')
  await write(page, `${card}\nNow in *two* languages.\n`)
  await page.getByText('Preview', { exact: true }).click()
  await page.locator('em', { hasText: 'two' }).waitFor()
  await page.getByText('Edit', { exact: true }).click()
  await page.getByLabel('Commit message').fill('Tell of the second language')
  await page.getByRole('textbox', { name: 'Description' }).fill('Since the last release.')
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.waitForURL(`${hub.url}/acme/whisper/blob/main/README.md`)
  await page.getByText('languages.').first().waitFor()

  await page.getByRole('link', { name: 'History' }).first().click()
  await page.getByText('Tell of the second language').first().waitFor()
  const [latest] = await history('whisper')
  assert.equal(latest?.authors[0]?.user, 'bea')
  assert.match(latest?.message ?? '', /Since the last release\./)
  await run('git', ['-C', clone, 'pull', '--quiet'], { env })
  assert.equal(readFileSync(join(clone, 'README.md'), 'utf8'), `${card}\nNow in *two* languages.\n`)

  await page.goto(`${hub.url}/acme/whisper/edit/main/data/notes.txt`)
  await page.getByRole('textbox', { name: 'Text of data/notes.txt' }).click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText('three')
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.waitForURL(/\/blob\/main\/data\/notes\.txt/)
  assert.equal(await textAt('whisper', 'data/notes.txt'), 'one\r\ntwo\r\nthree', 'line ends stay what they were')
  await page.context().close()
})

test('a branch that moved is told, nothing typed is lost, and it can be applied on top', options, async () => {
  await repository('moving', { 'README.md': card })
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/moving/edit/main/README.md`)
  await page.getByRole('textbox', { name: 'Text of README.md' }).waitFor()
  await commit('bea', 'moving', 'Quicker than you', { 'README.md': 'theirs\n' })
  await write(page, 'mine\n')
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.getByRole('heading', { name: 'main has new commits' }).waitFor()
  await page.getByRole('link', { name: 'Quicker than you' }).waitFor()
  await page.getByText('The same files were changed').waitFor()
  await expectClean(page)
  assert.equal(await textAt('moving', 'README.md'), 'theirs\n', 'nothing was overwritten')
  await page.getByRole('button', { name: 'Copy your text' }).waitFor()
  await page.getByRole('button', { name: 'Apply to latest commit' }).click()
  await page.waitForURL(/\/blob\/main\/README\.md/)
  assert.equal(await textAt('moving', 'README.md'), 'mine\n')
  assert.deepEqual(
    (await history('moving')).slice(0, 2).map(({ title }) => title),
    ['Update README.md', 'Quicker than you'],
  )
  await page.context().close()
})

test('leaving with unsaved text asks, and staying keeps it', options, async () => {
  await repository('unsaved', { 'README.md': card })
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/unsaved/edit/main/README.md`)
  await page.getByRole('textbox', { name: 'Text of README.md' }).waitFor()
  await write(page, 'half a thought')
  await page.getByRole('link', { name: 'Cancel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Discard uncommitted changes' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('half a thought').waitFor()
  await page.getByRole('link', { name: 'Cancel' }).click()
  await dialog.getByRole('button', { name: 'Discard changes' }).click()
  await page.waitForURL(/\/blob\/main\/README\.md/)
  assert.equal(await textAt('unsaved', 'README.md'), card)
  await page.context().close()
})

test('files are created, renamed and deleted, each with a commit', options, async () => {
  await repository('files', { 'README.md': card })
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/files/new/main?name=README.md`)
  assert.equal(await page.getByLabel('File path').inputValue(), 'README.md', 'as a link to write the card asks for')
  await page.goto(`${hub.url}/acme/files/new/main/src`)
  await page.getByLabel('File path').fill('README.md')
  await write(page, 'print("hello")\n')
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.getByText('A file with this name already exists on main.').waitFor()
  await page.getByLabel('File path').fill('src/hello.py')
  await expectClean(page)
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.waitForURL(/\/blob\/main\/src\/hello\.py/)
  assert.equal(await textAt('files', 'src/hello.py'), 'print("hello")\n')

  await page.goto(`${hub.url}/acme/files/edit/main/src/hello.py`)
  await page.getByLabel('File path').fill('src/greet.py')
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.waitForURL(/\/blob\/main\/src\/greet\.py/)
  assert.deepEqual(
    [await textAt('files', 'src/hello.py'), await textAt('files', 'src/greet.py')],
    ['404', 'print("hello")\n'],
  )

  await page.goto(`${hub.url}/acme/files/edit/main/src/greet.py`)
  await page.getByRole('button', { name: 'Delete greet.py…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Commit message').fill('Say no more')
  await dialog.getByRole('button', { name: 'Delete greet.py' }).click()
  await page.getByText('Committed to main: Say no more').waitFor()
  assert.equal(await textAt('files', 'src/greet.py'), '404')
  assert.deepEqual((await history('files')).map(({ title }) => title).slice(0, 3), [
    'Say no more',
    'Rename hello.py to greet.py',
    'Create hello.py',
  ])
  await page.context().close()
})

test('several files are uploaded in one commit, a large one into LFS', options, async () => {
  await repository('uploads', { 'README.md': card, 'data/a.txt': 'old' })
  const before = (await history('uploads')).length
  const page = await visit('ada', 400)
  await page.goto(`${hub.url}/acme/uploads/upload/main/data`)
  const large = Buffer.alloc(11 * 1024 * 1024, 'weights ')
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([
    { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('new') },
    { name: 'model.bin', mimeType: 'application/octet-stream', buffer: large },
  ])
  const dropped = await page.evaluateHandle(
    "(() => { const data = new DataTransfer(); data.items.add(new File(['dropped'], 'dropped.txt')); return data })()",
  )
  await page.getByText('Drop files and folders here').dispatchEvent('drop', { dataTransfer: dropped })
  await page.getByText('dropped.txt').waitFor()
  await page.getByText('replaces existing file').waitFor()
  await page.getByText('3 files, 11.5 MB').waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Commit to main' }).click()
  await page.waitForURL(/\/tree\/main\/data/)
  assert.equal((await history('uploads')).length, before + 1)
  assert.equal(await textAt('uploads', 'data/a.txt'), 'new')
  assert.equal(await textAt('uploads', 'data/dropped.txt'), 'dropped')
  assert.equal((await textAt('uploads', 'data/model.bin')).length, large.length)
  const body = { paths: ['data/model.bin'] }
  const { body: entries } = await hub.request(people.ada, 'POST', '/api/models/acme/uploads/paths-info/main', body)
  assert.equal(entries[0].lfs.size, large.length)

  await page.goto(`${hub.url}/acme/uploads/edit/main/data/model.bin`)
  await page.getByRole('button', { name: 'Rename model.bin…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('New path').fill('weights/model.bin')
  await dialog.getByRole('button', { name: 'Rename model.bin' }).click()
  await page.waitForURL(/\/blob\/main\/weights\/model\.bin/)
  assert.equal((await textAt('uploads', 'weights/model.bin')).length, large.length)
  assert.equal(await textAt('uploads', 'data/model.bin'), '404')
  await page.context().close()
})

test('a reader finds no way to change anything, and the API says the same', options, async () => {
  const head = await repository('readonly', { 'README.md': card })
  const page = await visit('rae')
  await page.goto(`${hub.url}/acme/readonly/blob/main/README.md`)
  await page.getByRole('link', { name: 'History' }).first().waitFor()
  assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0)
  await page.goto(`${hub.url}/acme/readonly/edit/main/README.md`)
  await page.getByText('You can’t change this repository').waitFor()
  const ndjson = JSON.stringify({ key: 'header', value: { summary: 'No', parentCommit: head } })
  const type = { 'content-type': 'application/x-ndjson' }
  const path = '/api/models/acme/readonly/commit/main'
  assert.equal((await hub.request(people.rae, 'POST', path, ndjson, type)).status, 403)
  assert.equal((await history('readonly'))[0]?.title, 'Begin')
  await page.context().close()
})

test('settings give, change and end a grant, and say why not', options, async () => {
  await repository('shared', { 'README.md': card })
  await hub.person('sam')
  const page = await visit('ada')
  await page.goto(`${hub.url}/acme/shared/settings`)
  await page.getByRole('combobox', { name: 'Add collaborator' }).fill('sam')
  await page.getByRole('button', { name: 'Add sam' }).click()
  await page.getByText('sam now has read access to acme/shared.').waitFor()
  await page.getByLabel('Access for sam').selectOption('write')
  await page.getByText('sam now has write access to acme/shared').waitFor()
  await expectClean(page)
  await page.goto(`${hub.url}/organizations/acme/settings/collaborators`)
  await page.getByRole('link', { name: 'acme/shared' }).waitFor()
  await expectClean(page)
  await page.getByRole('button', { name: 'Remove sam' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove sam' }).click()
  await page.getByText('Removed sam from acme/shared.').waitFor()
  await page.goto(`${hub.url}/organizations/acme/settings/repositories`)
  await page.getByRole('heading', { name: 'By repository' }).waitFor()
  await expectClean(page)
  const scope = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow()
  assert.deepEqual(
    (await hub.events(scope.id)).map(({ type }) => type).filter((type) => type.includes('collaborator')),
    ['repo.add_collaborator', 'repo.update_collaborator', 'repo.remove_collaborator'],
  )
  await page.context().close()
})
