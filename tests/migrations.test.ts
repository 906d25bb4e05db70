import assert from 'node:assert/strict'
import { createCipheriv, createHmac } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { newId } from '../server/kernel/ids.ts'
import { instanceKey } from '../server/kernel/secret.ts'
import { openDatabase } from '../server/store/database.ts'
import { migrate } from '../server/store/migrate.ts'
import { testSecret } from './hub.ts'
import { startTestPostgres } from './postgres.ts'

const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

const folder = new URL('../server/store/migrations/', import.meta.url)

/** An empty database with the migrations up to one, as an older version left it. */
async function databaseUpTo(last: string) {
  const postgres = await startTestPostgres()
  undo.push(postgres.stop)
  const name = `guildhall_old_${newId()}`
  const url = new URL(postgres.url)
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`create database ${name}`)
  undo.push(async () => {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  })
  url.pathname = `/${name}`
  const { db, close } = openDatabase(url.href, () => undefined)
  undo.push(close)
  await sql`create table migrations (name text primary key, applied_at timestamptz not null default now())`.execute(db)
  for (const file of (await readdir(folder)).sort()) {
    if (file > last) break
    await sql.raw(await readFile(new URL(file, folder), 'utf8')).execute(db)
    await sql`insert into migrations (name) values (${file})`.execute(db)
  }
  return db
}

// As 0.4.0 sealed: nonce, tag, text.
function sealedBefore(plain: string): Buffer {
  const key = createHmac('sha256', testSecret).update('guildhall seal').digest()
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12, 7))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.alloc(12, 7), cipher.getAuthTag(), body])
}

test('what was sealed before keys had IDs still opens', async () => {
  const db = await databaseUpTo('0008_recovery.sql')
  const key = instanceKey(testSecret)
  const id = newId()
  await sql`update instance set key_fingerprint = ${key.fingerprint}`.execute(db)
  await sql`insert into users (id, name, fullname, created_at, totp_secret)
    values (${id}, 'ada', 'ada', now(), ${sealedBefore('totp')}), (${newId()}, 'bob', 'bob', now(), null)`.execute(db)
  await sql`insert into idempotency_keys (actor, key, request_hash, created_at, applied, status, reply)
    values ('', 'k', '\\x00', now(), true, 200, ${sealedBefore('{"a":1}')})`.execute(db)
  await migrate(db)
  const { rows } = await sql<{ secret: Buffer; reply: Buffer }>`select totp_secret as secret, reply
    from users, idempotency_keys where id = ${id}`.execute(db)
  assert.deepEqual(
    rows.map(({ secret, reply }) => [key.open(secret), key.open(reply)]),
    [['totp', '{"a":1}']],
  )
})
