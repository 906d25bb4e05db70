import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOfFile, succeeded } from './expect.ts'
import { type Machine, makeMachine, noPython } from './machine.ts'

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

const upload = (from: Machine, repo: string, folder = 'files') =>
  from.run('hf', ['upload', repo, folder, '.'], { cwd: from.home, env: { HF_DEBUG: '1' } })
const download = (from: Machine, repo: string, to: string) => from.hf(from.home, 'download', repo, '--local-dir', to)

function write(folder: string, name: string, content: Uint8Array): string {
  const file = join(machine.folder(folder), name)
  writeFileSync(file, content)
  return file
}

const noise = (bytes: number) => randomFillSync(Buffer.alloc(bytes))

async function oidOf(repo: string, name: string): Promise<string | undefined> {
  const { body } = await hub.request(ada, 'GET', `/api/models/${repo}/tree/main`)
  return body.find(({ path }: { path: string }) => path === name)?.lfs?.oid
}

test('a large file goes up by Xet with a plain install, and comes down the same', { skip: noPython }, async () => {
  const file = write('files', 'model.safetensors', noise(150_000_000))
  const said = succeeded(await upload(machine, 'lab/large'))
  assert.doesNotMatch(said.text, /objects\/batch/)
  const oid = await digestOfFile(file)
  const byXet = await hub.db.selectFrom('xet_files').select('oid').execute()
  assert.deepEqual(byXet, [{ oid }])
  assert.equal(await oidOf('lab/large', 'model.safetensors'), oid)
  succeeded(await download(machine, 'lab/large', 'down'))
  assert.equal(await digestOfFile(join(machine.home, 'down/model.safetensors')), oid)
  // Nothing of it is there twice
  const staged = await hub.db.selectFrom('xet_xorbs').select('staged').where('staged', 'is not', null).execute()
  assert.equal(staged.length, 0)
})
