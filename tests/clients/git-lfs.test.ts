import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOf, digestOfFile, gitAll, gitSays, refused, succeeded } from './expect.ts'
import { type Machine, makeMachine, noGitLfs, noPython } from './machine.ts'

let hub: TestHub
let ada: Person
let machine: Machine

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin', eli: 'write', rea: 'read' })).people.ada as Person
  machine = makeMachine(hub.url, ada)
})

async function cloned(name: string): Promise<string> {
  await hub.request(ada, 'POST', '/api/repos/create', { name: `lab/${name}`, visibility: 'private' })
  await gitAll(machine, machine.home, ['clone', '-q', `${hub.url}/lab/${name}`])
  return join(machine.home, name)
}

async function committed(folder: string, files: Record<string, Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  await gitAll(machine, folder, ['add', '.'], ['commit', '-q', '-m', `Add ${Object.keys(files).join(', ')}`])
}

const noise = (bytes: number) => randomFillSync(Buffer.alloc(bytes))

test('files of a fresh repository go through LFS, and come back the same', { skip: noGitLfs }, async () => {
  const folder = await cloned('basic')
  const files = { 'a.safetensors': noise(5_000_000), 'b.bin': noise(100_000), 'small.txt': Buffer.from('plain') }
  await committed(folder, files)
  assert.equal((await gitSays(machine, folder, 'lfs', 'ls-files', '-n')).split('\n').length, 2)
  succeeded(await machine.git(folder, 'push', 'origin', 'main'))
  const tree = (await hub.request(ada, 'GET', '/api/models/lab/basic/tree/main')).body
  const weights = tree.find(({ path }: { path: string }) => path === 'a.safetensors')
  assert.deepEqual([weights.size, weights.lfs.oid], [5_000_000, digestOf(files['a.safetensors'])])
  const resolved = await fetch(`${hub.url}/lab/basic/resolve/main/a.safetensors`, {
    headers: { authorization: `Bearer ${ada.token}` },
  })
  assert.equal(digestOf(new Uint8Array(await resolved.arrayBuffer())), weights.lfs.oid)

  const other = makeMachine(hub.url, ada)
  await gitAll(other, other.home, ['clone', '-q', `${hub.url}/lab/basic`])
  assert.equal(await digestOfFile(join(other.home, 'basic/a.safetensors')), weights.lfs.oid)
  assert.equal(readFileSync(join(other.home, 'basic/small.txt'), 'utf8'), 'plain')
  const skipping = { GIT_LFS_SKIP_SMUDGE: '1' }
  const clone = ['clone', '-q', `${hub.url}/lab/basic`, 'pointers']
  succeeded(await other.run('git', clone, { cwd: other.home, env: skipping }))
  assert.ok(statSync(join(other.home, 'pointers/a.safetensors')).size < 200)
  succeeded(await other.git(join(other.home, 'pointers'), 'lfs', 'pull', '--include', '*.safetensors'))
  assert.equal(await digestOfFile(join(other.home, 'pointers/a.safetensors')), weights.lfs.oid)
  succeeded(await other.git(join(other.home, 'basic'), 'lfs', 'fsck'))
})

test('a clone is clean after commits through the API, whatever .gitattributes of folders say', {
  skip: noGitLfs,
}, async () => {
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'lab/folders', visibility: 'private' })
  const put = async (path: string, content: string) => {
    const lines = [
      { key: 'header', value: { summary: path } },
      { key: 'file', value: { path, content } },
    ]
    const body = lines.map((line) => JSON.stringify(line)).join('\n')
    const to = '/api/models/lab/folders/commit/main'
    const made = await hub.request(ada, 'POST', to, body, { 'content-type': 'application/x-ndjson' })
    assert.equal(made.status, 200, JSON.stringify(made.body))
  }
  await put('data/.gitattributes', '*.csv filter=lfs diff=lfs merge=lfs -text\n*.bin -filter -text\n')
  for (const path of ['data/y.csv', 'data/deep/z.csv', 'data/a.bin', 'x.csv', 'w.bin']) await put(path, `in ${path}`)
  await gitAll(machine, machine.home, ['clone', '-q', `${hub.url}/lab/folders`])
  const folder = join(machine.home, 'folders')
  assert.equal(await gitSays(machine, folder, 'status', '--porcelain'), '')
  assert.deepEqual((await gitSays(machine, folder, 'lfs', 'ls-files', '-n')).split('\n').sort(), [
    'data/deep/z.csv',
    'data/y.csv',
    'w.bin',
  ])
  assert.equal(readFileSync(join(folder, 'data/y.csv'), 'utf8'), 'in data/y.csv')
})

