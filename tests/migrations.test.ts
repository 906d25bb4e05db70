import assert from 'node:assert/strict'
import { createCipheriv, createHmac } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { newId } from '../server/kernel/ids.ts'
import { instanceKey } from '../server/keys/instance-key.ts'
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

test('recovery requests, offboarding reports and rejoin blocks keep their rows under their new names', async () => {
  const db = await databaseUpTo('0011_orders.sql')
  const [org, person, offboarding, request] = [newId(), newId(), newId(), newId()]
  await sql`insert into users (id, name, fullname, created_at) values (${person}, 'ada', 'ada', now())`.execute(db)
  await sql`insert into organizations (id, name, fullname, plan, created_at)
    values (${org}, 'lab', 'Lab', 'free', now())`.execute(db)
  await sql`insert into offboardings (id, org_id, user_id, at, removed, receipt)
    values (${offboarding}, ${org}, ${person}, now(), 1, '{}')`.execute(db)
  await sql`insert into tombstones (org_id, user_id, offboarding_id, until)
    values (${org}, ${person}, ${offboarding}, now())`.execute(db)
  await sql`insert into petitions (id, org_id, person_id, path, opened_by, opened_by_id, lost_at, created_at)
    values (${request}, ${org}, ${person}, 'successor', 'ada', ${person}, now(), now())`.execute(db)
  await sql`insert into petition_voices (petition_id, voice_id, name, at)
    values (${request}, ${person}, 'ada', now())`.execute(db)
  await migrate(db)
  const { rows } = await sql`select f.report, c.name from offboardings f
    join rejoin_blocks b on b.offboarding_id = f.id join recovery_requests r on r.org_id = f.org_id
    join recovery_confirmations c on c.recovery_request_id = r.id and c.confirmed_by_id = b.user_id`.execute(db)
  assert.deepEqual(rows, [{ report: '{}', name: 'ada' }])
  const { rows: old } = await sql`select relname name from pg_class where relname ~ 'petition|tombstone|voice' union
    select conname from pg_constraint where conname ~ 'petition|tombstone|voice|receipt' union
    select typname from pg_type where typname ~ 'petition|tombstone|voice'`.execute(db)
  assert.deepEqual(old, [], 'names that are still the old ones')
})
