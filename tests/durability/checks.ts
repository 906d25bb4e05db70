// After a kill and a new start: whether everything that was acknowledged is there, and nothing is half there.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { openGit } from '../../server/git/host.ts'
import { onlyOwner } from '../../server/git/process/move-lock.ts'
import { openLfsDisk } from '../../server/lfs/disk/disk.ts'
import { sweepRepositories } from '../../server/repos/registry/places.ts'
import { openDiskReserve } from '../../server/shares/disk.ts'
import { type Connection, openDatabase } from '../../server/store/database.ts'
import { clusterPort, clusterUser } from '../../server/store/postgres/embedded-cluster.ts'
import { shortPath } from '../../server/store/postgres/embedded-folders.ts'
import type { LargeFile, Ledger } from './ledger.ts'
import { busyRepo, git, type Place, send } from './work.ts'

/** What a round began with: earlier rounds have been looked at already. */
export interface Since {
  large: number
  checked: Set<string>
}

type Hub = Pick<Place, 'url' | 'token'> & { at: Kept }

/** Where a hub keeps what must not be lost. */
export interface Kept {
  /** Folder with `repositories` and `lfs`. */
  folder: string
  connection: Connection
}

/** A hub that has everything in its data folder. */
export function keptIn(dataDir: string): Kept {
  const host = shortPath(join(dataDir, 'postgres/cluster'))
  return { folder: dataDir, connection: { host, port: clusterPort, user: clusterUser, database: 'guildhall' } }
}

/** Everything in the ledger is there. */
export async function checkAcknowledged(hub: Hub, ledger: Ledger, since: Since): Promise<void> {
  const ids = await repositoryIds(hub.at)
  const busy = folderOf(hub.at, ids.get(busyRepo) ?? '')
  const refs = new Map(
    (await git(busy, ['for-each-ref', '--format=%(refname) %(objectname)'])).text
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
  for (const [ref, commit] of ledger.pushed) await requireReached(busy, { ref, at: refs.get(ref), commit })
  for (const [ref, commits] of ledger.committed) {
    const history = new Set((await git(busy, ['rev-list', ref])).text.split('\n'))
    for (const commit of commits) assert.ok(history.has(commit), `the commit ${commit} is not in ${ref} any more`)
  }
  for (const file of ledger.large.slice(since.large)) await checkLarge(hub, file)
  for (const name of ledger.created) assert.ok(ids.has(name), `the repository ${name} is gone`)
  for (const name of ledger.deleted) assert.ok(!ids.has(name), `the repository ${name} is back`)
  await checkOneClones(hub, [...ledger.created].at(-1))
}

async function requireReached(
  folder: string,
  { ref, at, commit }: { ref: string; at: string | undefined; commit: string },
): Promise<void> {
  assert.ok(at, `${ref} is gone`)
  if (at === commit) return
  const { code } = await git(folder, ['merge-base', '--is-ancestor', commit, at], [0, 1, 128])
  assert.equal(code, 0, `${ref} is at ${at}, without ${commit}`)
}

/** The bytes of a large file come back as they were sent. */
async function checkLarge(hub: Hub, { repo, oid, size }: LargeFile): Promise<void> {
  const batch = await send(hub, 'POST', `/${repo}.git/info/lfs/objects/batch`, {
    type: 'application/vnd.git-lfs+json',
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects: [{ oid, size }] }),
  })
  assert.equal(batch?.status, 200, batch?.text)
  const { download } = JSON.parse(batch.text).objects[0].actions ?? {}
  assert.ok(download, `the large file ${oid} is gone: ${batch.text}`)
  const answer = await fetch(download.href, { headers: download.header ?? {} })
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(
    createHash('sha256').update(bytes).digest('hex'),
    oid,
    `${answer.status}, ${bytes.length} of ${size} bytes`,
  )
}

