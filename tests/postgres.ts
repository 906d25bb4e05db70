import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrateJobs } from '../server/jobs/migrate.ts'
import { openDatabase } from '../server/store/database.ts'
import { migrate } from '../server/store/migrate.ts'
import { startEmbedded } from '../server/store/postgres/embedded.ts'

/** The PostgreSQL that tests run on: `GUILDHALL_TEST_DATABASE_URL` (a superuser's), or an embedded one of their own. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.GUILDHALL_TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => undefined }
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-test-'))
  const embedded = await startEmbedded({ dataDir })
  const { host, port, user, database } = embedded.connectionString
  const stop = async () => {
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { url: `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`, stop }
}

/** A database of one's own, copied from a migrated template. */
export async function makeDatabase(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const template = await ensureTemplate(serverUrl)
  const name = `guildhall_test_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: databaseUrl(serverUrl, name),
    drop: () => asAdmin(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`)),
  }
}

const templates = new Map<string, Promise<string>>()

function ensureTemplate(serverUrl: string): Promise<string> {
  const made = templates.get(serverUrl) ?? makeTemplate(serverUrl)
  templates.set(serverUrl, made)
  return made
}

async function makeTemplate(serverUrl: string): Promise<string> {
  const folder = new URL('../server/store/migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const file of (await readdir(folder)).sort()) hash.update(await readFile(new URL(file, folder)))
  const name = `guildhall_template_${hash.digest('hex').slice(0, 12)}`
  await asAdmin(serverUrl, async (client) => {
    // Test files run side by side; one of them makes the template.
    await client.query('select pg_advisory_lock(4711002)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await fillTemplate(client, serverUrl, name)
    await client.query('select pg_advisory_unlock(4711002)')
  })
  return name
}

async function fillTemplate(client: pg.Client, serverUrl: string, name: string): Promise<void> {
  const draft = `${name}_draft`
  await client.query(`drop database if exists ${draft} with (force)`)
  await client.query(`create database ${draft} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`)
  const url = databaseUrl(serverUrl, draft)
  const { db, close } = openDatabase(url, () => undefined)
  await migrate(db)
  await close()
  await migrateJobs(url)
  await client.query(`alter database ${draft} rename to ${name}`)
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function asAdmin(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
