// Two processes on one repositories folder: a lock belongs to the row of a process, and is stale when that row is gone.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { type GitHost, openGit } from '../../server/git/host.ts'
import { repositoryFolder } from '../../server/git/process/folder.ts'
import { type PreparedReferences, prepareReferences, type RefUpdate } from '../../server/git/refs/references.ts'
import { createRepository } from '../../server/git/upkeep/repository.ts'
import { newId } from '../../server/kernel/ids.ts'
import { openDiskReserve } from '../../server/shares/disk.ts'
import { type Db, openDatabase } from '../../server/store/database.ts'
import { migrate } from '../../server/store/migrate.ts'
import { openProcessRow, type ProcessRow } from '../../server/store/processes.ts'
import { sql } from '../../server/store/sql.ts'
import { scratchOn } from '../git-repository.ts'
import { makeDatabase, startTestPostgres } from '../postgres.ts'

interface Hub {
  id: string
  host: GitHost
  row: ProcessRow
  db: Db
  /** As `kill -9`: its connections go, its row stays. */
  kill(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'guildhall-locks-'))
const main = 'refs/heads/main'
const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
let url = ''

before(async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  url = database.url
  undo.push(() => postgres.stop(), database.drop)
})
after(async () => {
  for (const step of undo.reverse()) await step()
})

async function start(): Promise<Hub> {
  const id = newId()
  const { db, close } = openDatabase(url, () => undefined, id)
  await migrate(db)
  const row = openProcessRow(db, id)
  const host = openGit({
    folder,
    transfers: 1,
    maxPushBytes: 1e6,
    owner: row,
    spillFolder: folder,
    reserve: openDiskReserve(0),
  })
  await row.enter({ publicUrl: 'https://hub.example.org', keyFingerprint: 'ab'.repeat(8), isAlone: false })
  let ended: Promise<void> | undefined
  const kill = () => {
    row.abandon()
    host.readers.close()
    ended ??= close()
    return ended
  }
  undo.push(kill)
  return { id, host, row, db, kill }
}

async function repositoryWith(host: GitHost, commits: number) {
  const repo = newId()
  await createRepository(host, repo)
  const writer = scratchOn(host)
  const oids = Array.from({ length: commits }, (_, n) => writer.commit(repo, { a: String(n) }))
  return { repo, oids, head: () => writer.git(repo, ['rev-parse', main]) }
}

async function prepared(hub: Hub, repo: string, update: RefUpdate): Promise<PreparedReferences> {
  const answer = await prepareReferences(hub.host, repo, [update])
  if ('refused' in answer) assert.fail(answer.refused)
  return answer
}

suite('locks of two processes', () => {
  test('a live lock is not taken over by a process that started later: no acknowledged commit is lost', async () => {
    const first = await start()
    const { repo, oids, head } = await repositoryWith(first.host, 3)
    const [one = '', two = '', three = ''] = oids
    const move = await prepared(first, repo, { ref: main, from: three, to: two })
    const second = await start()
    const late = await prepareReferences(second.host, repo, [{ ref: main, from: three, to: one }])
    assert.deepEqual(late, { refused: 'locked' })
    await move.commit()
    assert.equal(head(), two)
    const stale = await prepareReferences(second.host, repo, [{ ref: main, from: three, to: one }])
    assert.deepEqual(stale, { refused: 'stale' })
    await (await prepared(second, repo, { ref: main, from: two, to: one })).commit()
    assert.equal(head(), one)
  })

  test('a process waits for the other while that one moves', async () => {
    const [first, second] = [await start(), await start()]
    const { repo, oids, head } = await repositoryWith(first.host, 2)
    const [one = '', two = ''] = oids
    const move = await prepared(first, repo, { ref: main, from: two, to: one })
    const waiting = prepared(second, repo, { ref: main, from: one, to: two })
    await move.commit()
    await (await waiting).commit()
    assert.equal(head(), two)
  })

  test('a killed process loses its locks once its row is gone, and not before', async () => {
    const [first, second] = [await start(), await start()]
    const { repo, oids, head } = await repositoryWith(first.host, 2)
    const [one = '', two = ''] = oids
    const move = await prepared(first, repo, { ref: main, from: two, to: one })
    await first.kill()
    // Long ago by its own heartbeat, and without connections
    await sql`update processes set seen_at = clock_timestamp() - interval '5 seconds' where id = ${first.id}`.execute(
      second.db,
    )
    await (await prepared(second, repo, { ref: main, from: two, to: one })).commit()
    assert.equal(head(), one)
    // What the dead one had begun comes to nothing
    await assert.rejects(move.commit())
    assert.equal(head(), one)
    const { rows } = await sql`select from processes where id = ${first.id}`.execute(second.db)
    assert.equal(rows.length, 0)
    const left = readdirSync(repositoryFolder(second.host, repo), { recursive: true, encoding: 'utf8' })
    assert.deepEqual(
      left.filter((name) => name.endsWith('.lock') || name === 'moving'),
      [],
    )
  })

  test('a process that lost its row moves nothing, and is back with the next heartbeat', async () => {
    const hub = await start()
    const { repo, oids, head } = await repositoryWith(hub.host, 2)
    const [one = '', two = ''] = oids
    const move = await prepared(hub, repo, { ref: main, from: two, to: one })
    await sql`delete from processes where id = ${hub.id}`.execute(hub.db)
    await hub.row.beat()
    await assert.rejects(move.commit(), { status: 503 })
    assert.equal(head(), two)
    await (await prepared(hub, repo, { ref: main, from: two, to: one })).commit()
    await hub.row.leave()
    await assert.rejects(prepareReferences(hub.host, repo, [{ ref: main, from: one, to: two }]), { status: 503 })
    assert.equal(head(), one)
  })
})
