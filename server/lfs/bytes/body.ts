import type { Readable } from 'node:stream'
import type { FileSlice } from '../../../api/index.ts'
import type { ByteRange, LfsStore } from './bytes.ts'

const leastFileBytes = 1024 * 1024

/** What to send of an object: a long piece of a file by the file itself, anything else as a stream; undefined when it is gone. */
export async function lfsBody(
  store: LfsStore,
  repoId: string,
  oid: string,
  { start, end }: ByteRange,
): Promise<FileSlice | Readable | undefined> {
  const length = end + 1 - start
  const file = length < leastFileBytes ? undefined : await store.fileOf(repoId, oid)
  if (file === undefined) return store.open(repoId, oid, { start, end })
  const size = await store.sizeOf(repoId, oid)
  return size === undefined || size <= end ? undefined : { file, start, length }
}
