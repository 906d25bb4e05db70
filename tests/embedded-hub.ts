// What a hub does with its database, in a process of its own that tests can kill:
// node tests/embedded-hub.ts <data folder> — prints `server <pid>`, then each row's number once it is committed.
import { Client } from 'pg'
import { startEmbedded } from '../server/store/postgres/embedded.ts'

const dataDir = process.argv[2] ?? ''
try {
  const database = await startEmbedded({ dataDir })
  console.log(`server ${database.pid}`)
  const client = new Client(database.connectionString)
  client.on('error', () => process.exit(2))
  await client.connect()
  await client.query('create table if not exists written (id bigint generated always as identity)')
  for (;;) {
    const { rows } = await client.query('insert into written default values returning id')
    console.log(rows[0].id)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
