// The versions of the clients, each with small files, an empty one, and a large one. In `npm run soak`, 300 files and 3 GiB.
import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { StorageOptions } from '../../server/http/storage.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { s3Missing, startS3 } from '../versitygw.ts'
import { digestOfFile, refused, succeeded } from './expect.ts'
import { type Machine, makeMachine, noClient, type PythonClient } from './machine.ts'

const files = process.env.GUILDHALL_XET_FILES ?? '30'
const large = process.env.GUILDHALL_XET_BYTES ?? '20000000'
let hub: TestHub
let ada: Person

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
})

// In an instance of its own, which goes with all that is in it: the long form would fill the disk.
async function transfers(client: PythonClient, storage: Partial<StorageOptions> = {}): Promise<{ byXet: boolean }> {
  const own = await startTestHub({ storage })
  const { people } = await own.organization('lab', { ada: 'admin' })
  const env = { ORG: 'lab', PREFIX: client.toLowerCase(), FILES: files, LARGE: large }
  const machine = makeMachine(own.url, people.ada, client)
  try {
    const outcome = succeeded(await machine.python('transfers.py', env))
    assert.equal(outcome.stdout.trim().split('\n').at(-1), 'all of transfers holds', outcome.text)
    return { byXet: (await own.db.selectFrom('xet_files').select('oid').execute()).length > 0 }
  } finally {
    rmSync(machine.home, { recursive: true })
    await own.stop()
  }
}

const clients: [client: PythonClient, what: string, byXet: boolean][] = [
  ['newest', 'the newest Python client, by Xet', true],
  ['firstXet', 'the first one that knows nothing but Xet', true],
  ['lastLfs', 'the last one that asks LFS first', false],
  ['oldest', 'the oldest one', false],
]

describe('files go up, come down, are deleted, and change', () => {
  for (const [client, what, byXet] of clients)
    test(`with ${what}`, { skip: noClient(client) }, async () => {
      assert.equal((await transfers(client)).byXet, byXet)
    })

  test('with large files in S3', { skip: s3Missing || noClient('newest') }, async () => {
    const s3 = await startS3()
    try {
      assert.ok((await transfers('newest', { lfsS3: s3.options })).byXet)
    } finally {
      await s3.stop()
    }
  })
})

describe('a token that expires meanwhile is renewed by the client', () => {
  for (const [client, what] of clients.filter(([, , byXet]) => byXet))
    test(what, { skip: noClient(client) }, async () => {
      const machine = makeMachine(hub.url, ada, client)
      const repo = `lab/renewed-${client.toLowerCase()}`
      machine.file('files/model.safetensors', randomFillSync(Buffer.alloc(80_000_000)))
      let asked = 0
      const count = ({ url = '' }: IncomingMessage) => {
        if (url.includes('/xet-write-token/')) asked++
      }
      hub.running.server.app.server.on('request', count)
      // The client goes by its own clock, for which a token made now ends in 20 seconds: it takes none for less than 30
      hub.moveClock(-580_000)
      try {
        succeeded(await machine.hf(machine.home, 'upload', repo, 'files', '.'))
      } finally {
        hub.moveClock(0)
        hub.running.server.app.server.off('request', count)
      }
      assert.ok(asked > 1, `${asked} tokens`)
      await requireSame(machine, repo)
    })
})

test('a link to LFS that expires meanwhile is refused, and the next upload gets another', {
  skip: noClient('lastLfs'),
}, async () => {
  const machine = makeMachine(hub.url, ada, 'lastLfs')
  machine.file('files/model.safetensors', randomFillSync(Buffer.alloc(6_000_000)))
  const expire = ({ method }: IncomingMessage) => {
    if (method === 'PUT') hub.moveClock(700_000)
  }
  hub.running.server.app.server.prependListener('request', expire)
  try {
    refused(await machine.hf(machine.home, 'upload', 'lab/expired', 'files', '.'), /403/)
  } finally {
    hub.running.server.app.server.off('request', expire)
    hub.moveClock(0)
  }
  succeeded(await machine.hf(machine.home, 'upload', 'lab/expired', 'files', '.'))
  await requireSame(machine, 'lab/expired')
})

async function requireSame(machine: Machine, repo: string): Promise<void> {
  succeeded(await machine.hf(machine.home, 'download', repo, '--local-dir', 'down'))
  const file = join(machine.home, 'down/model.safetensors')
  assert.equal(await digestOfFile(file), await digestOfFile(join(machine.home, 'files/model.safetensors')))
}

test('`hf cp` copies a large file to another repository, and down', { skip: noClient('newest') }, async () => {
  const machine = makeMachine(hub.url, ada)
  const source = machine.file('model.safetensors', randomFillSync(Buffer.alloc(6_000_000)))
  for (const repo of ['cp-one', 'cp-two']) succeeded(await machine.hf(machine.home, 'repos', 'create', `lab/${repo}`))
  const copy = (from: string, to: string) => machine.hf(machine.home, 'cp', from, to)
  succeeded(await copy(source, 'hf://lab/cp-one/model.safetensors'))
  succeeded(await copy('hf://lab/cp-one/model.safetensors', 'hf://lab/cp-two/copy.safetensors'))
  succeeded(await copy('hf://lab/cp-two/copy.safetensors', 'down.bin'))
  assert.equal(await digestOfFile(join(machine.home, 'down.bin')), await digestOfFile(source))
})
