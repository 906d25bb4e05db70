import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, describe, it, test } from 'node:test'
import { decodeChunks } from '../../server/lfs/xet/xorb.ts'
import { insertLfsObject } from '../../server/repos/lfs/lfs-store.ts'
import { transaction } from '../../server/store/database.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'

const content = randomBytes(400_000)
const file = { oid: createHash('sha256').update(content).digest('hex'), size: content.length }
let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read', tim: 'read' })
  people = { ...made.people, sam: await hub.person('sam') }
  await newRepo('private', true)
  await newRepo('open', false)
  await newRepo('gated', false)
  await newRepo('other', true)
  for (const name of ['private', 'open', 'gated']) await store(name, content)
  const gate = await hub.request(people.ada, 'PUT', '/api/models/lab/gated/settings', { gated: 'manual' })
  assert.equal(gate.status, 200)
})

async function newRepo(name: string, isPrivate: boolean): Promise<void> {
  const body = { name, organization: 'lab', private: isPrivate }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', body)).status, 200)
}

async function store(repo: string, bytes: Buffer): Promise<void> {
  const { id } = await hub.db.selectFrom('repositories').select('id').where('name', '=', repo).executeTakeFirstOrThrow()
  const object = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
  await hub.running.server.hub.lfs.put(id, object, inOne(bytes))
  const uploadedBy = (people.ada as Person).id
  await transaction(hub.db, (tx) => insertLfsObject(tx, { repoId: id, ...object, uploadedBy }))
}

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** Where a client was told to download from, and with what. */
interface Door {
  path: string
  token: string
}

const askToken = (who: string | undefined, repo: string) =>
  hub.request(who && people[who], 'GET', `/api/models/lab/${repo}/xet-read-token/main`)

async function doorOf(who: string | undefined, repo: string): Promise<Door> {
  const { status, body } = await askToken(who, repo)
  assert.equal(status, 200, JSON.stringify(body))
  return { path: new URL(body.casUrl).pathname, token: body.accessToken }
}

const reconstruct = ({ path, token }: Door, range?: string, name = file.oid): Promise<Reply> =>
  hub.request(token, 'GET', `${path}/v2/reconstructions/${name}`, undefined, range ? { range } : {})

/** The address of the first data of a file. */
async function addressOf(door: Door): Promise<string> {
  const { status, body } = await reconstruct(door)
  assert.equal(status, 200, JSON.stringify(body))
  return body.xorbs[body.terms[0].hash][0].url
}

const fetchData = (url: string, range = 'bytes=0-131079') => fetch(url, { headers: { range } })

/** What a client would put together. */
async function read(door: Door, range?: string): Promise<Buffer> {
  const { status, body } = await reconstruct(door, range)
  assert.equal(status, 200, JSON.stringify(body))
  const pieces: Buffer[] = []
  for (const { hash, unpacked_length, range: wanted } of body.terms) {
    const [{ url, ranges }] = body.xorbs[hash]
    assert.deepEqual(ranges[0].chunks, wanted)
    const { start, end } = ranges[0].bytes
    const reply = await fetchData(url, `bytes=${start}-${end}`)
    assert.equal(reply.status, 206)
    const chunks = decodeChunks(Buffer.from(await reply.arrayBuffer()))
    assert.equal(chunks.length, wanted.end - wanted.start)
    const plain = Buffer.concat(chunks)
    assert.equal(plain.length, unpacked_length)
    pieces.push(plain)
  }
  return Buffer.concat(pieces).subarray(body.offset_into_first_range)
}

describe('a token', () => {
  const rows: [who: string | undefined, repo: string, status: number][] = [
    [undefined, 'open', 200],
    [undefined, 'private', 401],
    ['sam', 'open', 200],
    ['sam', 'private', 404],
    ['rae', 'private', 200],
    [undefined, 'gated', 401],
    ['sam', 'gated', 403],
    ['ada', 'gated', 200],
    ['ada', 'missing', 404],
  ]
  for (const [who, repo, status] of rows)
    it(`to read ${repo} for ${who ?? 'no one'}: ${status}`, async () => {
      const { status: found, body, headers } = await askToken(who, repo)
      assert.equal(found, status)
      if (status !== 200) return
      assert.equal(headers.get('x-xet-access-token'), body.accessToken)
      assert.equal(headers.get('x-xet-cas-url'), body.casUrl)
    })

  it('to read does not write, and one to write reads', async () => {
    const door = await doorOf('wil', 'private')
    const upload = await hub.request(door.token, 'POST', `${door.path}/v1/shards`, Buffer.alloc(0))
    assert.equal(upload.status, 403)
    const { body } = await hub.request(people.wil, 'GET', '/api/models/lab/private/xet-write-token/main')
    const writing = { path: new URL(body.casUrl).pathname, token: body.accessToken }
    assert.deepEqual(await read(writing), content)
  })

  it('of one repository opens no other', async () => {
    const [door, other] = [await doorOf('rae', 'private'), await doorOf('rae', 'other')]
    assert.equal((await reconstruct({ ...door, path: other.path })).status, 403)
    assert.equal((await reconstruct(other)).status, 404)
  })
})