async function checkOneClones(hub: Hub, name: string | undefined): Promise<void> {
  if (name === undefined) return
  const url = `${hub.url}/${name}`.replace('://', `://ada:${hub.token}@`)
  assert.match((await git('/', ['ls-remote', url])).text, /refs\/heads\/main/)
}

/** Every row has a folder; folders without a row are only those that no one was told of. Every repository is sound. */
export async function checkWhole(hub: Hub, since: Since): Promise<void> {
  const ids = await repositoryIds(hub.at)
  const folders = new Set(repositoryFolders(hub.at))
  for (const [name, id] of ids) assert.ok(folders.has(id), `the row of ${name} has no folder`)
  for (const [name, id] of ids) {
    if (name !== busyRepo && since.checked.has(name)) continue
    since.checked.add(name)
    await checkSound(hub.at, id)
  }
}

/** Folders of repositories that have no row. */
export async function strayFolders(at: Kept): Promise<string[]> {
  const known = new Set((await repositoryIds(at)).values())
  return repositoryFolders(at).filter((id) => !known.has(id))
}

/** Sweeps as the hub does, of any age; what was left over is gone then, in the folder of large files too. */
export async function checkSwept(at: Kept): Promise<void> {
  const git = openGit({
    folder: join(at.folder, 'repositories'),
    transfers: 0,
    maxPushBytes: 2 ** 33,
    owner: onlyOwner(),
    reserve: openDiskReserve(0),
    spillFolder: at.folder,
  })
  const lfs = openLfsDisk({ folder: join(at.folder, 'lfs'), reserve: openDiskReserve(0) })
  const { db, close } = openDatabase(at.connection, () => undefined)
  try {
    await sweepRepositories(db, { git, lfs }, 0)
  } finally {
    git.readers.close()
    await close()
  }
  assert.deepEqual(await strayFolders(at), [])
  assert.deepEqual(readdirSync(join(at.folder, 'repositories/trash')), [])
}

// A hub that goes on may repack what git is looking at: that seems to be missing, and is found by another look.
async function checkSound(at: Kept, id: string): Promise<void> {
  let problems = await problemsIn(at, id)
  for (let look = 1; look < 3 && problems.length > 0; look++) problems = await problemsIn(at, id)
  assert.deepEqual(problems, [])
}

async function problemsIn(at: Kept, id: string): Promise<string[]> {
  const { code, text } = await git(
    folderOf(at, id),
    ['fsck', '--strict', '--full', '--no-dangling'],
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  )
  const found = text.split('\n').filter((line) => line !== '' && !/^notice: |^Checking /.test(line))
  return code === 0 || found.length > 0 ? found : [`git fsck ended with ${code}`]
}

/** Names and ids of all repositories, as the database has them. */
async function repositoryIds(at: Kept): Promise<Map<string, string>> {
  const client = new pg.Client(at.connection)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select o.name || '/' || r.name as name, r.id from repositories r join organizations o on o.id = r.org_id`,
    )
    return new Map(rows.map(({ name, id }) => [String(name), String(id)]))
  } finally {
    await client.end()
  }
}

function repositoryFolders(at: Kept): string[] {
  const root = join(at.folder, 'repositories')
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name))
    .flatMap((part) => readdirSync(join(root, part.name)))
    .filter((name) => /^[0-9a-f]{24}\.git$/.test(name))
    .map((name) => name.slice(0, -'.git'.length))
}

/** Leaves locks in the busy repository as a process killed in the middle of moving these references does. */
export async function leaveLocks(at: Kept, refs: string[]): Promise<void> {
  const folder = folderOf(at, (await repositoryIds(at)).get(busyRepo) ?? '')
  for (const name of ['HEAD', 'packed-refs', ...refs]) writeFileSync(join(folder, `${name}.lock`), '')
}

function folderOf(at: Kept, id: string): string {
  assert.match(id, /^[0-9a-f]{24}$/)
  return join(at.folder, 'repositories', id.slice(-2), `${id}.git`)
}
