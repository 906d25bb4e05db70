import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { partBytes, partCount } from '../../server/lfs/bytes/bytes.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'
import { until } from '../until.ts'

const mediaType = 'application/vnd.git-lfs+json'
const dataDir = mkdtempSync(join(tmpdir(), 'gh-lfs-hub-'))
let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub({ dataDir, storage: { maxLfsObjectBytes: 20 * 1024 ** 3 } })
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', con: 'contributor', rae: 'read' })
  people = { ...made.people, sam: await hub.person('sam') }
  for (const name of ['private', 'other']) await newRepo(name, true)
  await newRepo('open', false)
})

async function newRepo(name: string, isPrivate: boolean): Promise<void> {
  const body = { name, organization: 'lab', private: isPrivate }
  const reply = await hub.request(people.ada, 'POST', '/api/repos/create', body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
}

const ask = (who: string | undefined, method: string, path: string, body?: unknown): Promise<Reply> =>
  hub.request(who && people[who], method, path, body, { 'content-type': mediaType, accept: mediaType })
const door = (repo: string) => `/lab/${repo}.git/info/lfs`
const batch = (who: string | undefined, repo: string, operation: string, objects: unknown[], more = {}) =>
  ask(who, 'POST', `${door(repo)}/objects/batch`, { operation, objects, hash_algo: 'sha256', ...more })

/** Uses a link as the clients do: with no credentials at all. */
async function use(href: string, method: string, body?: Buffer | object, headers: Record<string, string> = {}) {
  const bytes = body === undefined || Buffer.isBuffer(body)
  const sent = bytes ? body : JSON.stringify(body)
  const init: RequestInit = { method, headers: bytes ? headers : { 'content-type': mediaType, ...headers } }
  if (sent !== undefined) init.body = sent as unknown as NonNullable<RequestInit['body']>
  const reply = await fetch(href, init)
  return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) }
}

async function upload(who: string, repo: string, bytes: Buffer) {
  const object = objectOf(bytes)
  const { body } = await batch(who, repo, 'upload', [object])
  const { upload } = body.objects[0].actions
  assert.equal((await use(upload.href, 'PUT', bytes)).status, 200)
  return object
}

async function repoIdOf(name: string): Promise<string> {
  const row = await hub.db.selectFrom('repositories').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return row.id
}

const rows = async () =>
  (await hub.db.selectFrom('lfs_objects').select(['repo_id', 'oid', 'uploaded_by']).execute()).length

