import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { done, folder, guildhall, json } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', rae: 'read', sam: 'write' })
const boss = await hub.person('boss', { operator: true })
const asAda = { HF_ENDPOINT: hub.url, HF_TOKEN: people.ada?.token ?? '' }
const asBoss = { HF_ENDPOINT: hub.url, HF_TOKEN: boss.token }

test('the audit log is exported, and verified at the hub and from the file', async () => {
  assert.equal((await json(['audit', 'verify', '--org', 'acme'], asAda)).intact, true)
  const file = join(folder, 'acme.json')
  const written = await json(['audit', 'export', '--org', 'acme', '--output', file], asAda)
  assert.equal(written.bytes, readFileSync(file).length)
  assert.equal((await json(['audit', 'verify', '--file', file], asAda)).complete, true)

  assert.match((await done(['audit', 'verify', '--file', file], {})).stdout, /^Intact: .* Later events may be missing /)
  const { head } = await json(['audit', 'verify', '--org', 'acme'], asAda)
  assert.equal((await json(['audit', 'verify', '--org', 'acme', '--contains', head], asAda)).endProven, true)
  assert.equal((await guildhall(['audit', 'verify', '--file', file, '--contains', 'ab'], {})).code, 2)

  const events = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(events.slice(0, -1)))
  const cut = await guildhall(['audit', 'verify', '--file', file, '--contains', head], {})
  assert.deepEqual([cut.code, cut.stdout.includes('the hash that you noted is missing')], [3, true])
  events[2].message = 'changed nothing'
  writeFileSync(file, JSON.stringify(events))
  const broken = await guildhall(['audit', 'verify', '--file', file], {})
  assert.deepEqual([broken.code, broken.stdout], [3, 'BROKEN at event 3: it was changed after it was recorded.\n'])

  const csv = await done(['audit', 'export', '--org', 'acme', '--format', 'csv', '--query', 'type:org.create'], asAda)
  assert.match(csv.stdout, /org\.create/)
})

test('the log of the instance is verified by site admins', async () => {
  const { intact, head } = await json(['operator', 'audit', 'verify'], asBoss)
  assert.equal(intact, true)
  assert.match((await done(['operator', 'audit', 'verify', '--contains', head], asBoss)).stdout, /^Intact: /)
  assert.equal((await guildhall(['operator', 'audit', 'verify', '--contains', 'ab'.repeat(32)], asBoss)).code, 3)
})
