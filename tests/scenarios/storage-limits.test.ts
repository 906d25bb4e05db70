import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { blob, commitOf, entryId, pushOf, tree } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'
import type { Person, Reply } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'
import { stateOf } from '../state.ts'
import { signedIn } from '../visitor.ts'

const target = await makeTarget()
const { hub, ada, wes, rea, head, git, push } = target
const opal = await hub.person('opal', { operator: true })
const mediaType = 'application/vnd.git-lfs+json'
const limit = 3_000_000

const used = async (org = 'acme') => (await hub.request(ada, 'GET', `/api/organizations/${org}/storage`)).body.used
const setLimit = (owner: string, to: unknown, who = opal) =>
  hub.request(who, 'PUT', `/api/operator/storage/${owner}`, { limit: to })
const codeOf = ({ headers }: { headers: Headers }) => headers.get('x-error-code')

function batch(who: Person, repo: string, bytes: Buffer, transfers = ['basic']): Promise<Reply> {
  const body = { operation: 'upload', transfers, objects: [objectOf(bytes)] }
  return hub.request(who, 'POST', `/${repo}.git/info/lfs/objects/batch`, body, { 'content-type': mediaType })
}

async function put(href: string, bytes: Buffer): Promise<Response> {
  return fetch(href, { method: 'PUT', body: new Uint8Array(bytes) })
}

async function upload(who: Person, repo: string, bytes: Buffer): Promise<number> {
  const { status, body } = await batch(who, repo, bytes)
  return status === 200 ? (await put(body.objects[0].actions.upload.href, bytes)).status : status
}

function commit(who: Person, repo: string, path: string, bytes: Buffer | undefined): Promise<Reply> {
  const change =
    bytes === undefined
      ? { key: 'deletedFile', value: { path } }
      : { key: 'file', value: { path, content: bytes.toString('base64'), encoding: 'base64' } }
  const content = [{ key: 'header', value: { summary: 'a file' } }, change].map((line) => JSON.stringify(line))
  return target.wire(who, 'POST', `/api/models/${repo}/commit/main`, {
    type: 'application/x-ndjson',
    content: content.join('\n'),
  })
}

function history(bytes: number, ref: string): Buffer {
  const file = blob(randomBytes(bytes))
  const top = tree([{ mode: '100644', name: 'x.bin', id: entryId(file) }])
  return pushOf([file, top, commitOf(entryId(top), head)], ref)
}

function lfsBytes(): number {
  if (!existsSync(join(target.dataDir, 'lfs'))) return 0
  const files = readdirSync(join(target.dataDir, 'lfs'), { recursive: true, encoding: 'utf8' })
  const sizes = files.map((path) => statSync(join(target.dataDir, 'lfs', path)))
  return sizes.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)
}

async function fresh(name: string, who = ada, organization: string | null = 'acme'): Promise<Reply> {
  return hub.request(who, 'POST', '/api/repos/create', { name, ...(organization && { organization }) })
}

test('a site admin sets the limit of an organization, which its audit log says; others can not', async () => {
  const before = await used()
  assert.ok(before > 0)
  for (const who of [ada, wes]) assert.equal((await setLimit('acme', limit, who)).status, 403)
  const set = await setLimit('ACME', limit)
  assert.deepEqual(set.body, { name: 'acme', type: 'org', setting: limit, used: before, limit })
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow()
  const event = (await hub.events(id)).at(-1)
  assert.deepEqual(
    [event?.type, event?.message],
    ['operator.set_storage_limit', `opal set the storage limit of acme to 3 MB`],
  )
  const count = (await hub.events(id)).length
  assert.equal((await setLimit('acme', limit)).status, 200)
  assert.equal((await hub.events(id)).length, count, 'the same again is no event')
  assert.equal((await hub.request(ada, 'GET', '/api/organizations/acme/storage')).body.limit, limit)
  for (const who of [wes, rea])
    assert.equal((await hub.request(who, 'GET', '/api/organizations/acme/storage')).status, 403)
  for (const wrong of [-1, 1.5, 'much', null, 2 ** 60])
    assert.equal((await setLimit('acme', wrong)).status, 400, String(wrong))
  assert.equal((await setLimit('no-one-there', limit)).status, 404)
})

