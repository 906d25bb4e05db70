import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type * as Client from '@huggingface/hub'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOf, digestOfFile, succeeded } from './expect.ts'
import { type Machine, makeMachine, noPython } from './machine.ts'

// In `npm run soak`, three gibibytes
const bytes = Number(process.env.GUILDHALL_XET_BYTES ?? 150_000_000)
const js: typeof Client = await import(process.env.GUILDHALL_NEWEST_JAVASCRIPT ?? '@huggingface/hub')
let hub: TestHub
let ada: Person
let machine: Machine

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  machine = makeMachine(hub.url, ada)
  if (noPython) return
  const xet = await machine.run('python', ['-c', 'import hf_xet'])
  assert.equal(xet.code, 0, 'a plain install has hf-xet; without it these tests prove nothing')
})

/** A file of noise that is too large for one piece of memory. */
function write(at: Machine): string {
  const file = join(at.folder('files'), 'model.safetensors')
  writeFileSync(file, '')
  const piece = 50_000_000
  for (let written = 0; written < bytes; written += piece)
    appendFileSync(file, randomFillSync(Buffer.alloc(Math.min(piece, bytes - written))))
  return file
}

async function oidOf(repo: string, name: string): Promise<string | undefined> {
  const { body } = await hub.request(ada, 'GET', `/api/models/${repo}/tree/main`)
  return body.find(({ path }: { path: string }) => path === name)?.lfs?.oid
}

test('a large file goes up by Xet with a plain install, and comes down the same', { skip: noPython }, async () => {
  const file = write(machine)
  const said = succeeded(
    await machine.run('hf', ['upload', 'lab/large', 'files', '.'], { cwd: machine.home, env: { HF_DEBUG: '1' } }),
  )
  assert.doesNotMatch(said.text, /objects\/batch/)
  const oid = await digestOfFile(file)
  const byXet = await hub.db.selectFrom('xet_files').select('oid').execute()
  assert.deepEqual(byXet, [{ oid }])
  assert.equal(await oidOf('lab/large', 'model.safetensors'), oid)
  succeeded(await machine.hf(machine.home, 'download', 'lab/large', '--local-dir', 'down'))
  assert.equal(await digestOfFile(join(machine.home, 'down/model.safetensors')), oid)
  // Nothing of it is there twice
  const staged = await hub.db.selectFrom('xet_xorbs').select('staged').where('staged', 'is not', null).execute()
  assert.equal(staged.length, 0)
})

test('the newest Python client uploads, changes, deletes, copies, and reads', { skip: noPython }, async () => {
  const outcome = succeeded(await makeMachine(hub.url, ada).python('xet.py', { ORG: 'lab' }))
  assert.equal(outcome.stdout.trim().split('\n').at(-1), 'all of xet holds', outcome.text)
})

test('the JavaScript client uploads a folder by Xet, and reads it', async () => {
  const as = { hubUrl: hub.url, accessToken: ada.token, repo: 'lab/js' }
  await js.createRepo({ ...as, visibility: 'private' })
  const contents = new Map([
    ['large.safetensors', randomFillSync(Buffer.alloc(12_000_000))],
    ['zeros.bin', Buffer.alloc(3_000_000)],
    ['small.bin', randomFillSync(Buffer.alloc(30_000))],
    ['empty.bin', Buffer.alloc(0)],
  ])
  const files = [...contents].map(([path, content]) => ({ path, content: new Blob([content]) }))
  const oids = async () => (await hub.db.selectFrom('xet_files').select('oid').execute()).map(({ oid }) => oid)
  for (const attempt of [1, 2]) {
    await js.uploadFiles({ ...as, files: files.map((file) => ({ ...file, path: `${attempt}/${file.path}` })) })
    for (const [path, content] of contents) {
      const blob = await js.downloadFile({ ...as, path: `${attempt}/${path}` })
      assert.ok(Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(content), path)
      if (content.length === 0) continue
      assert.ok((await oids()).includes(digestOf(content)), `${path} came by Xet`)
      const part = Buffer.from((await blob?.slice(1000, 2000).arrayBuffer()) ?? new ArrayBuffer(0))
      assert.ok(part.equals(content.subarray(1000, 2000)), path)
    }
  }
})