describe('an object goes up and comes down', () => {
  it('by single requests', async () => {
    const bytes = randomBytes(100_000)
    const object = objectOf(bytes)
    const { status, body, headers } = await batch('wil', 'private', 'upload', [object], { transfers: ['basic', 'ssh'] })
    assert.equal(status, 200)
    assert.ok(headers.get('content-type')?.startsWith(mediaType))
    assert.equal(body.transfer, 'basic')
    const [{ actions, ...told }] = body.objects
    assert.deepEqual(told, { ...object, authenticated: true })
    assert.equal(actions.upload.expires_in, 600)
    assert.equal((await use(actions.verify.href, 'POST', object)).status, 404)
    assert.equal((await use(actions.upload.href, 'PUT', bytes)).status, 200)
    assert.equal((await use(actions.verify.href, 'POST', object)).status, 200)
    assert.equal((await ask('wil', 'POST', `${door('private')}/objects/verify`, object)).status, 200)

    const again = await batch('ada', 'private', 'upload', [object])
    assert.deepEqual(again.body.objects, [object])
    const down = await batch('rae', 'private', 'download', [object])
    const { href } = down.body.objects[0].actions.download
    const whole = await use(href, 'GET')
    assert.deepEqual(whole.bytes, bytes)
    assert.equal(whole.headers.get('content-length'), '100000')
    const part = await use(href, 'GET', undefined, { range: 'bytes=99990-' })
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), 'bytes 99990-99999/100000')
    assert.deepEqual(part.bytes, bytes.subarray(99_990))
    const beyond = await use(href, 'GET', undefined, { range: 'bytes=100000-' })
    assert.equal(beyond.status, 416)
    assert.equal(beyond.headers.get('content-range'), 'bytes */100000')
    assert.equal((await use(href, 'HEAD')).headers.get('content-length'), '100000')
    const row = await hub.db.selectFrom('repositories').select('lfs_bytes').where('name', '=', 'private').execute()
    assert.equal(Number(row[0]?.lfs_bytes), 100_000)
  })

  it('in parts, in any order and again, where they are offered', async () => {
    const bytes = randomBytes(partBytes(0) + 100)
    const [large, small] = [objectOf(bytes), objectOf(Buffer.from('small'))]
    const { body } = await batch('wil', 'private', 'upload', [large, small], { transfers: ['multipart', 'basic'] })
    assert.equal(body.transfer, 'multipart')
    const { chunk_size, ...parts } = body.objects[0].actions.upload.header
    assert.equal(chunk_size, String(partBytes(large.size)))
    assert.deepEqual(Object.keys(parts), ['00001', '00002'])
    assert.deepEqual(Object.keys(body.objects[1].actions.upload.header), ['chunk_size', '00001'])
    const sent: { partNumber: number; etag: string }[] = []
    for (const number of [2, 1, 2]) {
      const piece = bytes.subarray((number - 1) * Number(chunk_size), number * Number(chunk_size))
      const reply = await use(parts[String(number).padStart(5, '0')], 'PUT', piece)
      assert.equal(reply.status, 200)
      sent[number - 1] = { partNumber: number, etag: reply.headers.get('etag') ?? '' }
    }
    const { href } = body.objects[0].actions.upload
    assert.equal((await use(href, 'POST', { oid: small.oid, parts: sent })).status, 422)
    assert.equal((await use(href, 'POST', { oid: large.oid, parts: sent.slice(1) })).status, 400)
    assert.equal((await use(href, 'POST', { oid: large.oid, parts: sent })).status, 200)
    assert.equal((await use(href, 'POST', { oid: large.oid, parts: sent })).status, 200)
    assert.equal((await use(body.objects[0].actions.verify.href, 'POST', large)).status, 200)
    const down = await batch('wil', 'private', 'download', [large])
    assert.deepEqual(objectOf((await use(down.body.objects[0].actions.download.href, 'GET')).bytes), large)
  })

  it('what is too large for one request needs parts, and what is too large for the hub is refused', async () => {
    const large = { oid: 'a'.repeat(64), size: 6 * 1024 ** 3 }
    const basic = await batch('wil', 'private', 'upload', [large], { transfers: ['basic'] })
    assert.equal(basic.body.objects[0].error.code, 422)
    assert.match(basic.body.objects[0].error.message, /hf lfs-enable-largefiles/)
    const inParts = await batch('wil', 'private', 'upload', [large], { transfers: ['basic', 'multipart'] })
    const { header } = inParts.body.objects[0].actions.upload
    assert.equal(Object.keys(header).length - 1, partCount(large.size))
    const huge = { oid: 'b'.repeat(64), size: 21 * 1024 ** 3 }
    const refused = await batch('wil', 'private', 'upload', [huge], { transfers: ['multipart'] })
    assert.equal(refused.body.objects[0].error.code, 422)
    assert.equal(refused.body.objects[0].actions, undefined)
  })
})

describe('who may ask', () => {
  const wanted = [{ oid: 'c'.repeat(64), size: 5 }]
  const cases: [string, string | undefined, string, string, number, string | null][] = [
    ['no one, private', undefined, 'private', 'download', 401, 'RepoNotFound'],
    ['no one, missing', undefined, 'missing', 'download', 401, 'RepoNotFound'],
    ['no one, public', undefined, 'open', 'download', 200, null],
    ['no one, upload to public', undefined, 'open', 'upload', 401, null],
    ['a stranger, private', 'sam', 'private', 'download', 404, 'RepoNotFound'],
    ['a stranger, missing', 'sam', 'missing', 'upload', 404, 'RepoNotFound'],
    ['a stranger, upload to public', 'sam', 'open', 'upload', 403, null],
    ['read, download', 'rae', 'private', 'download', 200, null],
    ['read, upload', 'rae', 'private', 'upload', 403, null],
    ['contributor, upload to someone else’s', 'con', 'private', 'upload', 403, null],
    ['write, upload', 'wil', 'private', 'upload', 200, null],
  ]
  for (const [name, who, repo, operation, status, code] of cases) {
    it(`${name}: ${status}`, async () => {
      const reply = await batch(who, repo, operation, wanted)
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.equal(reply.headers.get('x-error-code'), code)
      if (status === 401) {
        assert.match(reply.headers.get('www-authenticate') ?? '', /^Basic /)
        assert.match(reply.headers.get('lfs-authenticate') ?? '', /^Basic /)
      }
      if (status >= 400) assert.equal(reply.body.message, reply.body.error)
    })
  }

  it('a read token uploads nothing', async () => {
    const token = await hub.readToken(people.ada as Person)
    const path = `${door('private')}/objects/batch`
    const body = { operation: 'upload', objects: wanted }
    assert.equal((await hub.request(token, 'POST', path, body)).status, 403)
  })
})

