import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { badField, HubError } from '../../kernel/errors.ts'
import { outOfSpace } from '../../shares/disk.ts'
import type { GitHost } from '../host.ts'
import { giveFolderToGit, giveToGit } from '../process/account.ts'
import { failedWith, syncFolder } from '../process/durable.ts'
import { repositoryFolder, requireFolder } from '../process/folder.ts'
import { mostOwnFileBytes, ownFile, requireHarmless } from '../process/own-files.ts'
import { endProcess, failure, outcomeOf, runGit, spawnGit } from '../process/process.ts'
import { readObject } from './objects.ts'
import { isRefName } from './revisions.ts'
import { isPlainPath } from './trees.ts'

/** One step of a commit. A file keeps its executable bit; a folder is deleted with everything in it. */
export type Change =
  | { kind: 'file'; path: string; content: Buffer | { size: number; stream: Readable } }
  | { kind: 'blob'; path: string; oid: string }
  | { kind: 'delete'; path: string }

export interface Author {
  name: string
  email: string
}

export interface NewCommit {
  /** The commit it comes after; undefined for the first one. */
  parent: string | undefined
  message: string
  author: Author
  date: Date
  changes: AsyncIterable<Change> | Iterable<Change>
}

const commitSeconds = 3600
// Exists only inside of the process, which forgets it before it ends.
const draftRef = 'refs/hub/draft'

