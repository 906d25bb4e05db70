import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { refused, succeeded } from './expect.ts'
import { type Machine, makeMachine, noPython } from './machine.ts'

let hub: TestHub
let ada: Person
let machine: Machine

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  machine = makeMachine(hub.url, ada)
})

const hf = async (...args: string[]) => succeeded(await machine.hf(machine.home, ...args))
const tree = async (repo: string) => {
  const { body } = await hub.request(ada, 'GET', `/api/${repo}/tree/main?recursive=true`)
  return body as { path: string; size: number; lfs?: { oid: string; size: number } }[]
}

test('hf auth: sign in with a token, say who one is, and give git the token', { skip: noPython }, async () => {
  const fresh = makeMachine(hub.url)
  refused(await fresh.hf(fresh.home, 'auth', 'whoami'), /Not logged in/i)
  succeeded(await fresh.hf(fresh.home, 'auth', 'login', '--token', ada.token, '--add-to-git-credential'))
  const said = succeeded(await fresh.hf(fresh.home, 'auth', 'whoami')).text
  assert.match(said, /ada/)
  assert.match(said, /lab/)
  assert.match(readFileSync(join(fresh.home, '.git-credentials'), 'utf8'), new RegExp(`:${ada.token}@`))
  refused(await fresh.hf(fresh.home, 'auth', 'login', '--token', 'hf_uNotAToken'), /Invalid user token/)
})

test('hf repos: create, list, settings, branches, tags, move, delete', { skip: noPython }, async () => {
  assert.match((await hf('repos', 'create', 'lab/one', '--private')).text, /lab\/one/)
  refused(await machine.hf(machine.home, 'repos', 'create', 'lab/one'), /already exists/)
  await hf('repos', 'create', 'lab/one', '--exist-ok')
  await hf('repos', 'create', 'lab/numbers', '--repo-type', 'dataset')
  const listed = JSON.parse((await hf('repos', 'ls', '--namespace', 'lab', '--format', 'json')).stdout)
  assert.deepEqual(
    listed.map(({ id, type, visibility }: Record<string, string>) => `${type} ${id} ${visibility}`).sort(),
    ['dataset lab/numbers public', 'model lab/one private'],
  )
  await hf('repos', 'settings', 'lab/one', '--public')
  assert.equal((await hub.request(undefined, 'GET', '/api/models/lab/one')).body.private, false)
  await hf('repos', 'branch', 'create', 'lab/one', 'dev')
  await hf('repos', 'tag', 'create', 'lab/one', 'v1', '-m', 'The first')
  assert.match((await hf('repos', 'tag', 'list', 'lab/one')).text, /v1/)
  const refs = (await hub.request(ada, 'GET', '/api/models/lab/one/refs')).body
  assert.deepEqual([refs.branches.length, refs.tags.length], [2, 1])
  await hf('repos', 'tag', 'delete', 'lab/one', 'v1', '-y')
  await hf('repos', 'branch', 'delete', 'lab/one', 'dev')
  refused(await machine.hf(machine.home, 'repos', 'tag', 'delete', 'lab/one', 'v1', '-y'), /not found/)
  await hf('repos', 'move', 'lab/one', 'ada/two')
  assert.equal((await hub.request(ada, 'GET', '/api/models/ada/two')).status, 200)
  await hf('repos', 'duplicate', 'ada/two', 'lab/three')
  await hf('repos', 'delete', 'ada/two', '-y')
  assert.equal((await hub.request(ada, 'GET', '/api/models/ada/two')).status, 404)
  assert.match((await hf('models', 'ls', '--author', 'lab', '--no-truncate')).text, /lab\/three/)
  assert.match((await hf('models', 'info', 'lab/three')).text, /lab\/three/)
})

test('hf upload and hf download: a file, a folder, a revision', { skip: noPython }, async () => {
  machine.file('src/config.json', '{"layers": 4}')
  machine.file('src/sub/notes.md', '# Notes')
  machine.file('src/skip.tmp', 'x')
  const said = await hf('upload', 'lab/up', 'src', '.', '--exclude', '*.tmp', '--commit-message', 'A folder')
  assert.match(said.text, /Uploaded/)
  assert.deepEqual((await tree('models/lab/up')).map(({ path }) => path).sort(), [
    '.gitattributes',
    'config.json',
    'sub',
    'sub/notes.md',
  ])
  machine.file('more.txt', 'more')
  await hf('upload', 'lab/up', 'more.txt', 'deep/er/more.txt', '--revision', 'next')
  assert.ok(!(await tree('models/lab/up')).some(({ path }) => path.startsWith('deep')))
  await hf('download', 'lab/up', '--local-dir', 'down', '--revision', 'next')
  assert.equal(readFileSync(join(machine.home, 'down/deep/er/more.txt'), 'utf8'), 'more')
  assert.equal(readFileSync(join(machine.home, 'down/sub/notes.md'), 'utf8'), '# Notes')
  const path = (await hf('download', 'lab/up', 'config.json', '--quiet')).stdout.trim().split('\n').at(-1) ?? ''
  assert.equal(readFileSync(path.replace(/^.*?(?=\/)/, ''), 'utf8'), '{"layers": 4}')
  await hf('repos', 'delete-files', 'lab/up', 'sub/')
  assert.ok(!(await tree('models/lab/up')).some(({ path: found }) => found.startsWith('sub')))
  refused(await machine.hf(machine.home, 'download', 'lab/nothing'), /not found/i)
})

test('a folder of several hundred files becomes a few commits', { skip: noPython }, async () => {
  for (let number = 0; number < 320; number += 1) machine.file(`hundreds/${number}.txt`, `number ${number}`)
  await hf('upload', 'lab/hundreds', 'hundreds', '.', '--repo-type', 'dataset')
  const { body } = await hub.request(ada, 'GET', '/api/datasets/lab/hundreds/commits/main')
  const titles = body.map(({ title }: { title: string }) => title)
  assert.ok(titles.length >= 3 && /part 2/.test(titles[0]), titles.join('\n'))
  await hf('download', 'lab/hundreds', '--repo-type', 'dataset', '--local-dir', 'hundreds-down')
  const names = readdirSync(join(machine.home, 'hundreds-down')).filter((name) => name.endsWith('.txt'))
  assert.equal(names.length, 320)
  assert.equal(readFileSync(join(machine.home, 'hundreds-down/319.txt'), 'utf8'), 'number 319')
  assert.ok(statSync(join(machine.home, 'hundreds-down/.gitattributes')).size > 0)
})
