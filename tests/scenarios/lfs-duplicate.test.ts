import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'

const agent = { 'user-agent': 'unknown/None; hf_hub/2.4.0; python/3.12' }
let hub: TestHub
let people: Record<string, Person>
let labId: string

before(async () => {
  hub = await startTestHub()
  const lab = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  labId = lab.id
  people = { ...lab.people, ...(await hub.organization('other', { wil: 'admin', sam: 'write' })).people }
  await newRepo('ada', 'lab/source', true)
  await newRepo('ada', 'lab/target', true)
  await newRepo('wil', 'other/hidden', true)
  await newRepo('wil', 'other/open', false)
})

async function newRepo(who: string, name: string, isPrivate: boolean): Promise<void> {
  const reply = await hub.request(people[who], 'POST', '/api/repos/create', { name, private: isPrivate })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
}

const bytes = randomBytes(2000)
const object = objectOf(bytes)

async function batch(who: string, repo: string, operation: string) {
  const body = { operation, objects: [object] }
  const type = { 'content-type': 'application/vnd.git-lfs+json' }
  return (await hub.request(people[who], 'POST', `/${repo}.git/info/lfs/objects/batch`, body, type)).body.objects[0]
}

async function commitTo(repo: string): Promise<void> {
  const { actions } = await batch('ada', repo, 'upload')
  if (actions) await fetch(actions.upload.href, { method: 'PUT', body: bytes })
  const lines = [
    { key: 'header', value: { summary: 'Add it' } },
    { key: 'lfsFile', value: { path: 'a.bin', algo: 'sha256', ...object } },
  ]
  const type = { 'content-type': 'application/x-ndjson' }
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const made = await hub.request(people.ada, 'POST', `/api/models/${repo}/commit/main`, body, type)
  assert.equal(made.status, 200, JSON.stringify(made.body))
}

const copy = (who: string | undefined, to: string, sha256 = object.oid) =>
  hub.request(who && people[who], 'POST', '/api/models/lab/source/lfs-files/duplicate', {
    target: { type: 'model', name: to },
    files: [{ xetHash: sha256, sha256, filename: 'a.bin' }],
  })
const countObjects = async () => (await hub.db.selectFrom('lfs_objects').select('oid').execute()).length

describe('LFS files are copied to another repository', () => {
  before(() => commitTo('lab/source'))

  it('and their hash is told to the clients that ask for it', async () => {
    const paths = { paths: ['a.bin', '.gitattributes'] }
    const ask = async (headers: Record<string, string>) =>
      (await hub.request(people.rae, 'POST', '/api/models/lab/source/paths-info/main', paths, headers)).body
    const hashes = (entries: { path: string; xetHash?: string }[]) =>
      Object.fromEntries(entries.map(({ path, xetHash }) => [path, xetHash]))
    assert.deepEqual(hashes(await ask(agent)), { 'a.bin': object.oid, '.gitattributes': undefined })
    assert.deepEqual(hashes(await ask({ 'user-agent': 'unknown/None; hf_hub/1.19.0' }))['a.bin'], undefined)
  })

  const refused: [who: string | undefined, to: string, status: number][] = [
    [undefined, 'lab/target', 401],
    ['sam', 'other/hidden', 404],
    ['rae', 'lab/target', 403],
    ['rae', 'other/hidden', 404],
    ['ada', 'other/open', 403],
    ['ada', 'lab/missing', 404],
    ['ada', 'target', 400],
    // It would publish what the organization keeps private
    ['wil', 'other/open', 403],
  ]
  for (const [who, to, status] of refused)
    it(`but not by ${who ?? 'no one'} to ${to}: ${status}`, async () => {
      const before = await countObjects()
      const reply = await copy(who, to)
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.equal(await countObjects(), before)
    })

  it('by who may read here and write there, once', async () => {
    for (const [who, to] of [
      ['ada', 'lab/target'],
      ['wil', 'other/hidden'],
    ] as const) {
      assert.equal((await batch('wil', to, 'download')).error.code, 404)
      assert.deepEqual((await copy(who, to)).body, { failed: [] })
      const { href } = (await batch('wil', to, 'download')).actions.download
      assert.deepEqual(Buffer.from(await (await fetch(href)).arrayBuffer()), bytes)
      const before = await countObjects()
      assert.deepEqual((await copy(who, to)).body, { failed: [] })
      assert.equal(await countObjects(), before)
    }
    const copies = (await hub.events(labId)).filter(({ type }) => type === 'repo.duplication')
    assert.deepEqual(
      copies.map(({ message }) => message),
      ['ada copied an LFS file from the model lab/source to lab/target'],
    )
  })

  it('and those that are not there are named', async () => {
    const { body } = await copy('ada', 'lab/target', 'ab'.repeat(32))
    assert.deepEqual(body, {
      failed: [{ sha256: 'ab'.repeat(32), error: 'This LFS file does not exist in the repository.' }],
    })
  })
})
