import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { authorize } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { minuteSeconds, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { type LfsObject, type LfsStore, partBytes, partCount } from '../../lfs/bytes/bytes.ts'
import type { UploadLimits } from '../../lfs/bytes/limits.ts'
import type { Db } from '../../store/database.ts'
import { allowanceOf, type StorageOwner, storageOwnerOf } from '../storage/limit.ts'
import { actionAt, type LinkHolder, type LinkSigner, linkTo } from './lfs-links.ts'
import { deleteIdleUploads, findLfsObjects, insertLfsUploads, type LfsUpload, renewLfsObjects } from './lfs-store.ts'

type Lfs = typeof api.lfs
type Reply = ResultOf<Lfs['lfsBatch']>
type BatchObject = Reply['objects'][number]
type Asking = LinkHolder & LinkSigner

/** What the batch API uses: the store, how links are signed, and how large an object may be. */
interface LfsServices extends LinkSigner {
  lfs: LfsStore
  uploads: UploadLimits
  /** Where clients that ask for it upload by Xet, and with what; nowhere if that is turned off. */
  xet?: ((permit: Permit<'repo.write'>) => Promise<XetUpload>) | undefined
}

/** The address of tokens, and the first one in headers. */
export interface XetUpload {
  href: string
  header: Record<string, string>
}

const mostObjects = 1000
/** What may come in one request; larger objects come in parts. */
const mostSingleBytes = 5 * 1024 ** 3
/** Addresses of parts in one answer; each is signed. */
const mostPartLinks = 100_000
/** A part takes no longer to come. */
const idleSeconds = 15 * minuteSeconds
const hashNames = [undefined, 'sha256', 'sha_256']

/** Says where objects are to be fetched, or where those that are missing are to be sent; uploading takes write access. */
export async function lfsBatch(
  db: Db,
  permit: Permit<'repo.read'>,
  input: InputOf<Lfs['lfsBatch']>,
  services: LfsServices,
): Promise<Reply> {
  const objects = soundObjects(input.objects)
  if (!hashNames.includes(input.hash_algo)) throw new HubError('Conflict', 'hash_algo: Only sha256 is supported.')
  const { key, links } = services
  if (input.operation === 'download')
    return downloads(db, { actor: permit.actor, repo: permit.repo, key, links }, objects)
  const writing = await authorize(db, permit, 'repo.write', { repoId: permit.repo.id })
  const asking = { actor: writing.actor, repo: writing.repo, key, links, owner: storageOwnerOf(writing) }
  const transfers = input.transfers ?? []
  const xet = wantsXet(permit, transfers) ? await services.xet?.(writing) : undefined
  return uploads(db, asking, objects, { ...services, transfers, xet })
}

// Older versions of huggingface_hub offer it too, with libraries that speak it otherwise
function wantsXet({ request }: Permit<'repo.read'>, transfers: string[]): boolean {
  return transfers.includes('xet') && !/\bhf_hub\//.test(request.userAgent ?? '')
}

function soundObjects(objects: LfsObject[]): LfsObject[] {
  if (objects.length > mostObjects)
    throw new HubError('PayloadTooLarge', `objects: At most ${mostObjects} per request. Send several requests.`)
  for (const [index, { oid, size }] of objects.entries()) {
    if (!/^[0-9a-f]{64}$/.test(oid)) throw unsound(`objects[${index}].oid: Must be a SHA-256 in lowercase hexadecimal.`)
    if (!Number.isSafeInteger(size) || size < 0) throw unsound(`objects[${index}].size: Must be a number of bytes.`)
  }
  return [...new Map(objects.map(({ oid, size }) => [oid, { oid, size }])).values()]
}

function unsound(sentence: string): HubError {
  return new HubError('Unprocessable', sentence)
}

async function storedSizes(db: Db, repoId: string, objects: LfsObject[]): Promise<Map<string, number>> {
  const oids = objects.map(({ oid }) => oid)
  const rows = await findLfsObjects(db, repoId, oids)
  return new Map(rows.map(({ oid, size }) => [oid, size]))
}

async function downloads(db: Db, asking: Asking, objects: LfsObject[]): Promise<Reply> {
  const stored = await storedSizes(db, asking.repo.id, objects)
  const answers = objects.map((object): BatchObject => {
    const size = stored.get(object.oid)
    if (size === undefined) return refusal(object, 404, 'The object does not exist in this repository.')
    if (size !== object.size) return refusal(object, 422, `The object has ${size} bytes, not ${object.size}.`)
    return { ...object, authenticated: true, actions: { download: actionAt(linkTo(asking, 'download', object)) } }
  })
  return { transfer: 'basic', objects: answers, hash_algo: 'sha256' }
}

function refusal(object: LfsObject, code: number, message: string): BatchObject {
  return { ...object, error: { code, message } }
}

interface Asked {
  transfers: string[]
  xet: XetUpload | undefined
}

async function uploads(
  db: Db,
  asking: Asking & { owner: StorageOwner },
  objects: LfsObject[],
  { lfs, uploads: limits, transfers, xet }: Omit<LfsServices, 'xet'> & Asked,
): Promise<Reply> {
  const stored = await storedSizes(db, asking.repo.id, objects)
  await renewLfsObjects(db, asking.repo.id, [...stored.keys()])
  const mostBytes = limits.lfsObject
  const wanted = objects.filter(({ oid, size }) => !stored.has(oid) && size <= mostBytes)
  await endIdleUploads(db, { lfs, repoId: asking.repo.id }, wanted)
  if (wanted.length > 0) (await allowanceOf(db, asking.owner)).ask(wanted.reduce((sum, { size }) => sum + size, 0))
  const byXet = wanted.every(({ size }) => size > 0) ? xet : undefined
  const inParts = byXet === undefined && goesInParts(wanted, transfers)
  if (inParts && wanted.reduce((sum, { size }) => sum + partCount(size), 0) > mostPartLinks)
    throw new HubError('PayloadTooLarge', 'objects: Too many parts for one response. Request fewer objects at a time.')
  const begun = inParts ? await beginUploads(db, { lfs, repoId: asking.repo.id }, wanted) : new Map<string, string>()
  const answers = objects.map((object): BatchObject => {
    const size = stored.get(object.oid)
    if (size === object.size) return object
    if (size !== undefined) return refusal(object, 422, `An object with this SHA-256 has ${size} bytes.`)
    if (object.size > mostBytes)
      return refusal(object, 422, `The object is larger than the limit of ${mostBytes} bytes.`)
    if (byXet !== undefined) return { ...object, authenticated: true, actions: { upload: byXet } }
    const uploadId = begun.get(object.oid)
    if (uploadId !== undefined) return partsAnswer(asking, object, uploadId)
    return object.size > mostSingleBytes ? refusal(object, 422, tooLargeAlone) : singleAnswer(asking, object)
  })
  const alone = byXet === undefined ? 'basic' : 'xet'
  return { transfer: inParts ? 'multipart' : alone, objects: answers, hash_algo: 'sha256' }
}

const tooLargeAlone =
  'Files over 5 GB must be uploaded in parts, which git-lfs doesn’t do by default. Run `hf lfs-enable-largefiles .` in the ' +
  'repository folder (install it with `pip install huggingface_hub`), then push again.'

// One way counts for the whole batch; it is worth it from two parts on.
function goesInParts(wanted: LfsObject[], transfers: string[]): boolean {
  if (!transfers.includes('multipart') || wanted.some(({ size }) => size === 0)) return false
  return wanted.some(({ size }) => partCount(size) > 1)
}

// Begun again, an upload that broke off is not gone on with; until it ends, it counts toward the storage limit.
async function endIdleUploads(
  db: Db,
  { lfs, repoId }: { lfs: LfsStore; repoId: string },
  objects: LfsObject[],
): Promise<void> {
  if (objects.length === 0) return
  const oids = objects.map(({ oid }) => oid)
  for (const storeId of await deleteIdleUploads(db, repoId, oids, secondsFromNow(-idleSeconds)))
    await lfs.abortParts(repoId, storeId)
}

async function beginUploads(
  db: Db,
  { lfs, repoId }: { lfs: LfsStore; repoId: string },
  objects: LfsObject[],
): Promise<Map<string, string>> {
  const begin = async (object: LfsObject): Promise<LfsUpload> => ({
    ...{ id: newId(), ...object },
    store_id: await lfs.beginParts(repoId, object),
  })
  const begun = await Promise.all(objects.map(begin))
  await insertLfsUploads(db, repoId, begun)
  return new Map(begun.map(({ oid, id }) => [oid, id]))
}

function singleAnswer(asking: Asking, object: LfsObject): BatchObject {
  const upload = actionAt(linkTo(asking, 'upload', object))
  return { ...object, authenticated: true, actions: { upload, verify: verifyAction(asking, object) } }
}

function verifyAction(asking: Asking, object: LfsObject) {
  return actionAt(linkTo(asking, 'verify', object))
}

// The agents take every key but `chunk_size` for a part, in the order of the keys.
function partsAnswer(asking: Asking, object: LfsObject, uploadId: string): BatchObject {
  const header: Record<string, string> = { chunk_size: String(partBytes(object.size)) }
  for (let part = 1; part <= partCount(object.size); part++) {
    header[String(part).padStart(5, '0')] = linkTo(asking, 'part', object, { uploadId, part })
  }
  const upload = actionAt(linkTo(asking, 'complete', object, { uploadId }), header)
  return { ...object, authenticated: true, actions: { upload, verify: verifyAction(asking, object) } }
}
