import { LRUCache } from 'lru-cache'
import { HubError } from '../../kernel/errors.ts'
import type { LfsStore } from '../../lfs/bytes/bytes.ts'
import type { Term } from '../../lfs/xet/shard.ts'
import type { Stage } from '../../lfs/xet/stage.ts'
import { type ChunkTable, chunkTable, decodeChunks, headerBytes } from '../../lfs/xet/xorb.ts'
import type { Db } from '../../store/database.ts'
import { findXorb, listPlaces, type Place } from './xet-store.ts'
import { decodedPiece } from './xet-threads.ts'

const mostTables = 32
const mostStored = 1024 * 1024
const mostPlain = 4 * 1024 * 1024

/** Where the content of a repository's chunks is. */
export interface ContentStores {
  lfs: LfsStore
  stage: Stage
}

interface KnownXorb {
  table: ChunkTable
  staged: string | null
  places: Place[]
}

/** The xorbs of one repository, as far as one request needs them. */
export interface KnownXorbs {
  repoId: string
  /** Throws `422` when it is not there. */
  get(hash: string): Promise<KnownXorb>
  /** The same, as it is now. */
  again(hash: string): Promise<KnownXorb>
}

/** Reads xorbs as they are asked for, and keeps the last ones. */
export function openXorbs(db: Db, repoId: string): KnownXorbs {
  const kept = new LRUCache<string, KnownXorb>({ max: mostTables })

  async function again(hash: string): Promise<KnownXorb> {
    const row = await findXorb(db, repoId, hash)
    if (row === undefined) throw lost()
    const known = { table: chunkTable(row.chunks), staged: row.staged, places: await listPlaces(db, repoId, [hash]) }
    kept.set(hash, known)
    return known
  }

  return { repoId, again, get: async (hash) => kept.get(hash) ?? again(hash) }
}

/** The refusal of what refers to chunks that are gone. The next upload sends them again. */
export function lost(): HubError {
  return new HubError(
    'Unprocessable',
    'This upload refers to data that is no longer on the server. Start the upload again.',
  )
}

/** The content of terms in a row, piece by piece; throws `422` when some of it is gone. */
export async function* contentOf(
  terms: Iterable<Term>,
  xorbs: KnownXorbs,
  stores: ContentStores,
): AsyncGenerator<Uint8Array> {
  for (const term of terms) {
    const known = await xorbs.get(term.xorb)
    if (known.staged === null) yield* placedContent(known, term, { ...stores, repoId: xorbs.repoId })
    else yield* stagedContent(term, xorbs, stores)
  }
}

type Range = Pick<Term, 'first' | 'end'>

async function* stagedContent(term: Term, xorbs: KnownXorbs, stores: ContentStores): AsyncGenerator<Uint8Array> {
  const known = await xorbs.get(term.xorb)
  for (let first = term.first; first < term.end; ) {
    const end = batchEnd(known.table, first, term.end)
    const contents = await readStaged(known, { first, end }, { stage: stores.stage, repoId: xorbs.repoId })
    if (contents === undefined) {
      // All of its chunks have come into files meanwhile
      const rest = { first, end: term.end }
      return yield* placedContent(await xorbs.again(term.xorb), rest, { ...stores, repoId: xorbs.repoId })
    }
    yield* contents
    first = end
  }
}

// As many chunks as are read at once: at least one.
function batchEnd(table: ChunkTable, first: number, last: number): number {
  let end = first + 1
  while (
    end < last &&
    table.plainBytes(first, end + 1) <= mostPlain &&
    table.storedAt(end + 1) - table.storedAt(first) <= mostStored
  )
    end++
  return end
}

// Chunks as they are cost nothing to decode; the others are left to a thread.
async function readStaged(
  { table, staged }: KnownXorb,
  { first, end }: Range,
  { stage, repoId }: { stage: Stage; repoId: string },
): Promise<Uint8Array[] | undefined> {
  if (staged === null) return undefined
  const start = table.storedAt(first)
  const piece = { start, length: table.storedAt(end) - start }
  const isPlain = piece.length === table.plainBytes(first, end) + (end - first) * headerBytes
  const bytes = isPlain ? await stage.read(repoId, staged, piece) : undefined
  if (isPlain) return bytes && decodeChunks(bytes)
  const content = await decodedPiece(stage.fileOf(repoId, staged), piece)
  return content && [content]
}

async function* placedContent(
  { table, places }: KnownXorb,
  { first, end }: Range,
  { lfs, repoId }: { lfs: LfsStore; repoId: string },
): AsyncGenerator<Uint8Array> {
  for (let at = first; at < end; ) {
    const place = places.find((one) => one.first <= at && at < one.end)
    if (place === undefined) throw lost()
    const to = Math.min(end, place.end)
    const start = place.position + table.plainBytes(place.first, at)
    const body = await lfs.open(repoId, place.oid, { start, end: start + table.plainBytes(at, to) - 1 })
    if (body === undefined) throw lost()
    yield* body as AsyncIterable<Uint8Array>
    at = to
  }
}