test('what is there already is not sent again', { skip: noGitLfs }, async () => {
  const folder = await cloned('twice')
  const content = noise(1_000_000)
  await committed(folder, { 'a.bin': content })
  succeeded(await machine.git(folder, 'push', '-q'))
  await committed(folder, { 'again.bin': content })
  const said = succeeded(
    await machine.run('git', ['push'], { cwd: folder, env: { GIT_TRACE: '1', GIT_CURL_VERBOSE: '1' } }),
  )
  assert.doesNotMatch(said.text, /> PUT /)
  const { body } = await hub.request(ada, 'GET', '/api/models/lab/twice/lfs-files')
  assert.equal(body.length, 1)
})

test('a pointer whose content is missing is refused, also where another repository has it', {
  skip: noGitLfs,
}, async () => {
  const folder = await cloned('missing')
  const content = noise(300_000)
  await committed(folder, { 'a.bin': content })
  refused(await machine.git(folder, 'push', '--no-verify', 'origin', 'main'), /LFS/)
  succeeded(await machine.git(folder, 'push', '-q'))
  const other = await cloned('thief')
  await committed(other, { 'a.bin': content })
  refused(await machine.git(other, 'push', '--no-verify', 'origin', 'main'), /LFS/)
  const { body } = await hub.request(ada, 'GET', '/api/models/lab/thief/lfs-files')
  assert.deepEqual(body, [])
})

test('content that is lost on the way is asked for, and not made up', { skip: noGitLfs }, async () => {
  const folder = await cloned('gone')
  await committed(folder, { 'a.bin': noise(50_000) })
  succeeded(await machine.git(folder, 'push', '-q'))
  const [kept] = (await hub.request(ada, 'GET', '/api/models/lab/gone/lfs-files')).body
  const gone = await hub.request(ada, 'POST', '/api/models/lab/gone/lfs-files/batch', {
    deletions: { sha: [kept.fileOid], rewriteHistory: false },
  })
  assert.ok(gone.status < 300, JSON.stringify(gone.body))
  rmSync(join(folder, '.git/lfs/objects'), { recursive: true })
  refused(await machine.git(folder, 'lfs', 'fetch', 'origin', 'main'), /404|not found|does not exist/i)
})

test('big files go up in parts through the Python client’s agent', { skip: noGitLfs || noPython }, async () => {
  const folder = await cloned('parts')
  succeeded(await machine.hf(folder, 'lfs-enable-largefiles', '.'))
  assert.equal(await gitSays(machine, folder, 'config', 'lfs.customtransfer.multipart.args'), 'lfs-multipart-upload')
  const content = noise(60_000_000)
  await committed(folder, { 'big.safetensors': content, 'small.bin': noise(2000) })
  const push = ['push', 'origin', 'main']
  const said = succeeded(await machine.run('git', push, { cwd: folder, env: { GIT_TRACE: '1' } }))
  assert.match(said.text, /adapter "multipart"/)
  const tree = (await hub.request(ada, 'GET', '/api/models/lab/parts/tree/main')).body
  const big = tree.find(({ path }: { path: string }) => path === 'big.safetensors')
  assert.deepEqual([big.size, big.lfs.oid], [content.length, digestOf(content)])
  const other = makeMachine(hub.url, ada)
  await gitAll(other, other.home, ['clone', '-q', `${hub.url}/lab/parts`])
  assert.equal(await digestOfFile(join(other.home, 'parts/big.safetensors')), big.lfs.oid)
})

