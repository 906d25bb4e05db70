import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Tx } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { takeAwayMeanwhile } from '../waiting.ts'
import { fileOf, shardOf, wholeOf, xorbOf } from '../xet-lab.ts'

// What an upload by Xet makes of its chunks waits its turn, and must ask again.

const hub = await startTestHub()
const losses: Record<string, (tx: Tx, userId: string) => Promise<unknown>> = {
  'its token is deleted': (tx, userId) => sql`delete from access_tokens where user_id = ${userId}`.execute(tx),
  'its role is lowered': (tx, userId) =>
    sql`update memberships set role = 'read' where user_id = ${userId}`.execute(tx),
  'its member is removed': (tx, userId) => sql`delete from memberships where user_id = ${userId}`.execute(tx),
}
const names = ['v1', 'v2'].flatMap((version) => Object.keys(losses).map((_, index) => `${version}-${index}`))
const { people } = await hub.organization('lab', {
  ada: 'admin',
  ...Object.fromEntries(names.map((name) => [`writer-${name}`, 'write' as const])),
})
await hub.request(people.ada, 'POST', '/api/repos/create', { name: 'chunks', organization: 'lab', private: true })
const octets = { 'content-type': 'application/octet-stream' }
const objects = () => hub.db.selectFrom('lfs_objects').select('oid').execute()

for (const version of ['v1', 'v2'])
  for (const [index, [what, lose]] of Object.entries(losses).entries())
    test(`a ${version} registration that waits makes no file when meanwhile ${what}`, async () => {
      const writer = people[`writer-${version}-${index}`] as Person
      const { body } = await hub.request(writer, 'GET', '/api/models/lab/chunks/xet-write-token/main')
      const path = new URL(body.casUrl).pathname
      const xorb = xorbOf([randomBytes(2000)])
      const send = (tail: string, bytes: Buffer) => hub.request(body.accessToken, 'POST', path + tail, bytes, octets)
      assert.equal((await send(`/v1/xorbs/default/${xorb.hash}`, xorb.bytes)).status, 200)
      const { waited, reply } = await takeAwayMeanwhile(hub.db, writer.id, {
        request: () => send(`/${version}/shards`, shardOf([fileOf([wholeOf(xorb)])])),
        take: (tx) => lose(tx, writer.id),
      })
      assert.ok(waited, `it did not wait: ${reply.status}`)
      assert.ok(version === 'v2' || reply.status >= 400, `${reply.status} ${JSON.stringify(reply.body)}`)
      assert.notEqual(reply.body?.type, 'result', JSON.stringify(reply.body))
      assert.deepEqual(await objects(), [])
    })
