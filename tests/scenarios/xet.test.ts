import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it, test } from 'node:test'
import { collectXorbs } from '../../server/repos/xet/xet-collect.ts'
import type { Person } from '../hub.ts'
import { type Door, startXetHub } from '../xet-hub.ts'
import { fileOf, type TestFile, type TestXorb, wholeOf, xorbOf, zerosXorb } from '../xet-lab.ts'

const lab = await startXetHub()
const { hub, people, newRepo, askToken, doorOf, send, sendXorb, register, countRows, repoOf, stagedFiles } = lab

async function uploaded(door: Door, size = 5000): Promise<{ xorb: TestXorb; file: TestFile }> {
  const xorb = xorbOf([randomBytes(size), randomBytes(100)])
  assert.deepEqual((await sendXorb(door, xorb)).body, { was_inserted: true })
  const file = fileOf([wholeOf(xorb)])
  const reply = await register(door, [file])
  assert.deepEqual([reply.status, reply.body], [200, { result: 1 }])
  return { xorb, file }
}

async function contentOf(repo: string, { sha256, size }: TestFile): Promise<Buffer> {
  const body = { operation: 'download', objects: [{ oid: sha256, size }] }
  const asked = await hub.request(people.ada, 'POST', `/lab/${repo}.git/info/lfs/objects/batch`, body, {
    'content-type': 'application/vnd.git-lfs+json',
  })
  const reply = await fetch(asked.body.objects[0].actions.download.href)
  return Buffer.from(await reply.arrayBuffer())
}