describe('what is no request', () => {
  const oid = 'd'.repeat(64)
  const cases: [string, unknown[], object, number][] = [
    ['a negative size', [{ oid, size: -1 }], {}, 422],
    ['half a byte', [{ oid, size: 0.5 }], {}, 422],
    ['more than there is', [{ oid, size: 1e300 }], {}, 422],
    ['no hash', [{ oid: '../../etc/passwd', size: 1 }], {}, 422],
    ['upper case', [{ oid: oid.toUpperCase(), size: 1 }], {}, 422],
    ['no size', [{ oid }], {}, 400],
    ['another hash', [{ oid, size: 1 }], { hash_algo: 'md5' }, 409],
    ['too many', Array.from({ length: 1001 }, () => ({ oid, size: 1 })), {}, 413],
    ['no operation', [{ oid, size: 1 }], { operation: 'delete' }, 400],
  ]
  for (const [name, objects, more, status] of cases) {
    it(`${name}: ${status}`, async () => {
      const before = await rows()
      const reply = await batch('wil', 'private', 'upload', objects, more)
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.equal(await rows(), before)
    })
  }

  it('the hash has two spellings', async () => {
    const more = { hash_algo: 'sha_256', ref: { name: 'refs/heads/main' } }
    assert.equal((await batch('wil', 'private', 'upload', [{ oid, size: 1 }], more)).status, 200)
  })
})

describe('bytes that are not what was announced', () => {
  const bytes = randomBytes(50_000)
  const object = objectOf(bytes)
  const put = async (body: Buffer, headers: Record<string, string> = {}) => {
    const reply = await batch('wil', 'private', 'upload', [object])
    return use(reply.body.objects[0].actions.upload.href, 'PUT', body, headers)
  }
  const cases: [string, Buffer, Record<string, string>, number][] = [
    ['others', randomBytes(50_000), {}, 422],
    ['too few', bytes.subarray(1), {}, 400],
    ['too many', Buffer.concat([bytes, bytes]), {}, 400],
    ['compressed', bytes, { 'content-encoding': 'gzip' }, 415],
  ]
  for (const [name, body, headers, status] of cases) {
    it(`${name}: ${status}`, async () => {
      const before = await rows()
      assert.equal((await put(body, headers)).status, status)
      assert.equal(await rows(), before)
      assert.deepEqual(unfinished(), [])
    })
  }

  it('a caller who leaves', async () => {
    const reply = await batch('wil', 'private', 'upload', [object])
    const { href } = reply.body.objects[0].actions.upload
    await new Promise((resolve) => {
      const sent = httpRequest(href, { method: 'PUT', headers: { 'content-length': 50_000 } })
      sent.on('error', resolve)
      sent.write(bytes.subarray(0, 1000))
      void until(() => unfinished().length > 0).then(() => sent.destroy(new Error('gone')))
    })
    await until(() => unfinished().length === 0)
    assert.equal((await put(bytes)).status, 200)
  })

  it('an object that is there under another size', async () => {
    const wrong = { ...object, size: object.size + 1 }
    assert.equal((await batch('wil', 'private', 'upload', [wrong])).body.objects[0].error.code, 422)
    assert.equal((await batch('wil', 'private', 'download', [wrong])).body.objects[0].error.code, 422)
  })
})

function unfinished(): string[] {
  const folder = join(dataDir, 'lfs', 'uploads')
  // Uploads in parts that were begun above are meant to stay
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes('-')) : []
}

