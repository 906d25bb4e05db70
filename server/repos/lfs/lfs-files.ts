import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import type { RefUpdate } from '../../git/refs/references.ts'
import { commitsWithout, historyWithout, pointerBlobs } from '../../git/refs/rewrite.ts'
import { now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { moveReferences } from '../references/move-references.ts'
import { authorOf, type Committing } from '../registry/author.ts'
import type { RepoMaking } from '../registry/places.ts'
import { wantPruning } from '../registry/store.ts'
import { removeBytes } from './lfs-collect.ts'
import { placesOf } from './lfs-names.ts'
import { deleteLfsObjects, findLfsObjects, findPushers, listLfsObjects } from './lfs-store.ts'

type Lfs = typeof api.lfs
type Writing = Permit<'repo.write'>

const attempts = 3
const mostRecorded = 100

/** Lists the LFS objects of a repository, newest first, whether or not a file holds them. */
export async function listLfsFiles(
  db: Db,
  permit: Writing,
  input: InputOf<Lfs['listLfsFiles']>,
  { git, links }: Pick<Committing, 'git' | 'links'>,
): Promise<ResultOf<Lfs['listLfsFiles']>> {
  const [uploadedAt = '', oid = ''] = input.cursor === undefined ? [] : decodeCursor(input.cursor, 2)
  const after = input.cursor === undefined ? undefined : { uploadedAt: timeOf(uploadedAt), oid }
  const rows = await listLfsObjects(db, permit.repo.id, { after, most: input.limit + 1 })
  const { items, next } = pageOf(rows, input.limit, (row) => [row.uploaded_at.toISOString(), row.oid])
  const pushers = await findPushers(db, [...new Set(items.flatMap(({ uploaded_by }) => uploaded_by ?? []))])
  const places = await placesOf(
    git,
    permit.repo.id,
    items.map((row) => row.oid),
  )
  const reply = items.map(({ oid, size, uploaded_at, uploaded_by, file_name }) => {
    const pusher = uploaded_by === null ? undefined : pushers.get(uploaded_by)
    const place = places.get(oid)
    return {
      ...{ fileOid: oid, oid, size, pushedAt: uploaded_at.toISOString() },
      // The clients need a name also of what no commit ever held
      filename: place?.path ?? file_name ?? oid,
      ...(place && { ref: place.ref }),
      ...(pusher && { pusher: pusherReply(pusher, links) }),
    }
  })
  return { items: reply, next }
}

function timeOf(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw badField('cursor', 'is invalid. Start again without it')
  return text
}

function pusherReply({ id, name, fullname }: { id: string; name: string; fullname: string }, links: Links) {
  return {
    _id: id,
    name,
    fullname,
    avatarUrl: avatarUrl(links, name),
    type: 'user' as const,
    isPro: false,
    isHf: false,
    ...noStaff,
  }
}

const noStaff = { isHfAdmin: false, isMod: false }

/** Deletes LFS objects with the files that hold them: in all of history unless told otherwise, else where branches end. */
export async function deleteLfsFiles(
  db: Db,
  permit: Writing,
  { deletions }: InputOf<Lfs['deleteLfsFiles']>,
  services: RepoMaking,
): Promise<ResultOf<Lfs['deleteLfsFiles']>> {
  await deleteFiles(db, permit, { names: deletions.sha, rewriteHistory: deletions.rewriteHistory ?? true }, services)
  return { success: true }
}

/** Deletes one LFS object in the same way. */
export async function deleteLfsFile(
  db: Db,
  permit: Writing,
  { sha, rewriteHistory }: InputOf<Lfs['deleteLfsFile']>,
  services: RepoMaking,
): Promise<ResultOf<Lfs['deleteLfsFile']>> {
  await deleteFiles(db, permit, { names: [sha], rewriteHistory: rewriteHistory ?? true }, services)
  return { success: true }
}

// First no branch leads to them any more, then they go: what fails in between is done by asking again.
async function deleteFiles(
  db: Db,
  permit: Writing,
  { names, rewriteHistory }: { names: string[]; rewriteHistory: boolean },
  services: RepoMaking,
): Promise<void> {
  const found = await findLfsObjects(db, permit.repo.id, names)
  if (found.length === 0) throw new HubError('NotFound', 'None of these are LFS files of this repository.')
  const oids = found.map(({ oid }) => oid)
  await takeOutFiles(db, permit, { oids, rewriteHistory }, services)
  const begun = now()
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await deleteLfsObjects(tx, permit.repo.id, oids)
  })
  await removeBytes(db, { stores: services, repoId: permit.repo.id }, oids, begun)
}

async function takeOutFiles(
  db: Db,
  permit: Writing,
  { oids, rewriteHistory }: { oids: string[]; rewriteHistory: boolean },
  committing: Committing,
): Promise<void> {
  const { git } = committing
  const wanted = new Set(oids)
  const what = `deleted ${oids.length === 1 ? 'an LFS file' : `${oids.length} LFS files`}`
  const data = { oids: oids.slice(0, mostRecorded), count: oids.length, rewriteHistory }
  const event = { type: 'repo.delete_lfs_files', what, data }
  const also = async (tx: Tx) => {
    if (rewriteHistory) await wantPruning(tx, permit.repo.id)
  }
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const blobs = await pointerBlobs(git, permit.repo.id, (oid) => wanted.has(oid))
    const updates = await updatesWithout(permit, { blobs, rewriteHistory }, committing)
    if ((await moveReferences(db, git, permit, { updates, event, also })) === 'moved') return
  }
  throw new HubError('Conflict', 'The repository keeps changing. Try again in a moment.')
}

async function updatesWithout(
  permit: Writing,
  { blobs, rewriteHistory }: { blobs: Set<string>; rewriteHistory: boolean },
  { git, links }: Committing,
): Promise<RefUpdate[]> {
  const { repo } = permit
  if (blobs.size === 0) return []
  if (rewriteHistory) return historyWithout(git, repo.id, blobs)
  const message = 'Delete LFS files'
  return commitsWithout(git, repo.id, blobs, { message, author: authorOf(permit, links), date: now() })
}
