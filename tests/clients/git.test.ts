import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { gitAll, gitSays, refused, succeeded } from './expect.ts'
import { type Machine, makeMachine } from './machine.ts'

let hub: TestHub
let ada: Person
let machine: Machine
let anonymous: Machine

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  machine = makeMachine(hub.url, ada)
  anonymous = makeMachine(hub.url)
})

/** Makes a repository and clones it; returns where the clone is. */
async function cloned(name: string, body: Record<string, unknown> = { visibility: 'private' }): Promise<string> {
  const made = await hub.request(ada, 'POST', '/api/repos/create', { name: `lab/${name}`, ...body })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  await gitAll(machine, machine.home, ['clone', '-q', made.body.url, name])
  return join(machine.home, name)
}

async function commit(folder: string, file: string, content: string | Uint8Array, message = `Write ${file}`) {
  writeFileSync(join(folder, file), content)
  await gitAll(machine, folder, ['add', '--', file], ['commit', '-q', '-m', message])
}

const shown = (path: string, name: string) => hub.request(ada, 'GET', `/lab/${name}/raw/${path}`)

test('clone, commit, push, and the hub has it; fetch brings what the hub committed', async () => {
  const folder = await cloned('one')
  assert.equal(await gitSays(machine, folder, 'log', '--format=%s'), 'initial commit')
  await commit(folder, 'a.txt', 'hello')
  succeeded(await machine.git(folder, 'push', '-q', 'origin', 'main'))
  assert.equal((await shown('main/a.txt', 'one')).body, 'hello')
  const head = await gitSays(machine, folder, 'rev-parse', 'HEAD')
  assert.equal((await hub.request(ada, 'GET', '/api/models/lab/one')).body.sha, head)
  const lines = [
    { key: 'header', value: { summary: 'From the page' } },
    { key: 'file', value: { path: 'b.txt', content: 'there', encoding: 'utf-8' } },
  ]
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const made = await hub.request(ada, 'POST', '/api/models/lab/one/commit/main', body, {
    'content-type': 'application/x-ndjson',
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  succeeded(await machine.git(folder, 'pull', '-q'))
  assert.equal(readFileSync(join(folder, 'b.txt'), 'utf8'), 'there')
  assert.equal(await gitSays(machine, folder, 'rev-parse', 'HEAD'), made.body.commitOid)
})

test('addresses: with .git and without, datasets and spaces apart, whatever the case', async () => {
  const folder = await cloned('two')
  await commit(folder, 'model.txt', 'model')
  succeeded(await machine.git(folder, 'push', '-q'))
  await cloned('two-data', { type: 'dataset' })
  for (const path of ['lab/two', 'lab/two.git', 'LAB/Two', 'LAB/Two.git']) {
    assert.match(await gitSays(machine, machine.home, 'ls-remote', `${hub.url}/${path}`), /refs\/heads\/main/, path)
  }
  assert.match(await gitSays(machine, machine.home, 'ls-remote', `${hub.url}/datasets/lab/two-data.git`), /main/)
  refused(await machine.git(machine.home, 'ls-remote', `${hub.url}/datasets/lab/two`), /not found/i)
  await hub.request(ada, 'POST', '/api/repos/move', { fromRepo: 'lab/two', toRepo: 'lab/second', type: 'model' })
  await commit(folder, 'later.txt', 'later')
  succeeded(await machine.git(folder, 'push', '-q'))
  assert.equal((await shown('main/later.txt', 'second')).body, 'later')
})

test('shallow and partial clones, and filling them up', async () => {
  const folder = await cloned('history')
  for (let number = 0; number < 20; number += 1) await commit(folder, `${number}.txt`, `${number}`.repeat(2000))
  succeeded(await machine.git(folder, 'push', '-q'))
  const url = `${hub.url}/lab/history`
  await gitAll(machine, machine.home, ['clone', '-q', '--depth', '1', url, 'shallow'])
  const shallow = join(machine.home, 'shallow')
  assert.equal(await gitSays(machine, shallow, 'rev-list', '--count', 'HEAD'), '1')
  await gitAll(machine, shallow, ['fetch', '-q', '--unshallow'])
  assert.equal(await gitSays(machine, shallow, 'rev-list', '--count', 'HEAD'), '21')
  await gitAll(machine, machine.home, ['clone', '-q', '--no-checkout', '--filter=blob:none', url, 'partial'])
  const partial = join(machine.home, 'partial')
  const absent = await gitSays(machine, partial, 'rev-list', '--objects', '--all', '--missing=print')
  assert.equal(absent.split('\n').filter((line) => line.startsWith('?')).length, 21)
  assert.equal(await gitSays(machine, partial, 'show', 'HEAD:7.txt'), '7'.repeat(2000))
  await gitAll(machine, machine.home, ['clone', '-q', '--single-branch', '--no-tags', url, 'single'])
  await gitAll(machine, machine.home, ['clone', '-q', '--bare', url, 'bare'])
  await gitAll(machine, join(machine.home, 'bare'), ['fsck', '--strict', '--full'])
})

test('protocols: version 0, 1 and 2 fetch the same', async () => {
  const heads: string[] = []
  for (const version of ['0', '1', '2']) {
    const config = ['-c', `protocol.version=${version}`]
    const url = `${hub.url}/lab/history`
    await gitAll(machine, machine.home, [...config, 'clone', '-q', url, `protocol-${version}`])
    heads.push(await gitSays(machine, join(machine.home, `protocol-${version}`), 'rev-parse', 'HEAD'))
  }
  assert.equal(new Set(heads).size, 1)
})

test('a push of many megabytes, in chunks after a first question', async () => {
  const folder = await cloned('large')
  for (let number = 0; number < 4; number += 1) {
    await commit(folder, `noise-${number}.txt`, randomFillSync(Buffer.alloc(1_500_000)).toString('base64'))
  }
  const said = succeeded(await machine.run('git', ['push', '-q'], { cwd: folder, env: { GIT_CURL_VERBOSE: '1' } }))
  assert.match(said.text, /Transfer-Encoding: chunked/i)
  const there = await shown('main/noise-3.txt', 'large')
  assert.equal(there.body, readFileSync(join(folder, 'noise-3.txt'), 'utf8'))
})

test('a compressed question is understood', async () => {
  const folder = await cloned('gzip', {})
  const head = await gitSays(machine, folder, 'rev-parse', 'HEAD')
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text
  const question = `${line('command=fetch')}0001${line(`want ${head}`)}${line('done')}0000`
  const reply = await fetch(`${hub.url}/lab/gzip.git/git-upload-pack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    },
    body: new Uint8Array(gzipSync(question)),
  })
  assert.equal(reply.status, 200)
  assert.equal(reply.headers.get('content-type'), 'application/x-git-upload-pack-result')
  assert.match(Buffer.from(await reply.arrayBuffer()).toString('latin1'), /packfile\n[\s\S]*PACK/)
})

test('branches and tags: made, moved, deleted; what is not fast-forward wants force', async () => {
  const folder = await cloned('refs')
  await commit(folder, 'a.txt', 'a')
  await gitAll(machine, folder, ['tag', 'light'], ['tag', '-a', 'full', '-m', 'Said'], ['branch', 'dev/one'])
  succeeded(await machine.git(folder, 'push', '-q', 'origin', 'main', 'dev/one', '--tags'))
  const refs = async () => {
    const { body } = await hub.request(ada, 'GET', '/api/models/lab/refs/refs')
    return [...body.branches, ...body.tags].map(({ ref }: { ref: string }) => ref).sort()
  }
  assert.deepEqual(await refs(), ['refs/heads/dev/one', 'refs/heads/main', 'refs/tags/full', 'refs/tags/light'])
  await gitAll(machine, folder, ['push', '-q', 'origin', '--delete', 'dev/one', 'light'])
  assert.deepEqual(await refs(), ['refs/heads/main', 'refs/tags/full'])

  await gitAll(machine, machine.home, ['clone', '-q', `${hub.url}/lab/refs`, 'refs-other'])
  const other = join(machine.home, 'refs-other')
  await commit(other, 'b.txt', 'b')
  succeeded(await machine.git(other, 'push', '-q'))
  await commit(folder, 'c.txt', 'c')
  refused(await machine.git(folder, 'push', 'origin', 'main'), /rejected|fetch first/)
  await gitAll(machine, folder, ['pull', '-q', '--rebase'], ['push', '-q'])
  await gitAll(machine, folder, ['commit', '-q', '--amend', '-m', 'Said again'])
  refused(await machine.git(folder, 'push', 'origin', 'main'), /rejected|non-fast-forward/)
  succeeded(await machine.git(folder, 'push', '-q', '--force-with-lease', 'origin', 'main'))
  assert.equal((await hub.request(ada, 'GET', '/api/models/lab/refs/commits/main')).body[0].title, 'Said again')
})

test('nothing but branches and tags can be pushed, and main stays', async () => {
  const folder = await cloned('guarded')
  await commit(folder, 'a.txt', 'a')
  succeeded(await machine.git(folder, 'push', '-q'))
  for (const ref of ['refs/pr/1', 'refs/convert/parquet', 'refs/meta/x', 'refs/heads/refs/heads/x', 'HEAD']) {
    const said = await machine.git(folder, 'push', 'origin', `main:${ref}`)
    assert.notEqual(said.code, 0, `${ref} went through:\n${said.text}`)
  }
  refused(await machine.git(folder, 'push', 'origin', '--delete', 'main'), /main/)
  const all = await gitSays(machine, folder, 'ls-remote', 'origin')
  const names = all.split('\n').map((line) => line.split('\t')[1])
  assert.deepEqual(names, ['HEAD', 'refs/heads/main'])
})

test('what git itself calls broken or dangerous is refused', async () => {
  const folder = await cloned('bad-objects')
  const blob = await gitSays(machine, folder, 'hash-object', '-w', '--stdin')
  const push = async (entry: string) => {
    const tree = succeeded(await machine.run('git', ['mktree'], { cwd: folder, input: entry })).stdout.trim()
    const made = await gitSays(machine, folder, 'commit-tree', tree, '-m', 'Bad')
    return machine.git(folder, 'push', 'origin', `${made}:refs/heads/bad`)
  }
  const inner = succeeded(
    await machine.run('git', ['mktree'], { cwd: folder, input: `100644 blob ${blob}\tconfig\n` }),
  ).stdout.trim()
  for (const name of ['.git', '.GIT', 'git~1', '..']) {
    refused(await push(`040000 tree ${inner}\t${name}\n`), /remote|fsck|error/i)
  }
  const pointer = [
    'version https://git-lfs.github.com/spec/v1',
    `oid sha256:${'ab'.repeat(32)}`,
    'size 12345',
    '',
  ].join('\n')
  const dangling = succeeded(
    await machine.run('git', ['hash-object', '-w', '--stdin'], { cwd: folder, input: pointer }),
  ).stdout.trim()
  refused(await push(`100644 blob ${dangling}\tmodel.bin\n`), /LFS/)
  assert.doesNotMatch(await gitSays(machine, folder, 'ls-remote', 'origin'), /bad/)
})

test('no one in particular: public may be fetched, all else asks who one is', async () => {
  await cloned('open', { visibility: 'public' })
  await cloned('shut')
  await gitAll(anonymous, anonymous.home, ['clone', '-q', `${hub.url}/lab/open`])
  assert.ok(existsSync(join(anonymous.home, 'open/.gitattributes')))
  for (const path of ['lab/shut', 'lab/not-there', 'nobody/nothing']) {
    refused(await anonymous.git(anonymous.home, 'clone', `${hub.url}/${path}`), /could not read Username/)
  }
  refused(await anonymous.git(join(anonymous.home, 'open'), 'push', 'origin', 'main'), /could not read Username/)
  const seen = async (path: string) => {
    const reply = await hub.request(undefined, 'GET', `/${path}/info/refs?service=git-upload-pack`)
    return [reply.status, reply.headers.get('www-authenticate'), reply.body]
  }
  const shut = await seen('lab/shut.git')
  assert.equal(shut[0], 401)
  assert.match(String(shut[1]), /^Basic realm=/)
  assert.deepEqual(await seen('lab/not-there.git'), shut)
  assert.deepEqual(await seen('nobody/nothing.git'), shut)
})

test('a wrong token is refused, whatever the user name; a read token reads', async () => {
  const wrong = makeMachine(hub.url, { name: 'ada', token: 'hf_uNotATokenAtAll' })
  refused(await wrong.git(wrong.home, 'clone', `${hub.url}/lab/shut`), /Authentication failed/)
  const named = makeMachine(hub.url, { name: 'whatever', token: ada.token })
  await gitAll(named, named.home, ['clone', '-q', `${hub.url}/lab/shut`])
  const reader = makeMachine(hub.url, { name: 'ada', token: await hub.readToken(ada) })
  await gitAll(reader, reader.home, ['clone', '-q', `${hub.url}/lab/shut`])
  reader.file('shut/x.txt', 'x')
  await gitAll(reader, join(reader.home, 'shut'), ['add', '.'], ['commit', '-q', '-m', 'x'])
  refused(await reader.git(join(reader.home, 'shut'), 'push'), /403|read/)
})

test('options of a push are taken and passed over', async () => {
  const folder = await cloned('options')
  await commit(folder, 'a.txt', 'a')
  const options = ['-o', 'ci.skip', '-o', `topic=${'x'.repeat(500)}`]
  succeeded(await machine.git(folder, 'push', '-q', ...options, 'origin', 'main', 'main:other'))
  succeeded(await machine.git(folder, 'push', '-q', '-o', 'ci.skip', 'origin', '--delete', 'other'))
  assert.equal((await shown('main/a.txt', 'options')).body, 'a')
  const many = Array.from({ length: 10_001 }, () => ['-o', 'x']).flat()
  await commit(folder, 'b.txt', 'b')
  refused(await machine.git(folder, 'push', ...many), /413/)
})

test('a mirror brings branches and tags, and only the rest is declined', async () => {
  const folder = await cloned('mirror')
  await commit(folder, 'a.txt', 'a')
  await gitAll(
    machine,
    folder,
    ['branch', 'dev'],
    ['tag', 'v1'],
    ['update-ref', 'refs/pull/1/head', 'HEAD'],
    ['notes', 'add', '-m', 'noted'],
    ['branch', 'a'.repeat(39)],
    ['update-ref', `refs/heads/${'a'.repeat(40)}`, 'HEAD'],
  )
  const url = `${hub.url}/lab/mirror`
  const refs = async () => (await gitSays(machine, folder, 'ls-remote', url)).split('\n').map((line) => line.slice(41))
  refused(await machine.git(folder, 'push', '--atomic', '--mirror', url), /atomic/)
  assert.deepEqual(await refs(), ['HEAD', 'refs/heads/main'])
  const said = refused(await machine.git(folder, 'push', '--mirror', url), /only branches and tags can be pushed/).text
  assert.match(said, /refs\/notes\/commits \(only branches/)
  assert.match(said, /a{40} \(a branch or tag can’t look like a commit ID\)/)
  const moved = ['HEAD', `refs/heads/${'a'.repeat(39)}`, 'refs/heads/dev', 'refs/heads/main', 'refs/tags/v1']
  assert.deepEqual(await refs(), moved)
  assert.equal((await shown('dev/a.txt', 'mirror')).body, 'a')

  await gitAll(machine, folder, ['checkout', '-q', 'dev'], ['branch', '-D', 'main'])
  refused(await machine.git(folder, 'push', '--mirror', url), /Cannot delete refs\/heads\/main/)
  assert.deepEqual(await refs(), moved, 'main stays')
  refused(await machine.git(folder, 'push', url, 'refs/notes/commits'), /only branches and tags can be pushed/)
})
