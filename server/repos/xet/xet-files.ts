import { setImmediate } from 'node:timers/promises'
import { HubError } from '../../kernel/errors.ts'
import { fileHash, openTree, verificationHash } from '../../lfs/xet/hashes.ts'
import { readShard, type ShardFile, type Term } from '../../lfs/xet/shard.ts'
import { inTurns } from '../../shares/turns.ts'
import type { Db } from '../../store/database.ts'
import { type KnownXorbs, lost } from './xet-content.ts'
import { touchXorbs } from './xet-store.ts'

const hashesAtOnce = 1000
/** Chunks of all files of a shard: a terabyte in those of the usual size. */
const mostChunks = 2 ** 24
const turnMs = 3

/** A file of a shard that is to be registered. */
export interface NewFile {
  hash: string
  oid: string
  size: number
  /** How many terms it has. */
  count: number
  terms(): Iterable<Term>
}

/** What a shard registers: each file once, and the xorbs that it names anywhere. */
export interface ShardContent {
  files: NewFile[]
  xorbs: string[]
}

/** Reads a shard; throws `400` when it is none, `413` when it stands for more than is allowed. */
export async function readFiles(shard: Buffer, mostFileBytes: number): Promise<ShardContent> {
  const files = new Map<string, NewFile>()
  const xorbs = new Set<string>()
  for (const record of await inTurns(readShard(shard))) {
    if (record.kind === 'xorb') xorbs.add(record.hash)
    else {
      const file = await sizedFile(record, xorbs)
      if (file.size > mostFileBytes)
        throw new HubError('PayloadTooLarge', `A file is larger than the limit of ${mostFileBytes} bytes.`)
      files.set(`${file.hash} ${file.oid}`, file)
    }
  }
  return { files: [...files.values()], xorbs: [...xorbs] }
}

async function sizedFile(file: ShardFile, xorbs: Set<string>): Promise<NewFile> {
  const { hash, sha256: oid, terms: count } = file
  let size = 0
  for (const { xorb, bytes } of await inTurns(termsOf(file))) {
    xorbs.add(xorb)
    size += bytes
  }
  return { hash, oid, size, count, terms: () => termsOf(file) }
}

function* termsOf(file: ShardFile): Generator<Term> {
  for (let index = 0; index < file.terms; index++) yield file.term(index)
}

/** Throws `422` unless the repository has all of these xorbs; keeps them for the upload. */
export async function requireXorbs(db: Db, repoId: string, hashes: readonly string[]): Promise<void> {
  for (let at = 0; at < hashes.length; at += hashesAtOnce) {
    const asked = hashes.slice(at, at + hashesAtOnce)
    if ((await touchXorbs(db, repoId, asked)).size < asked.length) throw lost()
  }
}

/** Checks what files say of their terms and of themselves; throws `422` for the first that is not true. */
export async function checkFiles(files: readonly NewFile[], xorbs: KnownXorbs): Promise<void> {
  let chunks = 0
  const count = (more: number) => {
    chunks += more
    if (chunks > mostChunks)
      throw new HubError('PayloadTooLarge', `The files of this shard have more than ${mostChunks} chunks.`)
  }
  for (const file of files) await checkFile(file, xorbs, count)
}

async function checkFile(file: NewFile, xorbs: KnownXorbs, count: (chunks: number) => void): Promise<void> {
  const tree = openTree()
  let begun = performance.now()
  for (const { xorb, bytes, first, end, proof } of file.terms()) {
    const { table } = await xorbs.get(xorb)
    const isSound = first < end && end <= table.count && table.plainBytes(first, end) === bytes
    if (!isSound || !verificationHash(table.hashes(first, end)).equals(proof))
      throw wrong('A term doesn’t match its xorb')
    count(end - first)
    for (let chunk = first; chunk < end; chunk++) tree.add(table.hashOf(chunk), table.plainBytes(chunk, chunk + 1))
    if (performance.now() - begun <= turnMs) continue
    await setImmediate()
    begun = performance.now()
  }
  if (fileHash(tree) !== file.hash) throw wrong('The hash of a file doesn’t match its chunks')
}

function wrong(problem: string): HubError {
  return new HubError('Unprocessable', `${problem}. Start the upload again.`)
}
