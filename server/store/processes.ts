import { sql } from 'kysely'
import { now } from '../kernel/clock.ts'
import { connectionName, type Db } from './database.ts'

/** A process that must not start on this database; the message is one sentence for the operator. */
export class StartRefused extends Error {}

interface ProcessInfo {
  id: string
  publicUrl: string
  keyFingerprint: string
}

/** Enters this process among those at work on the database; throws when it differs in key or public address. */
export async function enterProcess(db: Db, self: ProcessInfo): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ key_fingerprint: string }>`
      update instance set key_fingerprint = coalesce(key_fingerprint, ${self.keyFingerprint}) returning key_fingerprint`.execute(
      tx,
    )
    if (rows[0]?.key_fingerprint !== self.keyFingerprint) {
      throw new StartRefused(
        'This database was sealed with another secret key; start with the GUILDHALL_SECRET_KEY (or secret.key) it was made with.',
      )
    }
    // A process that was killed is gone with its connections, which carry its name.
    await sql`delete from processes where id = ${self.id}
      or not exists (select from pg_stat_activity where datname = current_database() and application_name = ${connectionName('')} || processes.id)`.execute(
      tx,
    )
    const others = await sql<{
      public_url: string
    }>`select public_url from processes where public_url <> ${self.publicUrl} limit 1`.execute(tx)
    const other = others.rows[0]
    if (other)
      throw new StartRefused(
        `Another hub is at work on this database as ${other.public_url}; all of them need the same GUILDHALL_PUBLIC_URL.`,
      )
    await sql`insert into processes (id, public_url, started_at, seen_at) values (${self.id}, ${self.publicUrl}, ${now()}, ${now()})`.execute(
      tx,
    )
  })
}

/** Says that this process is still at work. */
export async function touchProcess(db: Db, id: string): Promise<void> {
  await sql`update processes set seen_at = ${now()} where id = ${id}`.execute(db)
}

/** Takes this process off the list. */
export async function leaveProcess(db: Db, id: string): Promise<void> {
  await sql`delete from processes where id = ${id}`.execute(db)
}
