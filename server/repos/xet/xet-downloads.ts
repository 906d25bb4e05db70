import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply } from '../../../api/index.ts'
import { deadLink } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import type { LfsObject, LfsStore } from '../../lfs/bytes/bytes.ts'
import { type FileTerm, framed, plainRange, termsOf, xorbCount, xorbLength } from '../../lfs/xet/pieces.ts'
import type { Db } from '../../store/database.ts'
import type { Downloads } from '../gates/downloads.ts'
import { claimsOf, type LinkSigner, linkTo } from '../lfs/lfs-links.ts'
import { findLfsObjects } from '../lfs/lfs-store.ts'
import { type ByteRange, rangeOf } from '../registry/ranges.ts'
import { casReply } from './xet-replies.ts'

type Xet = typeof api.xet
type Reading = Permit<'repo.read'>

/** Addresses in one answer, each of 64 MiB. Clients ask for 8 GiB at most. */
const mostTerms = 4096

/**
 * Says what an LFS file, or a range of it, is put together from. It is told as pieces of the plain file, so that all that
 * has to be known is its size; the name of a file is its SHA-256, however it came here.
 */
export async function reconstructFile(
  db: Db,
  permit: Reading,
  { file, raw }: InputOf<Xet['reconstructFile']>,
  { key, links }: LinkSigner,
): Promise<RawReply> {
  const [object] = await findLfsObjects(db, permit.repo.id, [file])
  if (object === undefined) throw new HubError('NotFound', 'The repository does not have this file.')
  const { terms, skip } = termsOf(object, wantedRange(raw.headers.range, object.size))
  const holder = { actor: permit.actor, repo: permit.repo, key, links }
  const xorbs = terms.map((term) => [term.hash, [entryOf(term, linkTo(holder, 'data', object, { part: term.index }))]])
  return casReply({ offset_into_first_range: skip, terms: terms.map(shownTerm), xorbs: Object.fromEntries(xorbs) })
}

function wantedRange(header: string | string[] | undefined, size: number): ByteRange {
  const range = rangeOf(header, size) ?? { start: 0, end: size - 1 }
  if (range === 'unsatisfiable') throw unsatisfiable(size)
  if (xorbCount(range.end + 1 - range.start) >= mostTerms)
    throw new HubError('PayloadTooLarge', 'Range: This range is too large. Request a smaller one.')
  return range
}

function unsatisfiable(size: number): HubError {
  const headers = { 'Content-Range': `bytes */${size}` }
  return new HubError('RangeNotSatisfiable', `Range: There are only ${size} bytes.`, { headers })
}

const shownTerm = ({ hash, plain, chunks }: FileTerm) => ({ hash, unpacked_length: plain, range: chunks })
const entryOf = ({ chunks, bytes }: FileTerm, url: string) => ({ url, ranges: [{ chunks, bytes }] })

/** Sends a range of a xorb that an LFS file was told as, by a signed link. */
export async function readXetData(
  db: Db,
  permit: Reading,
  { link, raw }: InputOf<Xet['readXetData']>,
  { lfs, key, downloads }: { lfs: LfsStore; key: InstanceKey; downloads: Downloads },
): Promise<RawReply> {
  const { repo, actor } = permit
  const { oid, size, part: index = 0 } = await claimsOf(db, { actor, repo, key }, link, ['data'])
  const [row] = await findLfsObjects(db, repo.id, [oid])
  if (row?.size !== size) throw deadLink()
  const length = xorbLength(size, index)
  const range = rangeOf(raw.headers.range, length) ?? { start: 0, end: length - 1 }
  if (range === 'unsatisfiable') throw unsatisfiable(length)
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(range.end + 1 - range.start),
    'Content-Range': `bytes ${range.start}-${range.end}/${length}`,
  }
  if (raw.method === 'HEAD') return { status: 206, headers }
  downloads.note(permit, { via: 'lfs', path: row.file_name ?? oid })
  return { status: 206, headers, body: await dataOf(lfs, repo.id, { oid, size }, { index, range }) }
}

async function dataOf(
  lfs: LfsStore,
  repoId: string,
  { oid, size }: LfsObject,
  { index, range }: { index: number; range: ByteRange },
): Promise<AsyncIterable<Uint8Array>> {
  const plain = plainRange(index, range)
  const content = plain === undefined ? noContent() : await lfs.open(repoId, oid, plain)
  if (content === undefined) throw deadLink()
  return framed({ size, index }, range, content as AsyncIterable<Uint8Array>)
}

async function* noContent(): AsyncGenerator<Uint8Array> {}
