import type { GitHost } from '../host.ts'
import { runGit } from '../process/process.ts'
import { recordsOf, streamGit } from '../process/stream.ts'

export type FileStatus = 'added' | 'deleted' | 'modified' | 'renamed' | 'copied' | 'typechange'

export interface FileDiff {
  status: FileStatus
  /** Path before; the same as the new one unless renamed. */
  oldPath: string
  newPath: string
  oldMode: string
  newMode: string
  oldOid: string
  newOid: string
  additions: number
  deletions: number
  binary: boolean
  /** Hunks as `diff -u` writes them, from `@@` on. */
  patch: string
  /** Whether the patch was cut. */
  truncated: boolean
}

export interface Diff {
  files: FileDiff[]
  /** Whether there are more files, or lines, than are shown. */
  truncated: boolean
}

const mostFiles = 300
const mostFileCharacters = 200_000
const mostCharacters = 2_000_000
const mostRenamesTried = 300
const longestSeconds = 20
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const statuses: Record<string, FileStatus> = {
  A: 'added',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'typechange',
}

/** What a commit changed against its first parent, or everything when it is the first. */
export async function diffOfCommit(host: GitHost, repoId: string, oid: string): Promise<Diff> {
  const [parent] = await host.readers.infos(repoId, [`${oid}^1^{commit}`])
  return diffBetween(host, repoId, parent?.oid ?? emptyTree, oid)
}

/** The best common ancestor of two commits; undefined when they have none. */
export async function mergeBase(host: GitHost, repoId: string, a: string, b: string): Promise<string | undefined> {
  const { output } = await runGit(host, repoId, ['merge-base', '--end-of-options', a, b], { accept: [1] })
  return output.toString().trim() || undefined
}

/** What differs between two commits as the text of a diff, cut after two million bytes or twenty seconds. */
export async function patchBetween(host: GitHost, repoId: string, a: string, b: string): Promise<string> {
  const chunks: Buffer[] = []
  let left = mostCharacters
  const began = performance.now()
  const stream = streamGit(host, repoId, diffArgs(['--patch'], a, b), { timeLimitSeconds: longestSeconds })
  try {
    for await (const chunk of stream) {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) break
    }
  } catch (error) {
    if (performance.now() - began < longestSeconds * 1000) throw error
  }
  return Buffer.concat(chunks).toString()
}

function diffArgs(shown: readonly string[], a: string, b: string): string[] {
  const options = ['-r', ...shown, '--full-index', '-M', `-l${mostRenamesTried}`]
  const safety = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-abbrev', '--src-prefix=a/', '--dst-prefix=b/']
  // Lines of files that large are of no use to a reader, and cost most.
  return ['-c', 'core.bigFileThreshold=4m', 'diff-tree', ...options, ...safety, '--end-of-options', a, b, '--']
}

/** What differs between two commits, within bounds: 300 files, 200 kB each, 2 MB in all. */
export async function diffBetween(host: GitHost, repoId: string, a: string, b: string): Promise<Diff> {
  const args = diffArgs(['-z', '--raw', '--patch'], a, b)
  const chunks = streamGit(host, repoId, args, { timeLimitSeconds: longestSeconds })
  const reading = new DiffReading()
  const began = performance.now()
  try {
    for await (const line of diffLines(chunks, reading)) if (!reading.take(line)) break
  } catch (error) {
    if (performance.now() - began < longestSeconds * 1000) throw error
    reading.cut()
  }
  return reading.diff()
}

// First the list of files, each field behind a NUL, then, behind an empty one, the patches line by line.
async function* diffLines(chunks: AsyncGenerator<Buffer>, reading: DiffReading): AsyncGenerator<Buffer> {
  const rest = await takeList(chunks, reading)
  yield* recordsOf(prefixed(rest, chunks), 10)
}

async function takeList(chunks: AsyncGenerator<Buffer>, reading: DiffReading): Promise<Buffer> {
  let open: Buffer = Buffer.alloc(0)
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    open = Buffer.concat([open, next.value])
    const taken = takeEntries(open, reading)
    open = open.subarray(taken.length)
    if (taken.complete) return open
  }
  return open
}

function takeEntries(bytes: Buffer, reading: DiffReading): { length: number; complete: boolean } {
  let at = 0
  for (;;) {
    if (bytes[at] === 0) return { length: at + 1, complete: true }
    const fields = fieldsFrom(bytes, at)
    if (!fields) return { length: at, complete: false }
    reading.list(fields.values)
    at = fields.end
  }
}

// `:<mode> <mode> <oid> <oid> <status>`, a path, and a second one when it was renamed or copied.
function fieldsFrom(bytes: Buffer, at: number): { values: string[]; end: number } | undefined {
  const values: string[] = []
  let end = at
  let wanted = 2
  while (values.length < wanted) {
    const stop = bytes.indexOf(0, end)
    if (stop < 0) return undefined
    values.push(bytes.toString('utf8', end, stop))
    end = stop + 1
    if (values.length === 1 && / [RC]\d+$/.test(values[0] ?? '')) wanted = 3
  }
  return { values, end }
}

async function* prefixed(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  yield* rest
}

class DiffReading {
  readonly #files: FileDiff[] = []
  #listed = 0
  #current = -1
  #inHunks = false
  /** A change of type comes as two patches, one that deletes and one that adds. */
  #halves = 0
  #characters = 0
  #truncated = false

  list([meta = '', path = '', target]: string[]): void {
    this.#listed++
    if (this.#files.length === mostFiles) return
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', letter = ''] = meta.slice(1).split(' ')
    this.#files.push({
      status: statuses[letter.charAt(0)] ?? 'modified',
      oldPath: path,
      newPath: target ?? path,
      ...{ oldMode, newMode, oldOid, newOid },
      ...{ additions: 0, deletions: 0, binary: false, patch: '', truncated: false },
    })
  }

  /** Takes the next line of the patches; false when nothing more is wanted. */
  take(line: Buffer): boolean {
    if (line.subarray(0, 11).toString('latin1') === 'diff --git ') return this.#nextFile()
    const file = this.#files[this.#current]
    if (!file) return true
    if (line[0] === 64) this.#inHunks = true
    if (this.#inHunks) this.#hunkLine(file, line)
    else if (line.subarray(0, 13).toString('latin1') === 'Binary files ') file.binary = true
    return true
  }

  cut(): void {
    this.#truncated = true
    const file = this.#files[this.#current]
    if (file) file.truncated = true
  }

  diff(): Diff {
    return { files: this.#files, truncated: this.#truncated || this.#listed > this.#files.length }
  }

  #nextFile(): boolean {
    this.#inHunks = false
    if (this.#files[this.#current]?.status === 'typechange' && this.#halves === 1) {
      this.#halves = 2
      return true
    }
    this.#halves = 1
    this.#current++
    return this.#current < this.#files.length
  }

  #hunkLine(file: FileDiff, line: Buffer): void {
    if (line[0] === 43) file.additions++
    if (line[0] === 45) file.deletions++
    if (file.truncated) return
    const room = Math.min(mostFileCharacters - file.patch.length, mostCharacters - this.#characters)
    const text = line.length > room ? undefined : `${line.toString()}\n`
    if (text === undefined) {
      file.truncated = true
      this.#truncated = true
      return
    }
    file.patch += text
    this.#characters += text.length
  }
}
