// Whichever way a file came, and whichever way it is read: the bytes are the same.
import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as js from '@huggingface/hub'
import type { Page } from 'playwright-core'
import { findChromium, launch, type StartedBrowser } from '../e2e/chromium.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'
import { digestOf, digestOfFile, gitAll, succeeded } from './expect.ts'
import { type Machine, makeMachine, noClient, noGitLfs } from './machine.ts'

const skip = noGitLfs || noClient('newest') || noClient('oldest')
const repo = 'lab/same'
const noise = (bytes: number) => randomFillSync(Buffer.alloc(bytes))
/** By which client each comes. The sizes are those at which pieces, blocks, and ranges end. */
const files = {
  'xet.bin': noise(5_000_001),
  'xet-zeros.bin': Buffer.alloc(2 * 131_072),
  'javascript.bin': noise(131_073),
  'git-lfs.bin': noise(1_048_576),
  'old.bin': noise(131_071),
  'empty.bin': Buffer.alloc(0),
}
const names = Object.keys(files) as (keyof typeof files)[]
let hub: TestHub
let ada: Person
let machine: Machine

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  machine = makeMachine(hub.url, ada)
  if (skip) return
  await hub.request(ada, 'POST', '/api/repos/create', { name: repo, visibility: 'private' })
  await gitAll(machine, machine.home, ['clone', '-q', `${hub.url}/${repo}`])
  writeFileSync(join(machine.home, 'same/git-lfs.bin'), files['git-lfs.bin'])
  const push = [
    ['add', '.'],
    ['commit', '-q', '-m', 'Add a file'],
    ['push', '-q', 'origin', 'main'],
  ]
  await gitAll(machine, join(machine.home, 'same'), ...push)
  for (const name of ['xet.bin', 'xet-zeros.bin', 'empty.bin'] as const) machine.file(`new/${name}`, files[name])
  succeeded(await machine.hf(machine.home, 'upload', repo, 'new', '.'))
  const old = makeMachine(hub.url, ada, 'oldest')
  old.file('old.bin', files['old.bin'])
  succeeded(await old.hf(old.home, 'upload', repo, 'old.bin', 'old.bin'))
  const file = { path: 'javascript.bin', content: new Blob([files['javascript.bin']]) }
  await js.uploadFile({ hubUrl: hub.url, accessToken: ada.token, repo, file })
})

/** What a way of reading finds of each file. */
async function finds(digest: (name: string) => Promise<string>): Promise<void> {
  for (const name of names) assert.equal(await digest(name), digestOf(files[name]), name)
}

describe('every file is the same', { skip }, () => {
  test('by git and git-lfs', async () => {
    await gitAll(machine, machine.home, ['clone', '-q', `${hub.url}/${repo}`, 'cloned'])
    await finds((name) => digestOfFile(join(machine.home, 'cloned', name)))
  })

  test('by curl', async () => {
    const out = join(machine.home, 'curl.out')
    await finds(async (name) => {
      const who = `Authorization: Bearer ${ada.token}`
      succeeded(
        await machine.run('curl', ['-sSfL', '-H', who, '-o', out, `${hub.url}/${repo}/resolve/main/${name}`], {}),
      )
      return digestOfFile(out)
    })
  })

  test('by Xet', async () => {
    const script = `import sys; from huggingface_hub import HfFileSystem
fs = HfFileSystem(expand_info=True)
for name in sys.argv[1:]: fs.get_file(f'${repo}/{name}', f'by-xet/{name}')`
    machine.folder('by-xet')
    succeeded(await machine.run('python', ['-c', script, ...names], { cwd: machine.home }))
    await finds((name) => digestOfFile(join(machine.home, 'by-xet', name)))
  })

  for (const client of ['newest', 'oldest'] as const)
    test(`by the ${client} Python client`, async () => {
      const own = makeMachine(hub.url, ada, client)
      succeeded(await own.hf(own.home, 'download', repo, '--local-dir', 'down'))
      await finds((name) => digestOfFile(join(own.home, 'down', name)))
    })

  test('by the JavaScript client', () =>
    finds(async (path) => {
      const blob = await js.downloadFile({ hubUrl: hub.url, accessToken: ada.token, repo, path })
      return digestOf(new Uint8Array((await blob?.arrayBuffer()) ?? assert.fail(path)))
    }))

  const chromium = findChromium()
  describe('in a browser', { skip: chromium === undefined }, () => {
    let started: StartedBrowser
    let page: Page
    before(async () => {
      started = await launch(chromium ?? '')
      const context = await started.browser.newContext()
      const [name = '', value = ''] = (await signedIn(hub, 'ada')).cookie?.split('=') ?? []
      await context.addCookies([{ name, value, url: hub.url }])
      page = await context.newPage()
      await page.goto(`${hub.url}/${repo}`)
    })
    after(() => started?.kill())

    test('saved', () =>
      finds(async (name) => {
        const saved = page.waitForEvent('download')
        const href = `/${repo}/resolve/main/${name}?download=true`
        await page.evaluate(`Object.assign(document.createElement('a'), { href: '${href}', download: '' }).click()`)
        const file = join(machine.home, 'saved', name)
        await (await saved).saveAs(file)
        return digestOfFile(file)
      }))
  })
})