describe('links', () => {
  const bytes = randomBytes(1000)
  const object = objectOf(bytes)
  let down: string
  let up: string
  before(async () => {
    await upload('wil', 'private', bytes)
    down = (await batch('wil', 'private', 'download', [object])).body.objects[0].actions.download.href
    const next = objectOf(randomBytes(10))
    up = (await batch('wil', 'private', 'upload', [next])).body.objects[0].actions.upload.href
  })

  it('serve what they were made for and nothing else', async () => {
    assert.equal((await use(down, 'PUT', bytes)).status, 403)
    assert.equal((await use(up, 'GET')).status, 403)
    assert.equal((await use(down, 'POST', { oid: object.oid, parts: [] })).status, 403)
    assert.equal((await use(up, 'POST', { oid: object.oid, parts: [] })).status, 403)
  })

  it('cannot be changed', async () => {
    const link = down.slice(down.lastIndexOf('/') + 1)
    const other = await repoIdOf('other')
    for (const changed of [
      link.replace(await repoIdOf('private'), other),
      link.replace(object.oid, 'e'.repeat(64)),
      link.replace(/^download/, 'upload'),
      link.replace((people.wil as Person).id, (people.ada as Person).id),
      link.slice(0, -1),
      'x',
      '...........',
    ]) {
      const reply = await use(down.replace(link, changed), 'GET')
      assert.equal(reply.status, 403, changed)
    }
  })

  it('end after ten minutes', async () => {
    hub.moveClock(590_000)
    assert.equal((await use(down, 'GET')).status, 200)
    hub.moveClock(601_000)
    assert.equal((await use(down, 'GET')).status, 403)
    assert.equal((await use(up, 'PUT', randomBytes(10))).status, 403)
    hub.moveClock(0)
  })

  it('of an upload go on while it goes on', async () => {
    const bytes = randomBytes(partBytes(0) * 2 + 1)
    const large = objectOf(bytes)
    const reply = await batch('wil', 'private', 'upload', [large], { transfers: ['multipart'] })
    const { header } = reply.body.objects[0].actions.upload
    const size = Number(header.chunk_size)
    const piece = (number: number) => bytes.subarray((number - 1) * size, number * size)
    hub.moveClock(500_000)
    assert.equal((await use(header['00001'], 'PUT', piece(1))).status, 200)
    hub.moveClock(1_000_000)
    assert.equal((await use(header['00002'], 'PUT', piece(2))).status, 200)
    hub.moveClock(1_700_000)
    assert.equal((await use(header['00003'], 'PUT', piece(3))).status, 403)
    hub.moveClock(0)
  })

  it('are as good as the person, the right and the token they were made for', async () => {
    const { id } = await hub.person('tim')
    people.tim = await hub.person('tim')
    const add = { username: 'tim', role: 'write' }
    assert.equal((await hub.console('POST', '/api/operator/organizations/lab/members', add)).status, 201)
    const bytes = randomBytes(20)
    const links = async () => ({
      down: (await batch('tim', 'private', 'download', [object])).body.objects[0].actions.download.href,
      up: (await batch('tim', 'private', 'upload', [objectOf(bytes)])).body.objects[0].actions.upload.href,
    })
    const first = await links()
    assert.equal((await use(first.down, 'GET')).status, 200)
    await hub.request(people.ada, 'PUT', '/api/organizations/lab/members/tim/role', { role: 'read' })
    assert.equal((await use(first.down, 'GET')).status, 200)
    assert.equal((await use(first.up, 'PUT', bytes)).status, 403)
    const removed = await hub.request(people.ada, 'DELETE', '/api/organizations/lab/members/tim')
    assert.ok(removed.status < 300, JSON.stringify(removed.body))
    assert.equal((await use(first.down, 'GET')).status, 404)
    assert.equal((await use(first.up, 'PUT', bytes)).status, 404)
    await hub.console('POST', '/api/operator/organizations/lab/members', add)
    const second = await links()
    await hub.db.deleteFrom('access_tokens').where('user_id', '=', id).execute()
    assert.equal((await use(second.down, 'GET')).status, 403)
    assert.equal((await use(second.up, 'PUT', bytes)).status, 403)
  })

  it('lead to nothing once the object or the repository is gone', async () => {
    await newRepo('brief', true)
    await upload('ada', 'brief', bytes)
    const { href } = (await batch('ada', 'brief', 'download', [object])).body.objects[0].actions.download
    assert.equal((await use(href, 'GET')).status, 200)
    const gone = await hub.request(people.ada, 'DELETE', '/api/repos/delete', { name: 'brief', organization: 'lab' })
    assert.equal(gone.status, 200)
    assert.equal((await use(href, 'GET')).status, 404)
  })
})

describe('an object is where it was sent, and nowhere else', () => {
  it('the hash alone gives no one the bytes of another repository', async () => {
    const object = await upload('wil', 'private', randomBytes(3000))
    const down = await batch('ada', 'other', 'download', [object])
    assert.deepEqual(down.body.objects[0].error.code, 404)
    const up = await batch('ada', 'other', 'upload', [object])
    assert.ok(up.body.objects[0].actions.upload.href)
    assert.equal((await ask('ada', 'POST', `${door('other')}/objects/verify`, object)).status, 404)
    const wrong = await use(up.body.objects[0].actions.upload.href, 'PUT', randomBytes(3000))
    assert.equal(wrong.status, 422)
    const after = await batch('ada', 'other', 'download', [object])
    assert.equal(after.body.objects[0].error.code, 404)
  })
})