test('what does not fit is refused at every door, in words, and changes nothing', async () => {
  const large = randomBytes(limit)
  await fresh('elsewhere', wes, null)
  assert.equal(await upload(wes, 'wes/elsewhere', large), 200)
  const toAcme = { toRepo: 'acme/moved', fromRepo: 'wes/elsewhere', type: 'model' }
  const doors: [door: string, work: () => Promise<Reply>][] = [
    ['LFS batch', () => batch(wes, 'acme/target', large)],
    ['commit of a large file', () => commit(wes, 'acme/target', 'large.bin', large)],
    ['commit of a small file', () => commit(wes, 'acme/target', 'small.txt', randomBytes(900_000))],
    ['move', () => hub.request(wes, 'POST', '/api/repos/move', toAcme)],
    ['copy', () => hub.request(wes, 'POST', '/api/models/wes/elsewhere/duplicate', { repository: 'acme/copy' })],
  ]
  await setLimit('acme', (await used()) + 500_000)
  for (const [door, work] of doors) {
    const before = await stateOf(hub.db)
    const { status, body, headers } = await work()
    assert.deepEqual([door, status, headers.get('x-error-code')], [door, 507, 'StorageLimit'], JSON.stringify(body))
    assert.match(JSON.stringify(body), /exceeds the storage limit of acme, .* Nothing was saved/)
    assert.deepEqual(await stateOf(hub.db), before, door)
  }
  const refs = git('for-each-ref')
  const said = String((await push(history(700_000, 'refs/heads/late'))).body)
  assert.match(said, /exceeds the storage limit of acme/)
  assert.match(said, /ng refs\/heads\/late/)
  // So much too large is not even taken to its end
  assert.doesNotMatch(String((await push(history(20_000_000, 'refs/heads/late'))).body), /ok refs/)
  assert.equal(git('for-each-ref'), refs)
  await setLimit('acme', limit)
})

test('a full namespace can be read, and made smaller', async () => {
  assert.equal(await upload(wes, 'acme/target', randomBytes(100_000)), 200)
  assert.equal((await commit(wes, 'acme/target', 'some.txt', Buffer.from('some'))).status, 200)
  await setLimit('acme', 1000)
  assert.equal((await fresh('one-more')).status, 507)
  assert.equal((await hub.request(rea, 'GET', '/acme/target/resolve/main/some.txt')).status, 200)
  assert.equal((await commit(wes, 'acme/target', 'some.txt', undefined)).status, 200)
  const [object] = (await hub.request(wes, 'GET', '/api/models/acme/target/lfs-files')).body
  assert.equal((await hub.request(wes, 'DELETE', `/api/models/acme/target/lfs-files/${object.fileOid}`)).status, 200)
  assert.equal(
    (await hub.request(ada, 'DELETE', '/api/repos/delete', { name: 'sibling', organization: 'acme' })).status,
    200,
  )
  await setLimit('acme', 'unlimited')
})

test('of many uploads at once only what fits is kept, and nothing stays of the others', async () => {
  const names = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']
  for (const name of names) assert.equal((await fresh(name)).status, 200)
  const size = 400_000
  const begun = await used()
  await setLimit('acme', begun + 2 * size + 100_000)
  const bytes = names.map(() => randomBytes(size))
  const links = await Promise.all(names.map((name, at) => batch(wes, `acme/${name}`, bytes[at] ?? Buffer.alloc(0))))
  const hrefs = links.map(({ body }) => body.objects[0].actions.upload.href as string)
  const onDisk = lfsBytes()
  const sent = await Promise.all(hrefs.map(async (href, at) => (await put(href, bytes[at] ?? Buffer.alloc(0))).status))
  const kept = sent.filter((status) => status === 200).length
  assert.deepEqual([...new Set(sent)].sort(), [200, 507])
  assert.ok(kept === 1 || kept === 2, `${kept} were kept`)
  assert.equal(await used(), begun + kept * size)
  assert.equal(lfsBytes() - onDisk, kept * size)

  const room = (await used()) + size + 50_000
  await setLimit('acme', room)
  const commits = await Promise.all(
    names.map(async (name) => (await commit(wes, `acme/${name}`, 'data.bin', randomBytes(size))).status),
  )
  assert.equal(commits.filter((status) => status === 200).length, 1, commits.join())
  assert.ok((await used()) <= room)
  await setLimit('acme', 'unlimited')
})

