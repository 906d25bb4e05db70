import { LRUCache } from 'lru-cache'
import type * as api from '../../../api/index.ts'
import type { GitHost } from '../../git/host.ts'
import { listTree, type PointerEntry, pointersOf, type TreeEntry } from '../../git/objects/trees.ts'
import type { Card } from '../cards/card-head.ts'
import { bytesOfCard, tooLong } from '../cards/card-reader.ts'
import { cardOf } from '../cards/metadata.ts'

type Siblings = NonNullable<api.repos.Repository['siblings']>

/** A commit of a repository that someone may see: that is decided before, again for each request. */
export interface CommitIn {
  git: GitHost
  repoId: string
  commit: string
}

// From here on the clients list the tree instead.
const mostSiblings = 50_001
const entriesAtOnce = 1000
// The same folder again and again in itself makes a tree without end, and without files.
const longestMs = 5000
// What an entry costs in memory beside its texts.
const entryBytes = { plain: 100, whole: 500 }

const keptCards = new LRUCache<string, Card>({ maxSize: 8 * 1024 * 1024, sizeCalculation: bytesOfCard })
const keptSiblings = new LRUCache<string, Siblings>({ maxSize: 24 * 1024 * 1024, maxEntrySize: 8 * 1024 * 1024 })

/** The card of a commit. */
export async function cardAt({ git, repoId, commit }: CommitIn): Promise<Card> {
  const key = `${repoId} ${commit}`
  const known = keptCards.get(key)
  if (known) return known
  const card = await cardOf(git, repoId, commit)
  // Another time the machine may be less busy
  if (card !== tooLong) keptCards.set(key, card)
  return card
}

/** The files of a commit, with sizes and ids when those are asked for. */
export async function siblingsAt(at: CommitIn, blobs: boolean): Promise<Siblings> {
  const key = `${at.repoId} ${at.commit} ${blobs}`
  const known = keptSiblings.get(key)
  if (known) return known
  const { siblings, isWhole } = await readSiblings(at, blobs)
  const each = blobs ? entryBytes.whole : entryBytes.plain
  const size = siblings.reduce((sum, { rfilename }) => sum + each + 2 * rfilename.length, each)
  if (isWhole) keptSiblings.set(key, siblings, { size })
  return siblings
}

async function readSiblings({ git, repoId, commit }: CommitIn, blobs: boolean) {
  const siblings: Siblings = []
  let after: string | undefined
  const began = performance.now()
  do {
    const cursor = after === undefined ? {} : { after }
    const query = { commit, path: '', recursive: true, limit: entriesAtOnce, sizes: blobs, ...cursor }
    const page = await listTree(git, repoId, query)
    const files = page?.entries.filter(({ type }) => type === 'file' || type === 'symlink') ?? []
    const pointers = blobs ? await pointersOf(git, repoId, files) : new Map<string, PointerEntry>()
    for (const file of files) siblings.push(siblingOf(file, blobs, pointers.get(file.oid)))
    after = page?.next
  } while (after !== undefined && siblings.length < mostSiblings && performance.now() - began < longestMs)
  return { siblings, isWhole: after === undefined || siblings.length >= mostSiblings }
}

function siblingOf(file: TreeEntry, blobs: boolean, pointer: PointerEntry | undefined): Siblings[number] {
  if (!blobs) return { rfilename: file.path }
  const { path, oid, size } = file
  if (pointer === undefined) return { rfilename: path, size, blobId: oid }
  const lfs = { sha256: pointer.oid, size: pointer.size, pointerSize: pointer.pointerSize }
  return { rfilename: path, size: pointer.size, blobId: oid, lfs }
}
