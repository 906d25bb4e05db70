import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as js from '@huggingface/hub'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOfFile, succeeded } from './expect.ts'
import { type Machine, makeMachine, noPython } from './machine.ts'

const withoutXet = { HF_HUB_DISABLE_XET: '1' }
/** Makes the client say every request that it sends. */
const talking = { HF_DEBUG: '1' }

let hub: TestHub
/** A hub where Xet is turned off. */
let without: TestHub
let machine: Machine
let machineWithout: Machine

before(async () => {
  hub = await startTestHub()
  without = await startTestHub({ storage: { hasXet: false } })
  machine = makeMachine(hub.url, await admin(hub))
  machineWithout = makeMachine(without.url, await admin(without))
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
  assert.doesNotMatch(said.text, /objects\/batch/)
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

test('the client without Xet sends parts by LFS, and nothing twice', { skip: noPython }, async () => {
  const file = noise(machine, 80_000_000)
  const said = succeeded(await upload(machine, 'lab/parts', withoutXet))
  assert.equal(said.text.match(/Send: curl -X PUT/g)?.length, 3)
  assert.equal((await kept(hub, 'lab/parts'))?.lfs?.oid, await digestOfFile(file))
  const again = succeeded(await upload(machine, 'lab/parts', withoutXet))
  assert.doesNotMatch(again.text, /curl -X PUT|\/commit\/main/)
  assert.equal(await countCommits(hub, 'lab/parts'), 2)
})

test('where Xet is off, the client sends files in the commit', { skip: noPython }, async () => {
  const file = noise(machineWithout, 2_000_000)
  const said = succeeded(await upload(machineWithout, 'lab/inside'))
  assert.doesNotMatch(said.text, /objects\/batch/)
  assert.equal((await kept(without, 'lab/inside'))?.lfs?.oid, await digestOfFile(file))
  const ada = await without.person('ada')
  const token = await without.request(ada, 'GET', '/api/models/lab/inside/xet-write-token/main')
  assert.equal(token.status, 404)
  assert.match(token.body.error, /HF_HUB_DISABLE_XET=1/)
})