test('parts of an upload count while they arrive, and no longer once it is begun again', async () => {
  const large = randomBytes(40_000_000)
  await setLimit('acme', (await used()) + 41_000_000)
  const begin = async () => {
    const { status, body } = await batch(wes, 'acme/first', large, ['multipart', 'basic'])
    assert.equal(status, 200, JSON.stringify(body))
    return body.objects[0].actions.upload.header as Record<string, string>
  }
  const header = await begin()
  const rest = large.subarray(Number(header.chunk_size))
  assert.equal((await put(header['00002'] ?? '', rest)).status, 200)
  const other = await batch(wes, 'acme/second', randomBytes(41_000_000 - rest.length + 1))
  assert.deepEqual([other.status, codeOf(other)], [507, 'StorageLimit'])
  hub.moveClock(16 * 60_000)
  const again = await begin()
  assert.equal((await put(header['00002'] ?? '', rest)).status, 403)
  assert.equal((await put(again['00002'] ?? '', rest)).status, 200)
  hub.moveClock(0)
  await setLimit('acme', 'unlimited')
})

test('defaults hold for all who have no limit of their own, and a smaller one for open sign-up', async () => {
  const settings = {
    signUp: 'open',
    storageLimits: { accounts: 5_000_000, openSignUp: 1_000_000, organizations: null },
  }
  const saved = await hub.request(opal, 'PATCH', '/api/operator/settings', settings)
  assert.deepEqual(saved.body.storageLimits, settings.storageLimits)
  const partly = await hub.request(opal, 'PATCH', '/api/operator/settings', { storageLimits: { accounts: 4_000_000 } })
  assert.deepEqual(partly.body.storageLimits, { ...settings.storageLimits, accounts: 4_000_000 })
  const mine = async (who: Person) => (await hub.request(who, 'GET', '/api/settings/storage')).body.limit
  assert.equal(await mine(rea), 4_000_000)

  const account = { username: 'newcomer', email: 'newcomer@example.org', password: 'a sentence of my own' }
  assert.equal((await hub.request(undefined, 'POST', '/api/signup', account)).status, 201)
  await hub.db.updateTable('emails').set({ verified_at: new Date() }).where('address', '=', account.email).execute()
  const own = await signedIn(hub, 'newcomer', account.password)
  assert.equal((await own.send('GET', '/api/settings/storage')).body.limit, 1_000_000)
  assert.equal((await own.send('POST', '/api/organizations', { name: 'newcomers' })).status, 201)
  assert.equal((await own.send('GET', '/api/organizations/newcomers/storage')).body.limit, 1_000_000)

  // Each has a limit of its own, so that they are few
  const more = ['ncs-two', 'ncs-three', 'ncs-four', 'ncs-five', 'ncs-six', 'ncs-seven']
  const made = await Promise.all(more.map((name) => own.send('POST', '/api/organizations', { name })))
  assert.deepEqual(made.map(({ status }) => status).sort(), [201, 201, 201, 201, 403, 403])
  assert.match(made.find(({ status }) => status === 403)?.body.error, /You have created 5 organizations/)

  const { body: found } = await hub.request(opal, 'GET', '/api/operator/storage?search=newcomer')
  assert.deepEqual(
    found.map(({ name, setting, limit: most }: Record<string, unknown>) => [name, setting, most]),
    [
      ['newcomer', 'default', 1_000_000],
      ['newcomers', 'default', 1_000_000],
    ],
  )
  await setLimit('newcomer', 'unlimited')
  assert.equal((await own.send('GET', '/api/settings/storage')).body.limit, null)
  assert.equal((await own.send('POST', '/api/organizations', { name: 'ncs-eight' })).status, 201)
  await setLimit('newcomer', 'default')
  assert.equal((await own.send('GET', '/api/settings/storage')).body.limit, 1_000_000)
  const { body: all } = await hub.request(opal, 'GET', '/api/operator/storage')
  const bytes: number[] = all.map((row: { used: number }) => row.used)
  assert.ok(bytes.length > 1)
  assert.deepEqual(
    bytes,
    bytes.toSorted((a, b) => b - a),
    'the largest first',
  )
})
