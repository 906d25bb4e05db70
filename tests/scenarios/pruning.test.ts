import assert from 'node:assert/strict'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryFolder } from '../../server/git/process/folder.ts'
import { tidyRepositories } from '../../server/repos/cards/metadata.ts'
import { collectLfs } from '../../server/repos/lfs/lfs-collect.ts'
import { releaseLfs } from '../../server/repos/lfs/lfs-release.ts'
import { sql } from '../../server/store/sql.ts'
import { holding } from '../holding.ts'
import { startTestHub } from '../hub.ts'
import { untilWaiting } from '../waiting.ts'

const hub = await startTestHub()
const { git } = hub.running.server.hub
const ada = await hub.person('ada')
const later = 11 * 60_000

async function makeRepo(name: string, isPrivate: boolean): Promise<string> {
  await hub.request(ada, 'POST', '/api/repos/create', { name, private: isPrivate })
  const found = await hub.db.selectFrom('repositories').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return found.id
}

async function commit(name: string, text: string): Promise<string> {
  const lines = [
    { key: 'header', value: { summary: text } },
    { key: 'file', value: { path: 'secret.txt', content: Buffer.from(text).toString('base64'), encoding: 'base64' } },
  ]
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const reply = await fetch(`${hub.url}/api/models/ada/${name}/commit/main`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/x-ndjson' },
    body,
  })
  assert.equal(reply.status, 200, await reply.clone().text())
  return ((await reply.json()) as { commitOid: string }).commitOid
}

async function read(name: string, revision: string): Promise<number> {
  return (await hub.request(ada, 'GET', `/ada/${name}/resolve/${revision}/secret.txt`)).status
}

async function isWanted(id: string): Promise<boolean> {
  const row = await hub.db.selectFrom('repositories').select('prune_wanted_at').where('id', '=', id).executeTakeFirst()
  return row?.prune_wanted_at != null
}

// As if nothing had been written for a while
function quiet(id: string): void {
  const folder = repositoryFolder(git, id)
  const at = new Date(Date.now() - later)
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) utimesSync(join(folder, path), at, at)
}

async function tidyLater(): Promise<void> {
  hub.moveClock(later)
  await tidyRepositories(hub.db, git, (id) => releaseLfs(hub.db, git, id))
  hub.moveClock(0)
}

test('commits that a squash put out of reach are gone once nothing was written for ten minutes', async () => {
  const id = await makeRepo('squashed', false)
  const old = await commit('squashed', 'the token that should not be here')
  await commit('squashed', 'nothing')
  assert.equal((await hub.request(ada, 'POST', '/api/models/ada/squashed/super-squash/main', {})).status, 200)
  assert.deepEqual([await read('squashed', old), await isWanted(id)], [200, true])
  await tidyLater()
  assert.deepEqual([await read('squashed', old), await isWanted(id)], [200, true], 'a commit may be on its way')
  quiet(id)
  await tidyLater()
  assert.deepEqual([await read('squashed', old), await isWanted(id)], [404, false])
  assert.equal(await read('squashed', 'main'), 200)
})

test('making a repository public asks for the same', async () => {
  const id = await makeRepo('opened', true)
  await commit('opened', 'one')
  const put = (isPrivate: boolean) => hub.request(ada, 'PUT', '/api/models/ada/opened/settings', { private: isPrivate })
  assert.equal((await put(false)).status, 200)
  assert.equal(await isWanted(id), true)
  quiet(id)
  await tidyLater()
  assert.equal(await isWanted(id), false)
  assert.equal((await put(true)).status, 200)
  assert.equal(await isWanted(id), false, 'not for the way back')
})

test('a squash frees the LFS files that only its old commits used, after a day', async () => {
  const id = await makeRepo('heavy', false)
  const put = async (path: string, content: string, branch = 'main') => {
    const lines = [
      { key: 'header', value: { summary: path } },
      { key: 'file', value: { path, content } },
    ]
    const to = `/api/models/ada/heavy/commit/${branch}`
    const body = lines.map((line) => JSON.stringify(line)).join('\n')
    const reply = await hub.request(ada, 'POST', to, body, { 'content-type': 'application/x-ndjson' })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
  }
  const stored = async () => {
    const rows = await hub.db.selectFrom('lfs_objects').select('file_name').where('repo_id', '=', id).execute()
    return rows.map((row) => row.file_name).sort()
  }
  const used = async () =>
    Number(
      (await hub.db.selectFrom('repositories').select('lfs_bytes').where('id', '=', id).executeTakeFirst())?.lfs_bytes,
    )
  await put('b.bin', 'of another branch')
  assert.equal((await hub.request(ada, 'POST', '/api/models/ada/heavy/branch/other', {})).status, 200)
  await put('a.bin', 'old weights')
  await put('a.bin', 'weights')
  await put('b.bin', 'of main')
  const squashed = await hub.request(ada, 'POST', '/api/models/ada/heavy/super-squash/main', {})
  assert.match(squashed.body.message, /LFS files that only they used are deleted a day later/)
  quiet(id)
  await tidyLater()
  assert.equal(await isWanted(id), false)
  assert.equal((await stored()).length, 4, 'they wait')
  await collectLfs(hub.db, hub.running.server.hub)
  assert.equal((await stored()).length, 4)
  hub.moveClock(25 * 3600_000)
  await collectLfs(hub.db, hub.running.server.hub)
  hub.moveClock(0)
  // One of the two named b.bin is of the other branch
  assert.deepEqual([await stored(), await used()], [['a.bin', 'b.bin', 'b.bin'], 31])
  for (const [path, status] of [
    ['main/a.bin', 200],
    ['main/b.bin', 200],
    ['other/b.bin', 200],
  ] as const)
    assert.equal((await hub.request(ada, 'GET', `/ada/heavy/resolve/${path}`)).status, status, path)
})

test('LFS files are given up only if no branch or tag moves meanwhile', async () => {
  const id = await makeRepo('racing', false)
  for (const content of ['old weights', 'weights']) {
    const lines = [
      { key: 'header', value: { summary: content } },
      { key: 'file', value: { path: 'a.bin', content } },
    ]
    const body = lines.map((line) => JSON.stringify(line)).join('\n')
    const type = { 'content-type': 'application/x-ndjson' }
    assert.equal((await hub.request(ada, 'POST', '/api/models/ada/racing/commit/main', body, type)).status, 200)
  }
  assert.equal((await hub.request(ada, 'POST', '/api/models/ada/racing/super-squash/main', {})).status, 200)
  quiet(id)
  hub.moveClock(later)
  await tidyRepositories(hub.db, git, async () => false)
  hub.moveClock(0)
  assert.equal(await isWanted(id), true, 'until it is done')
  const waiting = async () => {
    const rows = await hub.db.selectFrom('lfs_objects').select('referenced_at').where('repo_id', '=', id).execute()
    return rows.filter((row) => row.referenced_at === null).length
  }
  const held = await holding(hub.db, (tx) =>
    sql`update repositories set pushed_at = pushed_at + interval '1 second' where id = ${id}`.execute(tx),
  )
  const releasing = releaseLfs(hub.db, git, id)
  assert.equal(await untilWaiting(hub.db, releasing), true)
  await held.release()
  assert.deepEqual([await releasing, await waiting()], [false, 0])
  assert.deepEqual([await releaseLfs(hub.db, git, id), await waiting()], [true, 1])
})