/** Writes a commit and answers its id. It is on the disk, and no ref leads to it yet. */
export async function writeCommit(host: GitHost, repoId: string, commit: NewCommit): Promise<string> {
  refuseNul('message', commit.message)
  await requireFolder(host, repoId)
  await host.reserve.ask(host.folder, 0)
  const leave = await host.work.enter()
  const objects = join(repositoryFolder(host, repoId), 'objects')
  const draft = join(objects, `tmp_objdir-commit-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(join(draft, 'pack'), { recursive: true })
    await giveToGit(host, draft)
    const oid = await importCommit(host, repoId, commit, draft)
    await moveObjects(host, draft, objects)
    return oid
  } catch (error) {
    throw failedWith(error, 'ENOSPC', 'EDQUOT') ? outOfSpace() : error
  } finally {
    leave()
    await rm(draft, { recursive: true, force: true })
  }
}

async function* fitting(host: GitHost, changes: NewCommit['changes']): AsyncGenerator<Change> {
  for await (const change of changes) {
    if (change.kind === 'file')
      await host.reserve.ask(host.folder, Buffer.isBuffer(change.content) ? change.content.length : change.content.size)
    yield change
  }
}

// Objects come into a folder of their own first: a commit that fails leaves nothing, however large it was.
async function importCommit(host: GitHost, repoId: string, commit: NewCommit, draft: string): Promise<string> {
  // Only the repack later looks for what two files have in common.
  const args = ['fast-import', '--quiet', '--done', '--date-format=raw', '--depth=0']
  const env = { GIT_OBJECT_DIRECTORY: draft, GIT_ALTERNATE_OBJECT_DIRECTORIES: dirname(draft) }
  const child = spawnGit(host, repoId, args, { timeLimitSeconds: commitSeconds, env })
  const outcome = outcomeOf(child)
  try {
    const changes = harmless(host, repoId, fitting(host, commit.changes))
    const oid = await feed(dialogueWith(child), { ...commit, changes })
    child.stdin?.end()
    const [errorText, exitCode] = await outcome
    if (exitCode !== 0) throw failure(args, exitCode, errorText)
    return oid
  } catch (error) {
    endProcess(child)
    const [errorText, exitCode] = await outcome
    await rm(join(repositoryFolder(host, repoId), `fast_import_crash_${child.pid}`), { force: true })
    throw error === processEnded ? failure(args, exitCode, errorText) : error
  }
}

/**
 * Moves what git wrote into a draft, and has synced, to the objects of its repository. A pack is there for others with
 * its index, so that comes last.
 */
export async function moveObjects(host: GitHost, draft: string, objects: string): Promise<void> {
  const entries = await readdir(draft, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(draft, join(entry.parentPath, entry.name)))
  const ordered = [...files.filter((file) => !file.endsWith('.idx')), ...files.filter((file) => file.endsWith('.idx'))]
  for (const file of ordered) {
    const made = await mkdir(dirname(join(objects, file)), { recursive: true })
    if (made !== undefined) await giveFolderToGit(host, made)
    await rename(join(draft, file), join(objects, file))
  }
  await Promise.all([syncFolder(objects), syncFolder(join(objects, 'pack'))])
}

/** Writes a commit without parents that holds what another commit holds; no ref leads to it yet. */
export async function squashCommit(
  host: GitHost,
  repoId: string,
  commit: { treeOf: string; message: string; author: Author; date: Date },
): Promise<string> {
  refuseNul('message', commit.message)
  const { name, email } = cleanAuthor(commit.author)
  const date = `@${seconds(commit.date)} +0000`
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  }
  if (!/^[0-9a-f]{40}$/.test(commit.treeOf)) throw new Error('a commit is squashed by its id')
  const args = ['commit-tree', '-F', '-', `${commit.treeOf}^{tree}`]
  const { output } = await runGit(host, repoId, args, { input: commit.message, env })
  await syncFolder(join(repositoryFolder(host, repoId), 'objects'))
  return output.toString('latin1').trim()
}

/** Writes a tag with a message and answers its id; no ref leads to it yet. */
export async function writeTag(
  host: GitHost,
  repoId: string,
  tag: { commit: string; name: string; message: string; author: Author; date: Date },
): Promise<string> {
  refuseNul('message', tag.message)
  if (!isRefName(tag.name)) throw badField('tag', 'is not a valid tag name')
  const { name, email } = cleanAuthor(tag.author)
  const head = `object ${objectId(tag.commit)}\ntype commit\ntag ${tag.name}\ntagger ${name} <${email}> ${seconds(tag.date)} +0000`
  const { output } = await runGit(host, repoId, ['mktag'], { input: `${head}\n\n${tag.message.trim()}\n` })
  await syncFolder(join(repositoryFolder(host, repoId), 'objects'))
  return output.toString('latin1').trim()
}

const processEnded = new Error('git ended before it had read the commit')

interface Dialogue {
  /** Waits while the process has more than it can take; throws when it is gone. */
  say(text: string | Buffer): Promise<void>
  /** The next line of the answers. */
  hear(): Promise<string>
}

function dialogueWith(child: ChildProcess): Dialogue {
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('a dialogue needs both pipes')
  const gone = new AbortController()
  child.once('close', () => gone.abort())
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return {
    async say(text) {
      if (gone.signal.aborted) throw processEnded
      if (stdin.write(text)) return
      await once(stdin, 'drain', { signal: gone.signal }).catch(() => {
        throw processEnded
      })
    },
    async hear() {
      const { value, done } = await lines.next()
      if (done) throw processEnded
      return value
    },
  }
}

async function feed(git: Dialogue, commit: NewCommit): Promise<string> {
  const { name, email } = cleanAuthor(commit.author)
  const who = `${name} <${email}> ${seconds(commit.date)} +0000`
  const message = Buffer.from(commit.message)
  await git.say(`commit ${draftRef}\nmark :1\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n`)
  await git.say(message)
  await git.say(commit.parent ? `\nfrom ${objectId(commit.parent)}\n` : '\n')
  for await (const change of commit.changes) await tell(git, change, commit.parent !== undefined)
  await git.say(`\nreset ${draftRef}\nget-mark :1\ndone\n`)
  return git.hear()
}

// What a push may not bring, a commit may not either.
async function* harmless(host: GitHost, repoId: string, changes: NewCommit['changes']): AsyncGenerator<Change> {
  for await (const change of changes) {
    const file = change.kind === 'delete' ? undefined : ownFile(change.path)
    if (file === undefined || change.kind === 'delete') {
      yield change
      continue
    }
    const content = await wholeOf(host, repoId, change)
    requireHarmless(change.path, file, content)
    yield content && change.kind === 'file' ? { ...change, content } : change
  }
}

// Undefined where it is too much to be looked at.
async function wholeOf(
  host: GitHost,
  repoId: string,
  change: Exclude<Change, { kind: 'delete' }>,
): Promise<Buffer | undefined> {
  if (change.kind === 'blob') {
    const object = await readObject(host, repoId, change.oid).catch(() => undefined)
    return object?.content
  }
  const { content } = change
  if (Buffer.isBuffer(content)) return content
  if (content.size > mostOwnFileBytes) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of content.stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function tell(git: Dialogue, change: Change, hasParent: boolean): Promise<void> {
  if (!isPlainPath(change.path)) throw new HubError('Unprocessable', `${change.path}: is no plain path`)
  const path = quoted(change.path)
  if (change.kind === 'delete') return git.say(`D ${path}\n`)
  const mode = hasParent && (await isExecutable(git, path)) ? '100755' : '100644'
  if (change.kind === 'blob') return git.say(`M ${mode} ${objectId(change.oid)} ${path}\n`)
  const { content } = change
  if (Buffer.isBuffer(content)) {
    await git.say(`M ${mode} inline ${path}\ndata ${content.length}\n`)
    await git.say(content)
  } else {
    await git.say(`M ${mode} inline ${path}\ndata ${content.size}\n`)
    await pour(git, content)
  }
  await git.say('\n')
}

async function isExecutable(git: Dialogue, path: string): Promise<boolean> {
  await git.say(`ls ${path}\n`)
  return (await git.hear()).startsWith('100755 ')
}

async function pour(git: Dialogue, content: { size: number; stream: Readable }): Promise<void> {
  let missing = content.size
  for await (const chunk of content.stream) {
    missing -= (chunk as Buffer).length
    if (missing < 0) break
    await git.say(chunk as Buffer)
  }
  if (missing !== 0) throw new Error('a file had another size than was said')
}

// As fast-import reads it: C-style, so that no path can end the line or begin a command.
function quoted(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return `"${path.replace(/["\\\u0000-\u001f\u007f]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`
}

// What git itself leaves out of names, and what would end them.
function cleanAuthor(author: Author): Author {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = (text: string) => text.replace(/[<>\u0000-\u001f\u007f]/g, ' ').trim()
  return { name: clean(author.name) || 'unknown', email: clean(author.email) }
}

function seconds(date: Date): number {
  return Math.max(0, Math.floor(date.getTime() / 1000))
}

function objectId(oid: string): string {
  if (!/^[0-9a-f]{40}$/.test(oid)) throw new Error('an object is named by its id')
  return oid
}

function refuseNul(field: string, text: string): void {
  if (text.includes('\0')) throw badField(field, 'must not contain NUL')
}