test('locks: taken, seen, respected, broken', { skip: noGitLfs }, async () => {
  const folder = await cloned('locks')
  await committed(folder, { 'a.bin': noise(1000) })
  succeeded(await machine.git(folder, 'push', '-q'))
  succeeded(await machine.git(folder, 'lfs', 'lock', 'a.bin'))
  assert.match(await gitSays(machine, folder, 'lfs', 'locks'), /a\.bin\s+ada/)
  const eli = makeMachine(hub.url, await hub.person('eli'))
  await gitAll(eli, eli.home, ['clone', '-q', `${hub.url}/lab/locks`])
  const other = join(eli.home, 'locks')
  refused(await eli.git(other, 'lfs', 'lock', 'a.bin'), /already|lock/i)
  refused(await eli.git(other, 'lfs', 'unlock', 'a.bin'), /ada|force|lock/i)
  writeFileSync(join(other, 'a.bin'), noise(1000))
  await gitAll(eli, other, ['config', `lfs.${hub.url}/lab/locks.git/info/lfs.locksverify`, 'true'])
  await gitAll(eli, other, ['commit', '-q', '-am', 'Change it'])
  refused(await eli.git(other, 'push'), /locked|ada/i)
  succeeded(await machine.git(folder, 'lfs', 'unlock', 'a.bin'))
  succeeded(await eli.git(other, 'push', '-q'))
  const rea = makeMachine(hub.url, await hub.person('rea'))
  await gitAll(rea, rea.home, ['clone', '-q', `${hub.url}/lab/locks`])
  refused(await rea.git(join(rea.home, 'locks'), 'lfs', 'lock', 'a.bin'), /403|write|authorized/i)
})

test('who may read fetches LFS content and uploads none; no one else gets either', { skip: noGitLfs }, async () => {
  const folder = await cloned('rights')
  const content = noise(40_000)
  await committed(folder, { 'a.bin': content })
  succeeded(await machine.git(folder, 'push', '-q'))
  const rea = await hub.person('rea')
  const stranger = await hub.person('stranger')
  const batch = (who: Person | undefined, operation: string, oid = digestOf(content)) =>
    hub.request(
      who,
      'POST',
      '/lab/rights.git/info/lfs/objects/batch',
      JSON.stringify({
        operation,
        transfers: ['basic'],
        objects: [{ oid, size: content.length }],
        hash_algo: 'sha256',
      }),
      { 'content-type': 'application/vnd.git-lfs+json', accept: 'application/vnd.git-lfs+json' },
    )
  const [granted] = (await batch(rea, 'download')).body.objects
  const got = await fetch(granted.actions.download.href)
  assert.equal(digestOf(new Uint8Array(await got.arrayBuffer())), digestOf(content))
  assert.equal((await batch(rea, 'upload', digestOf('else'))).status, 403)
  assert.equal((await batch(stranger, 'download')).status, 404)
  const asked = await batch(undefined, 'download')
  assert.equal(asked.status, 401)
  assert.match(asked.headers.get('www-authenticate') ?? asked.headers.get('lfs-authenticate') ?? '', /Basic/)
  const reader = makeMachine(hub.url, rea)
  await gitAll(reader, reader.home, ['clone', '-q', `${hub.url}/lab/rights`])
  assert.equal(await digestOfFile(join(reader.home, 'rights/a.bin')), digestOf(content))
  writeFileSync(join(reader.home, 'rights/b.bin'), noise(1000))
  await gitAll(reader, join(reader.home, 'rights'), ['add', '.'], ['commit', '-q', '-m', 'b'])
  refused(await reader.git(join(reader.home, 'rights'), 'push'), /403|write|denied|authorized/i)
  assert.ok(existsSync(join(reader.home, 'rights/b.bin')))
})