describe('a token', () => {
  const rows: [who: string | undefined, repo: string, status: number][] = [
    [undefined, 'open', 401],
    [undefined, 'private', 401],
    ['sam', 'open', 403],
    ['sam', 'private', 404],
    ['rae', 'private', 403],
    ['con', 'private', 403],
    ['wil', 'private', 200],
    ['ada', 'missing', 404],
  ]
  for (const [who, repo, status] of rows)
    it(`to write to ${repo} for ${who ?? 'no one'}: ${status}`, async () => {
      assert.equal((await askToken(who, repo)).status, status)
    })

  it('is in the headers as in the body, and lives for ten minutes', async () => {
    const { body, headers } = await askToken('wil', 'private')
    const { id, xet_generation } = await repoOf('private')
    assert.equal(body.casUrl, `${hub.running.publicUrl}/xet/${id}.${xet_generation}`)
    assert.equal(headers.get('x-xet-cas-url'), body.casUrl)
    assert.equal(headers.get('x-xet-access-token'), body.accessToken)
    assert.equal(headers.get('x-xet-token-expiration'), String(body.exp))
    assert.ok(Math.abs(body.exp - Date.now() / 1000 - 600) < 5, `${body.exp}`)
  })

  it('comes with a batch of LFS for clients that ask for Xet, except old ones that speak it otherwise', async () => {
    const ask = (who: string, agent: string, size = 5) => {
      const objects = [{ oid: 'ab'.repeat(32), size }]
      const body = { operation: 'upload', transfers: ['basic', 'multipart', 'xet'], hash_algo: 'sha_256', objects }
      const headers = { 'content-type': 'application/vnd.git-lfs+json', 'user-agent': agent }
      return hub.request(people[who], 'POST', '/lab/private.git/info/lfs/objects/batch', body, headers)
    }
    const { body } = await ask('wil', 'node')
    assert.equal(body.transfer, 'xet')
    const { href, header } = body.objects[0].actions.upload
    const path = new URL(header['X-Xet-Cas-Url']).pathname
    assert.equal((await register({ path, token: header['X-Xet-Access-Token'] }, [])).status, 200)
    assert.equal((await hub.request(people.wil, 'GET', new URL(href).pathname)).status, 200)
    assert.equal((await ask('wil', 'unknown/None; hf_hub/1.19.0; python/3.11')).body.transfer, 'basic')
    assert.equal((await ask('wil', 'node', 0)).body.transfer, 'basic')
    assert.equal((await ask('rae', 'node')).status, 403)
  })

  it('is not given for a pull request', async () => {
    assert.equal((await askToken('wil', 'private', '?create_pr=1')).status, 501)
  })

  it('is taken some minutes longer than it says, and not after', async () => {
    const door = await doorOf('wil', 'private')
    hub.moveClock(14 * 60_000)
    assert.equal((await register(door, [])).status, 200)
    hub.moveClock(16 * 60_000)
    assert.equal((await register(door, [])).status, 401)
    hub.moveClock(0)
  })

  it('opens one repository, and cannot be changed', async () => {
    const [door, other] = [await doorOf('wil', 'private'), await doorOf('wil', 'other')]
    assert.equal((await register({ ...door, path: other.path }, [])).status, 403)
    const ids = [await repoOf('private'), await repoOf('other')].map(({ id }) => id)
    const changed = [
      door.token.replace(ids[0] ?? '', ids[1] ?? ''),
      door.token.slice(0, -1),
      door.token.replace((people.wil as Person).id, (people.ada as Person).id),
      (people.wil as Person).token,
      '',
    ]
    for (const token of changed) assert.equal((await register({ ...door, token }, [])).status, 401, token)
  })

  it('is as good as the right that it was given for', async () => {
    const { id } = await hub.person('tim')
    people.tim = await hub.person('tim')
    const role = { username: 'tim', role: 'write' }
    assert.equal((await hub.console('POST', '/api/operator/organizations/lab/members', role)).status, 201)
    const door = await doorOf('tim', 'private')
    const { file } = await uploaded(door)
    const xorb = xorbOf([randomBytes(10)])
    await hub.request(people.ada, 'PUT', '/api/organizations/lab/members/tim/role', { role: 'read' })
    for (const reply of [await sendXorb(door, xorb), await register(door, [file]), await register(door, [file], 'v2')])
      assert.equal(reply.status, 403)
    await hub.request(people.ada, 'DELETE', '/api/organizations/lab/members/tim')
    assert.equal((await sendXorb(door, xorb)).status, 404)
    await hub.console('POST', '/api/operator/organizations/lab/members', role)
    const again = await doorOf('tim', 'private')
    await hub.db.deleteFrom('access_tokens').where('user_id', '=', id).execute()
    assert.equal((await sendXorb(again, xorb)).status, 403)
  })
})