describe('a file', () => {
  it('comes out as it is, whole and in ranges, for everyone who may read it', async () => {
    for (const door of [await doorOf('rae', 'private'), await doorOf(undefined, 'open')])
      assert.deepEqual(await read(door), content)
    const door = await doorOf('rae', 'private')
    for (const [start, end] of [
      [0, 0],
      [131_071, 131_072],
      [200_000, 399_999],
      [399_999, 399_999],
    ] as const) {
      const found = await read(door, `bytes=${start}-${end}`)
      assert.deepEqual(found.subarray(0, end + 1 - start), content.subarray(start, end + 1))
    }
  })

  it('is refused where there is none', async () => {
    const door = await doorOf('rae', 'private')
    for (const name of ['ab'.repeat(32), 'nothing', 'A'.repeat(64)])
      assert.equal((await reconstruct(door, undefined, name)).status, 404, name)
    const { status, headers } = await reconstruct(door, 'bytes=400000-')
    assert.deepEqual([status, headers.get('content-range')], [416, 'bytes */400000'])
    assert.equal((await reconstruct({ ...door, token: 'none' })).status, 401)
    assert.equal((await fetchData(await addressOf(door), 'bytes=400033-')).status, 416)
  })

  it('has a name in paths-info for the clients of Xet, and is announced nowhere else', async () => {
    const lines = [
      { key: 'header', value: { summary: 'Add it' } },
      { key: 'lfsFile', value: { path: 'a.bin', algo: 'sha256', ...file } },
    ]
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    const type = { 'content-type': 'application/x-ndjson' }
    assert.equal((await hub.request(people.wil, 'POST', '/api/models/lab/private/commit/main', text, type)).status, 200)
    const agent = { 'user-agent': 'unknown/None; hf_hub/2.4.0; python/3.12' }
    const told = async (method: string, path: string, body?: unknown) =>
      (await hub.request(people.rae, method, `/api/models/lab/private/${path}`, body, agent)).body
    const info = await told('POST', 'paths-info/main', { paths: ['a.bin'] })
    assert.equal(info[0].xetHash, file.oid)
    assert.doesNotMatch(JSON.stringify(await told('GET', 'tree/main')), /xetHash/)
    const resolved = await hub.request(people.rae, 'GET', '/lab/private/resolve/main/a.bin', undefined, agent)
    assert.equal(resolved.headers.get('x-xet-hash'), null)
    assert.doesNotMatch(resolved.headers.get('link') ?? '', /xet/)
  })
})

describe('a data address', () => {
  it('answers 403 at once when the access is gone, and when it has expired', async () => {
    const role = { username: 'tim', role: 'read' }
    const losses: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      [
        'removed',
        () => hub.request(people.ada, 'DELETE', '/api/organizations/lab/members/tim'),
        () => hub.console('POST', '/api/operator/organizations/lab/members', role),
      ],
      ['late', async () => hub.moveClock(10 * 60_000), async () => hub.moveClock(0)],
      [
        'without a token',
        () =>
          hub.db
            .deleteFrom('access_tokens')
            .where('user_id', '=', people.tim?.id ?? '')
            .execute(),
        async () => undefined,
      ],
    ]
    for (const [what, lose, giveBack] of losses) {
      const door = await doorOf('tim', 'private')
      const address = await addressOf(door)
      assert.equal((await fetchData(address)).status, 206)
      await lose()
      assert.equal((await fetchData(address)).status, 403, what)
      if (what !== 'late') assert.ok((await reconstruct(door)).status >= 400)
      await giveBack()
    }
  })

  it('answers 403 when the repository is made private, or the file deleted', async () => {
    await newRepo('fading', false)
    await store('fading', content)
    const address = await addressOf(await doorOf(undefined, 'fading'))
    const own = await addressOf(await doorOf('wil', 'fading'))
    assert.equal((await fetchData(address)).status, 206)
    await hub.request(people.ada, 'PUT', '/api/models/lab/fading/settings', { private: true })
    assert.deepEqual([(await fetchData(address)).status, (await fetchData(own)).status], [403, 206])
    await hub.request(people.wil, 'DELETE', `/api/models/lab/fading/lfs-files/${file.oid}`)
    assert.equal((await fetchData(own)).status, 403)
  })

  it('cannot be changed, and is no link of LFS', async () => {
    const address = await addressOf(await doorOf('rae', 'private'))
    assert.equal((await fetchData(address.slice(0, -1))).status, 403)
    assert.equal((await fetchData(address.replace('/api/xet/', '/api/lfs/'))).status, 403)
    const batch = { operation: 'download', objects: [file] }
    const json = { 'content-type': 'application/vnd.git-lfs+json' }
    const { body } = await hub.request(people.rae, 'POST', '/lab/private.git/info/lfs/objects/batch', batch, json)
    const { href } = body.objects[0].actions.download
    assert.equal((await fetchData(href.replace('/api/lfs/', '/api/xet/'))).status, 403)
  })
})

test('a download from a gated repository is recorded', async () => {
  await hub.request(people.ada, 'POST', '/api/models/lab/gated/user-access-request/grant', { user: 'sam' })
  assert.deepEqual(await read(await doorOf('sam', 'gated')), content)
  await hub.running.server.hub.downloads.flush()
  const { body } = await hub.request(people.ada, 'GET', '/api/models/lab/gated/gate/downloads?user=sam')
  assert.deepEqual(
    body.map(({ path }: { path: string }) => path),
    [file.oid],
  )
})
