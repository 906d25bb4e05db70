import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { LfsStore } from '../../lfs/bytes/bytes.ts'
import { checked } from '../../lfs/bytes/checks.ts'
import type { UploadLimits } from '../../lfs/bytes/limits.ts'
import type { Stage } from '../../lfs/xet/stage.ts'
import { type Db, transaction } from '../../store/database.ts'
import { removeBytes } from '../lfs/lfs-collect.ts'
import { findLfsObjects } from '../lfs/lfs-store.ts'
import { lockRepoRow } from '../registry/store.ts'
import { refuseBeyondLimit, storageOwnerOf } from '../storage/limit.ts'
import { contentOf, type KnownXorbs, openXorbs } from './xet-content.ts'
import { enterFiles } from './xet-entry.ts'
import { checkFiles, type NewFile, readFiles } from './xet-files.ts'
import { deleteXorbs, findFiles, findXorb, raiseGeneration } from './xet-store.ts'
import { checkedXorb } from './xet-threads.ts'

type Writing = Permit<'repo.write'>

/** Where files go, and what they are made of. */
export interface RegisterServices {
  git: GitHost
  lfs: LfsStore
  stage: Stage
  uploads: UploadLimits
}

/** One registration: by which address it came, whether its caller is still there, and who is told how far it is. */
export interface Registration {
  shard: Buffer
  /** Of the address. */
  generation: number
  signal: AbortSignal
  tell(verified: number, total: number): void
}

/**
 * Makes LFS files of what a shard describes: all of them or none. The SHA-256 that it gives is a claim, so that each
 * content is read and hashed before it counts. Answers whether any of them was new.
 */
export async function registerShard(
  db: Db,
  permit: Writing,
  { shard, generation, signal, tell }: Registration,
  services: RegisterServices,
): Promise<boolean> {
  const repoId = permit.repo.id
  const files = await readFiles(db, repoId, shard, services.uploads.lfsObject).catch(async (error) => {
    // Its client believes that what it names is here, and would name it again and again
    if (error instanceof HubError && error.code === 'Unprocessable') await raiseGeneration(db, repoId, generation)
    throw error
  })
  // Large uploads list their xorbs in several shards, and files in one of them
  if (files.length === 0) return false
  const stored = await storedAmong(db, repoId, files)
  const fresh = files.filter((file) => !stored.has(file.oid))
  await refuseBeyondLimit(db, storageOwnerOf(permit), sizeOf(fresh))
  const xorbs = openXorbs(db, repoId)
  await checkFiles(files, xorbs)
  const unread = await unreadAmong(db, repoId, files)
  const made: NewFile[] = []
  try {
    await readContents(db, { files: unread, stored, xorbs, made, signal, tell }, services)
    const unused = await enterFiles(db, permit, services, files)
    for (const name of unused) await services.stage.remove(repoId, name)
  } catch (error) {
    await removeMade(db, services, repoId, made)
    throw error
  }
  return unread.length > 0
}

const sizeOf = (files: readonly NewFile[]) => files.reduce((sum, { size }) => sum + size, 0)

// The content of each object is there already, whichever way it came.
async function storedAmong(db: Db, repoId: string, files: readonly NewFile[]): Promise<Set<string>> {
  const rows = await findLfsObjects(
    db,
    repoId,
    files.map(({ oid }) => oid),
  )
  const sizes = new Map(rows.map(({ oid, size }) => [oid, size]))
  return new Set(files.filter(({ oid, size }) => sizes.get(oid) === size).map(({ oid }) => oid))
}

// The hash of a file is that of all of its chunks: once read, its content is known.
async function unreadAmong(db: Db, repoId: string, files: readonly NewFile[]): Promise<NewFile[]> {
  const known = new Set((await findFiles(db, repoId, files)).map(({ hash, oid }) => `${hash} ${oid}`))
  return files.filter(({ hash, oid }) => !known.has(`${hash} ${oid}`))
}

interface Reading {
  files: readonly NewFile[]
  stored: ReadonlySet<string>
  xorbs: KnownXorbs
  /** Gets those whose bytes are in the store now. */
  made: NewFile[]
  signal: AbortSignal
  tell: Registration['tell']
}

async function readContents(
  db: Db,
  { files, stored, xorbs, made, signal, tell }: Reading,
  services: RegisterServices,
): Promise<void> {
  const total = sizeOf(files)
  let verified = 0
  const note = (bytes: number) => {
    verified += bytes
    tell(verified, total)
    signal.throwIfAborted()
  }
  for (const file of files) {
    const content = noted(contentOf(file.terms(), xorbs, services), note)
    try {
      if (stored.has(file.oid)) for await (const _ of checked(file, content));
      else await services.lfs.put(xorbs.repoId, file, content)
    } catch (error) {
      if (isDamage(error)) await dropDamaged(db, xorbs.repoId, file, services.stage)
      throw error
    }
    if (!stored.has(file.oid)) made.push(file)
  }
}

async function* noted(content: AsyncIterable<Uint8Array>, note: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    note(piece.byteLength)
    yield piece
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof HubError && (error.code === 'Unprocessable' || error.code === 'BadRequest')
}

// A file of the stage may not have outlived a power cut; what is damaged there is to be sent again.
async function dropDamaged(db: Db, repoId: string, file: NewFile, stage: Stage): Promise<void> {
  const damaged: string[] = []
  for (const xorb of new Set([...file.terms()].map((term) => term.xorb))) {
    const row = await findXorb(db, repoId, xorb)
    if (!row?.staged) continue
    const found = await checkedXorb(stage.fileOf(repoId, row.staged)).catch(() => undefined)
    if (found?.hash !== xorb) damaged.push(xorb)
  }
  if (damaged.length === 0) return
  log.warn({ repository: repoId, xorbs: damaged.length }, 'dropped damaged uploads')
  const names = await transaction(db, async (tx) =>
    (await lockRepoRow(tx, repoId)) === undefined ? [] : deleteXorbs(tx, repoId, damaged),
  )
  for (const name of names) await stage.remove(repoId, name)
}

async function removeMade(
  db: Db,
  { git, lfs }: RegisterServices,
  repoId: string,
  made: readonly NewFile[],
): Promise<void> {
  const oids = made.map(({ oid }) => oid)
  const untilNextSweep = (error: unknown) => log.warn({ err: error }, 'bytes stay until the next sweep')
  await removeBytes(db, { stores: { git, lfs }, repoId }, oids, now()).catch(untilNextSweep)
}
