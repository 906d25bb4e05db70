import { Readable } from 'node:stream'
import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply, RawRequest, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import type { GitHost } from '../../git/host.ts'
import { outOfTouch } from '../../git/process/move-lock.ts'
import { whileStill } from '../../git/refs/references.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { lfsBody } from '../../lfs/bytes/body.ts'
import { type LfsObject, type LfsStore, partBytes, type SentPart } from '../../lfs/bytes/bytes.ts'
import { type LinkClaims, longestLinkSeconds } from '../../lfs/bytes/links.ts'
import type { Arriving } from '../../shares/arriving.ts'
import { type Db, transaction } from '../../store/database.ts'
import type { Downloads } from '../gates/downloads.ts'
import type { RepoStores } from '../registry/places.ts'
import { rangeOf } from '../registry/ranges.ts'
import { allowanceOf, refuseAboveLimit, storageOwnerOf } from '../storage/limit.ts'
import { removeBytes } from './lfs-collect.ts'
import { claimsOf } from './lfs-links.ts'
import {
  deleteLfsUpload,
  findLfsObjects,
  findLfsUpload,
  insertLfsObject,
  type LfsUpload,
  touchLfsUpload,
} from './lfs-store.ts'

type Lfs = typeof api.lfs
type Writing = Permit<'repo.write'>

/** Where large files are, and the key of the links that lead there. */
interface LinkStore {
  lfs: LfsStore
  key: InstanceKey
}

/** The same, for what enters a repository. */
interface UploadStore extends LinkStore {
  git: GitHost
}

/** Takes an object, or a part of one, by a signed link. An object is the repository's when this returns, durably. */
export async function lfsUpload(
  db: Db,
  permit: Writing,
  { link, raw }: InputOf<Lfs['lfsUpload']>,
  { git, lfs, key, arriving }: UploadStore & { arriving: Arriving },
): Promise<RawReply> {
  const claims = await claimsOf(db, { actor: permit.actor, repo: permit.repo, key }, link, ['upload', 'part'])
  refuseEncoded(raw)
  if (claims.op === 'part') return takePart(db, permit, claims, { lfs, raw, arriving })
  requireLength(raw, claims.size)
  const object = { oid: claims.oid, size: claims.size }
  await whileItFits(db, permit, { arriving, bytes: object.size }, () =>
    unlessBroken(raw, () => lfs.put(permit.repo.id, object, keptOpen(raw))),
  )
  await enterOrRemove(db, permit, { git, lfs }, { object })
  return { status: 200, headers: {} }
}

async function takePart(
  db: Db,
  permit: Writing,
  claims: LinkClaims,
  { lfs, raw, arriving }: { lfs: LfsStore; raw: RawRequest; arriving: Arriving },
): Promise<RawReply> {
  const upload = await getUpload(db, permit, claims)
  const number = claims.part ?? 0
  const size = Math.min(partBytes(upload.size), upload.size - (number - 1) * partBytes(upload.size))
  requireLength(raw, size)
  const part = { number, size, body: keptOpen(raw) }
  const etag = await whileItFits(db, permit, { arriving, bytes: size }, () =>
    unlessBroken(raw, () => lfs.putPart(permit.repo.id, upload.store_id, part)),
  )
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await touchLfsUpload(tx, upload.id, size)
  })
  return { status: 200, headers: { ETag: etag } }
}

// Others that are on their way count too, so that no one keeps more on the disk than fits
async function whileItFits<T>(
  db: Db,
  permit: Writing,
  { arriving, bytes }: { arriving: Arriving; bytes: number },
  work: () => Promise<T>,
): Promise<T> {
  const owner = storageOwnerOf(permit)
  const release = arriving.hold(owner.id, bytes)
  try {
    const { ask } = await allowanceOf(db, owner)
    ask(arriving.of(owner.id))
    return await work()
  } finally {
    release()
  }
}

async function getUpload(db: Db, permit: Writing, { uploadId, oid }: LinkClaims): Promise<LfsUpload> {
  const upload = await findLfsUpload(db, permit.repo.id, uploadId ?? '')
  if (upload?.oid === oid) return upload
  throw new HubError('NotFound', 'This upload has ended. Start it again.')
}

function refuseEncoded({ headers }: RawRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new HubError('UnsupportedMediaType', 'Send the file without Content-Encoding.')
}

function requireLength({ headers }: RawRequest, size: number): void {
  const length = headers['content-length']
  if (length === undefined || Number(length) === size) return
  throw new HubError('BadRequest', `Content-Length: Must be ${size}, not ${length}.`)
}

// Who sends too much is to hear so: a body that is left in the middle would take its connection along.
function keptOpen({ body }: RawRequest): AsyncIterable<Uint8Array> {
  return body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : body
}

// Who is gone hears no answer; for the log it is no fault of ours.
async function unlessBroken<T>(raw: RawRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HubError || !raw.signal.aborted) throw error
    throw new HubError('BadRequest', 'The upload was interrupted.')
  }
}

