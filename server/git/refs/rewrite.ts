import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { GitHost } from '../host.ts'
import { type Author, type Change, moveObjects, writeCommit } from '../objects/commits.ts'
import { exportWithout } from '../objects/export-filter.ts'
import { listRefs } from '../objects/history.ts'
import { parsePointer, readObject, readObjects } from '../objects/objects.ts'
import { giveToGit } from '../process/account.ts'
import { repositoryFolder } from '../process/folder.ts'
import { endProcess, failure, outcomeOf, runGit, spawnGit } from '../process/process.ts'
import { recordsOf, streamGit } from '../process/stream.ts'
import type { RefUpdate } from './references.ts'

const rewriteSeconds = 3600
const pointerBytes = { least: 100, most: 1024 }
const blobsAtOnce = 1000
const lineEnd = 10

/** The ids of all blobs, in every commit there ever was, that are pointers to one of these LFS objects. */
export async function pointerBlobs(
  host: GitHost,
  repoId: string,
  isWanted: (lfsOid: string) => boolean,
): Promise<Set<string>> {
  const found = new Set<string>()
  const look = async (names: string[]) => {
    for (const blob of await readObjects(host, repoId, names)) {
      const pointer = blob && parsePointer(blob.content)
      if (pointer && isWanted(pointer.oid)) found.add(blob.oid)
    }
  }
  const format = '--batch-check=%(objectname) %(objecttype) %(objectsize)'
  const listing = streamGit(host, repoId, ['cat-file', '--batch-all-objects', '--unordered', format])
  let names: string[] = []
  for await (const record of recordsOf(listing, lineEnd)) {
    const [oid = '', type, size] = record.toString('latin1').split(' ')
    if (type !== 'blob' || Number(size) < pointerBytes.least || Number(size) > pointerBytes.most) continue
    names.push(oid)
    if (names.length < blobsAtOnce) continue
    await look(names)
    names = []
  }
  await look(names)
  return found
}

/**
 * Writes commits that take files with this content out of every branch as it is now; answers the moves that would show
 * them.
 */
export async function commitsWithout(
  host: GitHost,
  repoId: string,
  blobs: ReadonlySet<string>,
  commit: { message: string; author: Author; date: Date },
): Promise<RefUpdate[]> {
  const updates: RefUpdate[] = []
  for (const { ref, commit: parent } of (await listRefs(host, repoId)).branches) {
    const changes: Change[] = []
    for await (const record of recordsOf(streamGit(host, repoId, ['ls-tree', '-r', '-z', parent]), 0)) {
      const [, oid = '', path = ''] = /^\S+ \S+ (\S+)\t(.*)$/s.exec(record.toString()) ?? []
      if (blobs.has(oid)) changes.push({ kind: 'delete', path })
    }
    if (changes.length === 0) continue
    updates.push({ ref, from: parent, to: await writeCommit(host, repoId, { ...commit, parent, changes }) })
  }
  return updates
}

/**
 * Writes the whole history again without files of this content; answers the moves of branches and tags that would show
 * it. Signatures of what changed are lost.
 */
export async function historyWithout(host: GitHost, repoId: string, blobs: ReadonlySet<string>): Promise<RefUpdate[]> {
  const { branches, tags } = await listRefs(host, repoId)
  const refs = [...branches, ...tags]
  const rewritten = await rewriteCommits(host, repoId, blobs, [...new Set(refs.map(({ commit }) => commit))])
  const tips = await currentTips(host, repoId)
  const updates: RefUpdate[] = []
  for (const { ref, commit } of refs) {
    const from = tips.get(ref)
    const to = rewritten.get(commit)
    if (from === undefined || to === undefined || to === commit) continue
    const target = from === commit ? to : await rewriteTag(host, repoId, from, { from: commit, to })
    if (target !== undefined) updates.push({ ref, from, to: target })
  }
  return updates
}

// What the refs themselves hold: of an annotated tag the tag.
async function currentTips(host: GitHost, repoId: string): Promise<Map<string, string>> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/']
  const { output } = await runGit(host, repoId, args)
  const lines = output.toString().split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

async function rewriteTag(
  host: GitHost,
  repoId: string,
  tag: string,
  commit: { from: string; to: string },
): Promise<string | undefined> {
  const text = (await readObject(host, repoId, tag))?.content.toString('latin1') ?? ''
  // A tag of a tag stays what it is
  if (!text.startsWith(`object ${commit.from}\n`)) return undefined
  const signature = text.search(/^-----BEGIN (PGP|SSH) SIGNATURE-----$/m)
  const body = text.slice(commit.from.length + 8, signature < 0 ? undefined : signature)
  const input = Buffer.from(`object ${commit.to}\n${body}`, 'latin1')
  const { output } = await runGit(host, repoId, ['hash-object', '-t', 'tag', '-w', '--stdin'], { input })
  return output.toString('latin1').trim()
}

// As with a single commit, objects come into a folder of their own first, and no ref is touched.
async function rewriteCommits(
  host: GitHost,
  repoId: string,
  blobs: ReadonlySet<string>,
  tips: readonly string[],
): Promise<Map<string, string>> {
  const leave = await host.transfers.enter()
  const objects = join(repositoryFolder(host, repoId), 'objects')
  const draft = join(objects, `tmp_objdir-rewrite-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(join(draft, 'pack'), { recursive: true })
    await giveToGit(host, draft)
    const answers = await importHistory(host, repoId, { blobs, tips, draft })
    await moveObjects(host, draft, objects)
    return answers
  } finally {
    leave()
    await rm(draft, { recursive: true, force: true })
  }
}

interface Rewrite {
  blobs: ReadonlySet<string>
  tips: readonly string[]
  draft: string
}

async function importHistory(
  host: GitHost,
  repoId: string,
  { blobs, tips, draft }: Rewrite,
): Promise<Map<string, string>> {
  const limits = { timeLimitSeconds: rewriteSeconds }
  const how = ['--no-data', '--show-original-ids', '--reencode=no', '--signed-tags=strip']
  const old = streamGit(host, repoId, ['fast-export', ...how, '--branches', '--tags'], limits)
  const args = ['fast-import', '--quiet', '--done', '--force']
  const env = { GIT_OBJECT_DIRECTORY: draft, GIT_ALTERNATE_OBJECT_DIRECTORIES: dirname(draft) }
  const child = spawnGit(host, repoId, args, { ...limits, env })
  const outcome = outcomeOf(child)
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('an import needs its pipes')
  const said: string[] = []
  createInterface({ input: stdout }).on('line', (line) => said.push(line))
  try {
    for await (const chunk of exportWithout(old, blobs, tips)) {
      if (!stdin.write(chunk)) await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), outcome])
    }
    stdin.end()
    const [errorText, exitCode] = await outcome
    if (exitCode !== 0) throw failure(args, exitCode, errorText)
  } finally {
    endProcess(child)
  }
  return new Map(tips.map((tip, index) => [tip, said[index] ?? '']))
}
