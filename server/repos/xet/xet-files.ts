import { HubError } from '../../kernel/errors.ts'
import { fileHash, openTree, verificationHash } from '../../lfs/xet/hashes.ts'
import { readShard, type ShardFile, type Term } from '../../lfs/xet/shard.ts'
import { openTurns } from '../../shares/turns.ts'
import type { Db } from '../../store/database.ts'
import { type KnownXorbs, lost } from './xet-content.ts'
import { touchXorbs } from './xet-store.ts'

const hashesAtOnce = 1000
/** Chunks of all files of a shard: a terabyte in those of the usual size. */
const mostChunks = 2 ** 24

/** A file of a shard that is to be registered. */
export interface NewFile {
  hash: string
  oid: string
  size: number
  chunks: number
  terms(): Iterable<Term>
}

/**
 * Reads the files of a shard, each once; throws `400` when it is none, `413` when a file is larger than is allowed or all of
 * them have too many chunks, and `422` unless the repository has all xorbs that it names. These are kept for the upload.
 */
export async function readFiles(db: Db, repoId: string, shard: Buffer, mostFileBytes: number): Promise<NewFile[]> {
  const files = new Map<string, NewFile>()
  const xorbs = openNames(db, repoId)
  const turn = openTurns()
  let chunks = 0
  for (const record of readShard(shard)) {
    await turn()
    if (record.kind === 'xorb') await xorbs.note(record.hash)
    else {
      const file = await sizedFile(record, xorbs, turn)
      if (file.size > mostFileBytes)
        throw new HubError('PayloadTooLarge', `A file is larger than the limit of ${mostFileBytes} bytes.`)
      const name = `${file.hash} ${file.oid}`
      chunks += file.chunks - (files.get(name)?.chunks ?? 0)
      if (chunks > mostChunks)
        throw new HubError('PayloadTooLarge', `The files of this shard have more than ${mostChunks} chunks.`)
      files.set(name, file)
    }
  }
  await xorbs.end()
  return [...files.values()]
}

interface Names {
  note(hash: string): Promise<void> | undefined
  end(): Promise<void>
}

// Asked for many at once, and soon enough that a shard cannot fill the memory with names of none.
function openNames(db: Db, repoId: string): Names {
  const known = new Set<string>()
  let asked = new Set<string>()
  const end = async () => {
    const hashes = [...asked]
    asked = new Set()
    if ((await touchXorbs(db, repoId, hashes)).size < hashes.length) throw lost()
    for (const hash of hashes) known.add(hash)
  }
  return {
    end,
    note(hash) {
      if (!known.has(hash)) asked.add(hash)
      return asked.size < hashesAtOnce ? undefined : end()
    },
  }
}

async function sizedFile(file: ShardFile, xorbs: Names, turn: () => Promise<void> | undefined): Promise<NewFile> {
  const { hash, sha256: oid } = file
  let [size, chunks] = [0, 0]
  for (const { xorb, bytes, first, end } of termsOf(file)) {
    await turn()
    await xorbs.note(xorb)
    size += bytes
    chunks += Math.max(0, end - first)
  }
  return { hash, oid, size, chunks, terms: () => termsOf(file) }
}

function* termsOf(file: ShardFile): Generator<Term> {
  for (let index = 0; index < file.terms; index++) yield file.term(index)
}

/** Checks what files say of their terms and of themselves; throws `422` for the first that is not true. */
export async function checkFiles(files: readonly NewFile[], xorbs: KnownXorbs): Promise<void> {
  for (const file of files) await checkFile(file, xorbs)
}

async function checkFile(file: NewFile, xorbs: KnownXorbs): Promise<void> {
  const tree = openTree()
  const turn = openTurns()
  for (const { xorb, bytes, first, end, proof } of file.terms()) {
    await turn()
    const { table } = await xorbs.get(xorb)
    const isSound = first < end && end <= table.count && table.plainBytes(first, end) === bytes
    if (!isSound || !verificationHash(table.hashes(first, end)).equals(proof))
      throw wrong('A term doesn’t match its xorb')
    for (let chunk = first; chunk < end; chunk++) {
      await turn()
      tree.add(table.hashOf(chunk), table.plainBytes(chunk, chunk + 1))
    }
  }
  if (fileHash(tree) !== file.hash) throw wrong('The hash of a file doesn’t match its chunks')
}

function wrong(problem: string): HubError {
  return new HubError('Unprocessable', `${problem}. Start the upload again.`)
}
