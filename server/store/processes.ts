import { type RawBuilder, sql } from 'kysely'
import { startWatch } from '../kernel/clock.ts'
import { log } from '../kernel/log.ts'
import { connectionName, type Db, readShortly, type Tx, transaction } from './database.ts'

/** A process that must not start on this database; the message is one sentence for the operator. */
export class StartRefused extends Error {}

interface ProcessInfo {
  id: string
  publicUrl: string
  keyFingerprint: string
  /** Of the key before, while it is being rotated. */
  formerFingerprint?: string | undefined
  /** No other process can be at work: the database is this one's own. */
  isAlone: boolean
}

/** That a process still has its row, as far as it knows: what it holds in the name of that row is its own. */
export interface Registration {
  id: string
  /** False for good once the row may have gone in between. */
  still(): boolean
}

/** The row of this process among those at work on the database. */
export interface ProcessRow {
  id: string
  /** Enters the process; throws when it differs from the others in key or public address. */
  enter(info: Omit<ProcessInfo, 'id'>): Promise<void>
  /** Undefined while the process cannot tell whether its row is still there. */
  registration(): Registration | undefined
  /** Does something once another process is gone for good; false while it is at work. */
  whenGone(id: string, act: () => Promise<void>): Promise<boolean>
  /** Says that the process is still at work, and enters it again where its row is gone; done every two seconds. */
  beat(): Promise<void>
  /** Stops saying so; the row stays, as that of a killed process does. */
  abandon(): void
  leave(): Promise<void>
}

const heartbeatMs = 2000
// Without an answer for so long the process no longer counts on its row; the others wait longer before they delete it.
const believedMs = 10_000

/** Whether another process than this one is at work on the database. */
export async function hasOthers(db: Db, id: string): Promise<boolean> {
  const { rows } = await sql`select from processes where id <> ${id} and not ${isGone()} limit 1`.execute(db)
  return rows.length > 0
}

/** Keeps the row of a process alive, and notices when it may be gone. */
export function openProcessRow(db: Db, id: string): ProcessRow {
  const own: { epoch: number; seen: (() => number) | undefined; info: ProcessInfo | undefined } = {
    epoch: 0,
    seen: undefined,
    info: undefined,
  }
  let timer: NodeJS.Timeout | undefined
  const isSeen = () => own.seen !== undefined && own.seen() < believedMs

  async function beat(): Promise<void> {
    if (own.info === undefined) return
    if (!isSeen()) own.epoch++
    const asked = startWatch()
    if (!(await touchProcess(db, id))) {
      // What was locked in the name of the row that is gone may be another's by now
      own.epoch++
      await enterProcess(db, own.info)
    }
    own.seen = asked
  }

  function abandon(): void {
    clearInterval(timer)
    own.epoch++
    Object.assign(own, { seen: undefined, info: undefined })
  }

  return {
    id,
    async enter(info) {
      abandon()
      own.info = { ...info, id }
      const asked = startWatch()
      await enterProcess(db, own.info)
      own.seen = asked
      const failed = (error: unknown) => log.debug({ err: error }, 'could not write the heartbeat to the database')
      timer = setInterval(() => beat().catch(failed), heartbeatMs).unref()
    },
    registration() {
      const { epoch } = own
      return isSeen() ? { id, still: () => own.epoch === epoch && isSeen() } : undefined
    },
    whenGone: (other, act) => actWhenGone(db, other, act),
    beat,
    abandon,
    async leave() {
      abandon()
      await sql`delete from processes where id = ${id}`.execute(db)
    },
  }
}

/**
 * Rows of processes that are gone: without connections, which carry their name, and not seen for two heartbeats; or not
 * seen for a minute. Both by the clock of the database.
 */
function isGone(): RawBuilder<boolean> {
  return sql<boolean>`(seen_at < clock_timestamp() - interval '60 seconds'
    or seen_at < clock_timestamp() - interval '4 seconds' and not exists (
      select from pg_stat_activity
      where datname = current_database() and application_name = ${connectionName('')} || processes.id))`
}

async function enterProcess(db: Db, self: ProcessInfo): Promise<void> {
  await transaction(db, async (tx) => {
    await requireKey(tx, self)
    await lockProcess(tx, self.id)
    await sql`delete from processes where id = ${self.id} or ${self.isAlone} or ${isGone()}`.execute(tx)
    const others = await sql<{
      public_url: string
    }>`select public_url from processes where public_url <> ${self.publicUrl} limit 1`.execute(tx)
    const other = others.rows[0]
    if (other)
      throw new StartRefused(
        `Another Guildhall process uses this database with the URL ${other.public_url}. All processes need the same GUILDHALL_PUBLIC_URL.`,
      )
    await sql`insert into processes (id, public_url, started_at, seen_at)
      values (${self.id}, ${self.publicUrl}, clock_timestamp(), clock_timestamp())`.execute(tx)
  })
}

// A process that knows the key before too takes the database over to the new one.
async function requireKey(
  tx: Tx,
  { keyFingerprint: key, formerFingerprint: former = key }: ProcessInfo,
): Promise<void> {
  const { rows } = await sql<{ key_fingerprint: string }>`
    update instance set key_fingerprint = case when coalesce(key_fingerprint, ${key}) in (${key}, ${former})
      then ${key} else key_fingerprint end returning key_fingerprint`.execute(tx)
  if (rows[0]?.key_fingerprint === key) return
  throw new StartRefused(
    'This database uses another secret key. Start with the GUILDHALL_SECRET_KEY (or secret.key) that it was created with.',
  )
}

// Entering and being found gone exclude each other.
async function lockProcess(tx: Tx, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`process ${id}`}, 0))`.execute(tx)
}

// Not through the pool: a process whose connections are all in use is at work, and must not be taken for dead.
async function touchProcess(db: Db, id: string): Promise<boolean> {
  const rows = await readShortly(
    db,
    sql<{ id: string }>`update processes set seen_at = clock_timestamp() where id = ${id} returning id`,
  )
  return rows.length > 0
}

async function actWhenGone(db: Db, id: string, act: () => Promise<void>): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockProcess(tx, id)
    await sql`delete from processes where id = ${id} and ${isGone()}`.execute(tx)
    const { rows } = await sql`select from processes where id = ${id}`.execute(tx)
    if (rows.length > 0) return false
    await act()
    return true
  })
}