describe('an upload', () => {
  it('becomes a file of the repository, and its xorbs leave the stage', async () => {
    const door = await doorOf('wil', 'private')
    const before = Number((await repoOf('private')).lfs_bytes)
    const { xorb, file } = await uploaded(door)
    assert.deepEqual(await contentOf('private', file), Buffer.concat(xorb.chunks))
    assert.equal(Number((await repoOf('private')).lfs_bytes), before + file.size)
    assert.deepEqual(await stagedFiles('private'), [])
    const commit = [
      { key: 'header', value: { summary: 'Add it' } },
      { key: 'lfsFile', value: { path: 'a.bin', algo: 'sha256', oid: file.sha256, size: file.size } },
    ]
    const lines = commit.map((line) => JSON.stringify(line)).join('\n')
    const type = { 'content-type': 'application/x-ndjson' }
    const made = await hub.request(people.wil, 'POST', '/api/models/lab/private/commit/main', lines, type)
    assert.equal(made.status, 200, JSON.stringify(made.body))
  })

  it('goes on from what is there: xorbs and files are not taken twice', async () => {
    const door = await doorOf('wil', 'private')
    const { xorb, file } = await uploaded(door)
    const before = await countRows()
    assert.equal((await send(door, `/v1/xorb-grants/default/${xorb.hash}`, Buffer.from('{}'))).status, 200)
    assert.deepEqual((await sendXorb(door, xorb)).body, { was_inserted: false })
    assert.deepEqual((await register(door, [file])).body, { result: 0 })
    assert.deepEqual(await countRows(), before)
  })

  it('of other files uses chunks that are in files already', async () => {
    const door = await doorOf('wil', 'private')
    const { xorb } = await uploaded(door)
    const more = xorbOf([randomBytes(2000)])
    await sendXorb(door, more)
    const file = fileOf([{ xorb, first: 1, end: 2 }, wholeOf(more), { xorb, first: 0, end: 2 }])
    assert.equal((await register(door, [file])).status, 200)
    const [first, second] = xorb.chunks as [Buffer, Buffer]
    assert.deepEqual(await contentOf('private', file), Buffer.concat([second, ...more.chunks, first, second]))
    assert.deepEqual(await stagedFiles('private'), [])
  })

  it('tells how it goes, line by line', async () => {
    const door = await doorOf('wil', 'private')
    const xorb = xorbOf([randomBytes(1000)])
    await sendXorb(door, xorb)
    const reply = await register(door, [fileOf([wholeOf(xorb)])], 'v2')
    assert.equal(reply.headers.get('content-type'), 'application/x-ndjson')
    assert.deepEqual(reply.body, { type: 'result', result: 1 })
  })

  it('of compressed xorbs is decoded', async () => {
    const door = await doorOf('wil', 'private')
    const xorb = zerosXorb(3)
    await sendXorb(door, xorb)
    const file = fileOf([wholeOf(xorb), { xorb, first: 1, end: 2 }])
    assert.equal((await register(door, [file])).status, 200)
    assert.deepEqual(await contentOf('private', file), Buffer.alloc(4 * 128 * 1024))
  })

  it('of a small compressed xorb is that, and nothing of what lies beside it in memory', async () => {
    const door = await doorOf('wil', 'private')
    const xorb = zerosXorb(1, 600)
    await sendXorb(door, xorb)
    const file = fileOf([wholeOf(xorb)])
    assert.equal((await register(door, [file])).status, 200)
    assert.deepEqual(await contentOf('private', file), Buffer.alloc(600))
  })

  it('in two repositories shares nothing', async () => {
    const [door, other] = [await doorOf('wil', 'private'), await doorOf('wil', 'other')]
    const { xorb, file } = await uploaded(door)
    assert.equal((await send(other, `/v1/xorb-grants/default/${xorb.hash}`, Buffer.from('{}'))).status, 404)
    const before = await countRows()
    assert.equal((await register(other, [file])).status, 422)
    assert.deepEqual(await countRows(), before)
    assert.deepEqual((await sendXorb(other, xorb)).body, { was_inserted: true })
    assert.deepEqual((await register(other, [file])).body, { result: 1 })
  })
})

describe('what is above the storage limit', () => {
  it('is refused for good, and where the client shows words', async () => {
    const limit = (bytes: number | 'default') => hub.console('PUT', '/api/operator/storage/lab', { limit: bytes })
    const door = await doorOf('wil', 'other')
    const xorb = xorbOf([randomBytes(2000)])
    await sendXorb(door, xorb)
    const used = await hub.db.selectFrom('repositories').select(['git_bytes', 'lfs_bytes']).execute()
    const sum = used.reduce((bytes, row) => bytes + Number(row.git_bytes) + Number(row.lfs_bytes), 0)
    assert.equal((await limit(sum + 1000)).status, 200)
    const before = await countRows()
    const reply = await register(door, [fileOf([wholeOf(xorb)])])
    assert.equal(reply.status, 413)
    assert.match(reply.body.error, /exceeds the storage limit of lab/)
    assert.equal((await sendXorb(door, xorbOf([randomBytes(3000)]))).status, 413)
    const files = [{ path: 'a.safetensors', size: 5000, sample: '' }]
    const asked = await hub.request(
      people.wil,
      'POST',
      '/api/models/lab/other/preupload/main',
      { files },
      { 'user-agent': 'unknown/None; hf_hub/2.4.0; python/3.12' },
    )
    assert.equal(asked.status, 507)
    assert.match(asked.body.error, /exceeds the storage limit of lab/)
    assert.deepEqual(await countRows(), before)
    await limit('default')
    assert.equal((await register(door, [fileOf([wholeOf(xorb)])])).status, 200)
  })
})

