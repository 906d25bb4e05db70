import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as js from '@huggingface/hub'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOfFile, refused, succeeded } from './expect.ts'
import { type Machine, makeMachine, noPython } from './machine.ts'

const withoutXet = { HF_HUB_DISABLE_XET: '1' }
/** Makes the client say every request that it sends. */
const talking = { HF_DEBUG: '1' }

let hub: TestHub
/** A hub that never takes large files inside a commit. */
let strict: TestHub
let machine: Machine
let strictMachine: Machine

before(async () => {
  hub = await startTestHub()
  strict = await startTestHub({ storage: { regularUploadBytes: 0 } })
  machine = makeMachine(hub.url, await admin(hub))
  strictMachine = makeMachine(strict.url, await admin(strict))
  if (noPython) return
  const xet = await machine.run('python', ['-c', 'import hf_xet'])
  assert.equal(xet.code, 0, 'a plain install has hf-xet; without it these tests prove nothing')
})

async function admin(at: TestHub): Promise<Person> {
  return (await at.organization('lab', { ada: 'admin' })).people.ada as Person
}

const upload = (from: Machine, repo: string, env: Record<string, string> = {}) =>
  from.run('hf', ['upload', repo, 'files', '.'], { cwd: from.home, env: { ...env, ...talking } })

function noise(at: Machine, bytes: number): string {
  const file = join(at.folder('files'), 'model.safetensors')
  writeFileSync(file, randomFillSync(Buffer.alloc(bytes)))
  return file
}

async function kept(at: TestHub, repo: string): Promise<{ size: number; lfs?: { oid: string } } | undefined> {
  const { body } = await at.request(await at.person('ada'), 'GET', `/api/models/${repo}/tree/main`)
  return body.find(({ path }: { path: string }) => path === 'model.safetensors')
}

async function countCommits(at: TestHub, repo: string): Promise<number> {
  return (await at.request(await at.person('ada'), 'GET', `/api/models/${repo}/commits/main`)).body.length
}

test('a file of 200 MB goes up with a plain install and comes down the same', { skip: noPython }, async () => {
  const file = noise(machine, 200_000_000)
  const said = succeeded(await upload(machine, 'lab/big'))
  assert.doesNotMatch(said.text, /xet-write-token|objects\/batch/)
  const there = await kept(hub, 'lab/big')
  assert.equal(there?.size, 200_000_000)
  assert.equal(there?.lfs?.oid, await digestOfFile(file))
  succeeded(await machine.hf(machine.home, 'download', 'lab/big', '--local-dir', 'down'))
  assert.equal(await digestOfFile(join(machine.home, 'down/model.safetensors')), there?.lfs?.oid)
  const again = succeeded(await upload(machine, 'lab/big'))
  assert.doesNotMatch(again.text, /\/commit\/main/)
})

test('what another client put into LFS is sent once to be compared, and makes no commit', {
  skip: noPython,
}, async () => {
  const content = new Blob([new Uint8Array(readFileSync(noise(machine, 8_000_000)))])
  const to = { hubUrl: hub.url, accessToken: (await hub.person('ada')).token, repo: 'lab/mixed' }
  await js.createRepo(to)
  await js.uploadFile({ ...to, file: { path: 'model.safetensors', content } })
  succeeded(await upload(machine, 'lab/mixed'))
  const said = succeeded(await upload(machine, 'lab/mixed'))
  assert.doesNotMatch(said.text, /\/commit\/main/)
  assert.equal(await countCommits(hub, 'lab/mixed'), 2)
})

test('where the hub asks for LFS, the client without Xet sends parts, and nothing twice', {
  skip: noPython,
}, async () => {
  const file = noise(strictMachine, 80_000_000)
  const said = succeeded(await upload(strictMachine, 'lab/parts', withoutXet))
  assert.equal(said.text.match(/Send: curl -X PUT/g)?.length, 3)
  assert.equal((await kept(strict, 'lab/parts'))?.lfs?.oid, await digestOfFile(file))
  const again = succeeded(await upload(strictMachine, 'lab/parts', withoutXet))
  assert.doesNotMatch(again.text, /curl -X PUT|\/commit\/main/)
  assert.equal(await countCommits(strict, 'lab/parts'), 2)
})

test('above the limit the hub says which variable helps, and it does', { skip: noPython }, async () => {
  const file = noise(strictMachine, 2_000_000)
  refused(await upload(strictMachine, 'lab/above'), /set HF_HUB_DISABLE_XET=1/)
  assert.equal(await kept(strict, 'lab/above'), undefined)
  succeeded(await upload(strictMachine, 'lab/above', withoutXet))
  assert.equal((await kept(strict, 'lab/above'))?.lfs?.oid, await digestOfFile(file))
  const opened = `from huggingface_hub import HfApi
api = HfApi()
api.create_repo("lab/opened")
with open("files/model.safetensors", "rb") as file:
    api.upload_file(path_or_fileobj=file, path_in_repo="model.safetensors", repo_id="lab/opened")`
  succeeded(await strictMachine.run('python', ['-c', opened], { cwd: strictMachine.home }))
  assert.equal((await kept(strict, 'lab/opened'))?.lfs?.oid, await digestOfFile(file))
})