// The bytes are durable; before the object is the repository's, the decision is asked for once more.
async function enterLfsObject(
  db: Db,
  permit: Writing,
  { git, lfs }: RepoStores,
  { object, uploadId }: { object: LfsObject; uploadId?: string },
): Promise<void> {
  const { repo } = permit
  // In the repository's turn nothing removes bytes; it may have happened a moment ago.
  const entered = await whileStill(git, repo.id, async ({ still }) => {
    if ((await lfs.sizeOf(repo.id, object.oid)) !== object.size)
      throw new HubError('Unavailable', 'The object has just been deleted. Send it again.')
    await transaction(db, async (tx) => {
      const fresh = await recheck(tx, permit)
      if (!still()) throw outOfTouch()
      const isNew = await insertLfsObject(tx, { repoId: repo.id, ...object, uploadedBy: permit.actor.id })
      if (uploadId !== undefined) await deleteLfsUpload(tx, uploadId)
      if (isNew) await refuseAboveLimit(tx, storageOwnerOf(fresh))
    })
    return true
  })
  if (!entered) throw new HubError('Unavailable', 'The repository is busy. Try again shortly.')
}

// What does not fit within the storage limit leaves no bytes
async function enterOrRemove(
  db: Db,
  permit: Writing,
  stores: RepoStores,
  entering: { object: LfsObject; uploadId?: string },
): Promise<void> {
  try {
    await enterLfsObject(db, permit, stores, entering)
  } catch (error) {
    if (error instanceof HubError && error.code === 'StorageLimit') {
      await removeBytes(db, { stores, repoId: permit.repo.id }, [entering.object.oid], now())
      if (entering.uploadId !== undefined) await deleteLfsUpload(db, entering.uploadId)
    }
    throw error
  }
}

/** Joins the parts of an object, or says whether an object has arrived, by a signed link. */
export async function lfsComplete(
  db: Db,
  permit: Writing,
  { link, oid, size, parts = [] }: InputOf<Lfs['lfsComplete']>,
  { git, lfs, key }: UploadStore,
): Promise<ResultOf<Lfs['lfsComplete']>> {
  const claims = await claimsOf(db, { actor: permit.actor, repo: permit.repo, key }, link, ['complete', 'verify'])
  if (oid !== claims.oid || (size !== undefined && size !== claims.size))
    throw new HubError('Unprocessable', 'oid: This link is for another object.')
  if (claims.op === 'verify') await requireObject(db, permit, claims)
  else await completeUpload(db, permit, claims, { git, lfs, parts })
  return {}
}

async function completeUpload(
  db: Db,
  permit: Writing,
  claims: LinkClaims,
  { git, lfs, parts }: RepoStores & { parts: SentPart[] },
): Promise<void> {
  const object = { oid: claims.oid, size: claims.size }
  const upload = await findLfsUpload(db, permit.repo.id, claims.uploadId ?? '')
  // Asked again because the first answer was lost
  if (upload === undefined) return requireObject(db, permit, object)
  await touchLfsUpload(db, upload.id, 0)
  await lfs.completeParts(permit.repo.id, upload.store_id, object, parts)
  await enterOrRemove(db, permit, { git, lfs }, { object, uploadId: upload.id })
}

async function requireObject(db: Db, permit: Writing, { oid, size }: LfsObject): Promise<void> {
  const [row] = await findLfsObjects(db, permit.repo.id, [oid])
  if (row?.size !== size) throw new HubError('NotFound', 'The object is not in this repository. Send it again.')
}

/** Says whether an object has arrived, to callers who show who they are. */
export async function lfsVerify(
  db: Db,
  permit: Writing,
  { oid, size }: InputOf<Lfs['lfsVerify']>,
): Promise<ResultOf<Lfs['lfsVerify']>> {
  await requireObject(db, permit, { oid, size })
  return { oid, size }
}

/** Sends an object, or a range of it, by a signed link; or says where the store gives it out itself. */
export async function lfsDownload(
  db: Db,
  permit: Permit<'repo.read'>,
  { link, raw }: InputOf<Lfs['lfsDownload']>,
  { lfs, key, downloads }: LinkStore & { downloads: Downloads },
): Promise<RawReply> {
  const { repo } = permit
  const { oid } = await claimsOf(db, { actor: permit.actor, repo: permit.repo, key }, link, ['download'])
  const [row] = await findLfsObjects(db, repo.id, [oid])
  if (row === undefined) throw new HubError('NotFound', 'The object is not in this repository.')
  if (raw.method !== 'HEAD') downloads.note(permit, { via: 'lfs', path: row.file_name ?? oid })
  const as = { fileName: row.file_name?.split('/').at(-1) ?? oid, contentType: 'application/octet-stream' }
  const address = await lfs.downloadUrl(repo.id, oid, longestLinkSeconds, as)
  if (address !== undefined) return { status: 302, headers: { Location: address } }
  const range = rangeOf(raw.headers.range, row.size)
  if (range === 'unsatisfiable')
    throw new HubError('RangeNotSatisfiable', `Range: The object has only ${row.size} bytes.`, {
      headers: { 'Content-Range': `bytes */${row.size}` },
    })
  const body =
    raw.method === 'HEAD' ? undefined : await lfsBody(lfs, repo.id, oid, range ?? { start: 0, end: row.size - 1 })
  if (body === undefined && raw.method !== 'HEAD')
    throw new HubError('NotFound', 'The content of this object is missing from the storage. Tell a site admin.')
  const length = range ? range.end - range.start + 1 : row.size
  return {
    status: range ? 206 : 200,
    headers: {
      'Content-Type': as.contentType,
      'Content-Length': String(length),
      'Content-Disposition': 'attachment',
      'Accept-Ranges': 'bytes',
      ETag: `"${oid}"`,
      ...(range && { 'Content-Range': `bytes ${range.start}-${range.end}/${row.size}` }),
    },
    body,
  }
}