describe('what was removed', () => {
  it('changes the address, so that clients forget it', async () => {
    await newRepo('brief')
    const door = await doorOf('wil', 'brief')
    const { xorb, file } = await uploaded(door)
    const removed = await hub.request(people.wil, 'DELETE', `/api/models/lab/brief/lfs-files/${file.sha256}`)
    assert.equal(removed.status, 200, JSON.stringify(removed.body))
    const next = await doorOf('wil', 'brief')
    assert.notEqual(next.path, door.path)
    // The address from before is taken as long as its token, and says that all has to be sent again
    const late = await register(door, [file], 'v2')
    assert.match(late.body.message, /Start the upload again/)
    assert.deepEqual((await sendXorb(next, xorb)).body, { was_inserted: true })
    assert.deepEqual((await register(next, [file])).body, { result: 1 })
    assert.equal((await doorOf('wil', 'brief')).path, next.path)
  })

  it('or lost in a restore, too, once a client has named it', async () => {
    await newRepo('restored')
    const door = await doorOf('wil', 'restored')
    const xorb = xorbOf([randomBytes(50)])
    assert.equal((await register(door, [fileOf([wholeOf(xorb)])])).status, 422)
    assert.notEqual((await doorOf('wil', 'restored')).path, door.path)
  })

  it('or damaged on the disk is dropped, and sent again', async () => {
    await newRepo('damaged')
    const door = await doorOf('wil', 'damaged')
    const xorb = xorbOf([randomBytes(5000)])
    await sendXorb(door, xorb)
    const { id } = await repoOf('damaged')
    const [name = ''] = await stagedFiles('damaged')
    await hub.running.server.hub.stage.remove(id, name)
    assert.equal((await register(door, [fileOf([wholeOf(xorb)])])).status, 422)
    const next = await doorOf('wil', 'damaged')
    assert.notEqual(next.path, door.path)
    assert.deepEqual((await sendXorb(next, xorb)).body, { was_inserted: true })
    assert.equal((await register(next, [fileOf([wholeOf(xorb)])])).status, 200)
  })

  it('is what no file was made of for two days', async () => {
    await newRepo('idle')
    const door = await doorOf('wil', 'idle')
    await sendXorb(door, xorbOf([randomBytes(50)]))
    const { file } = await uploaded(door)
    const { stage } = hub.running.server.hub
    await collectXorbs(hub.db, stage)
    assert.equal((await stagedFiles('idle')).length, 1)
    hub.moveClock(50 * 3_600_000)
    await collectXorbs(hub.db, stage)
    hub.moveClock(0)
    assert.deepEqual(await stagedFiles('idle'), [])
    assert.notEqual((await doorOf('wil', 'idle')).path, door.path)
    assert.equal((await contentOf('idle', file)).length, file.size)
  })
})

test('what is not offered answers 404, and reports are dropped', async () => {
  const door = await doorOf('wil', 'private')
  const tails = [`/v1/chunks/default/${'a'.repeat(64)}`, `/v2/file-chunk-hashes/${'a'.repeat(64)}`, '/v1/anything', '']
  for (const tail of tails) {
    const reply = await hub.request(door.token, 'GET', door.path + tail, undefined, { accept: '*/*' })
    assert.equal(reply.status, 404, tail)
  }
  const missing = await send(door, `/v1/xorb-grants/default/${'a'.repeat(64)}`, Buffer.from('{}'))
  assert.equal(missing.status, 404)
  for (const body of [Buffer.from('not json'), Buffer.alloc(100_000)])
    assert.equal((await hub.request(door.token, 'POST', '/v1/telemetry', body)).status, 204)
})
