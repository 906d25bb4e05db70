import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let orgId: string
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam') }
  const body = { name: 'private', organization: 'lab', private: true }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', body)).status, 200)
})

const ask = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who && people[who], method, path, body, { 'content-type': 'application/vnd.git-lfs+json' })

describe('locks', () => {
  const locks = '/lab/private.git/info/lfs/locks'

  it('are made once, shown, told apart and ended', async () => {
    const before = (await hub.events(orgId)).length
    const made = await ask('wil', 'POST', locks, { path: 'a/b.bin', ref: { name: 'refs/heads/main' } })
    assert.equal(made.status, 201)
    assert.deepEqual(made.body.lock.owner, { name: 'wil' })
    const again = await ask('ada', 'POST', locks, { path: 'a/b.bin' })
    assert.equal(again.status, 409)
    assert.equal(again.body.lock.id, made.body.lock.id)
    assert.match(again.body.message, /wil/)
    await ask('ada', 'POST', locks, { path: 'c.bin' })
    assert.equal((await ask('rae', 'GET', `${locks}?path=a%2Fb.bin`)).body.locks.length, 1)
    const page = await ask('rae', 'GET', `${locks}?limit=1`)
    assert.equal(page.body.locks.length, 1)
    const rest = await ask('rae', 'GET', `${locks}?cursor=${page.body.next_cursor}`)
    assert.deepEqual(rest.body.locks[0].path, 'c.bin')
    const verified = await ask('wil', 'POST', `${locks}/verify`, { cursor: '' })
    assert.deepEqual([verified.body.ours.length, verified.body.theirs.length], [1, 1])
    const end = `${locks}/${made.body.lock.id}/unlock`
    assert.equal((await ask('ada', 'POST', end, {})).status, 403)
    assert.equal((await ask('ada', 'POST', end, { force: true })).status, 200)
    assert.equal((await ask('ada', 'POST', end, { force: true })).status, 404)
    const types = (await hub.events(orgId)).slice(before).map(({ type }) => type)
    assert.deepEqual(types, ['repo.lock_file', 'repo.lock_file', 'repo.unlock_file'])
  })

  it('are for those who may write', async () => {
    assert.equal((await ask('rae', 'POST', locks, { path: 'x' })).status, 403)
    assert.equal((await ask('rae', 'POST', `${locks}/verify`, {})).status, 403)
    assert.equal((await ask('sam', 'GET', locks)).status, 404)
    assert.equal((await ask(undefined, 'GET', locks)).status, 401)
    assert.equal((await ask('wil', 'POST', locks, { path: '../x' })).status, 422)
  })
})
