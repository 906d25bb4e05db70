import assert from 'node:assert/strict'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryFolder } from '../../server/git/process/folder.ts'
import { tidyRepositories } from '../../server/repos/cards/metadata.ts'
import { startTestHub } from '../hub.ts'

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
  await tidyRepositories(hub.db, git)
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

test('making a repository public, and deleting LFS files in all of history, ask for the same', async () => {
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
