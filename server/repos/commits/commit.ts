import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { type Change, writeCommit } from '../../git/objects/commits.ts'
import { objectInfos } from '../../git/objects/objects.ts'
import { type Turn, takeTurn } from '../../git/refs/references.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { LfsStore } from '../../lfs/bytes/bytes.ts'
import type { UploadLimits } from '../../lfs/bytes/limits.ts'
import type { Db } from '../../store/database.ts'
import { refreshMetadata } from '../cards/metadata.ts'
import { findLfsObjects, markReferenced, missingLfsObjects } from '../lfs/lfs-store.ts'
import { pathsMeant } from '../paths/path-reader.ts'
import { moveReferences } from '../references/move-references.ts'
import { authorOf, type Committing } from '../registry/author.ts'
import { branchRef, headOf, mainRef, refusePullRequest } from '../registry/branch-head.ts'
import { addressPrefix } from '../registry/names.ts'
import { openSpool, openSpooled, type Spooled } from '../registry/spool.ts'
import { addWithinLimit, allowanceOf, storageOwnerOf, withinAllowance } from '../storage/limit.ts'
import { attributesAfter, isAttributes } from './attributes-after.ts'
import { type CommitBody, type Operation, readCommit } from './commit-body.ts'
import { commitLimits } from './commit-limits.ts'
import type { RepoAt } from './commit-paths.ts'
import { checkPaths, type PlannedChange, planCommit, pointerIn } from './commit-plan.ts'
import { insertLfsObjects, type NewLfsObject, noteGitOids } from './commit-store.ts'

type Writing = Permit<'repo.write'>

/** Commits changes to a branch; the body is read as it comes. Throws `412` when the branch is not where it was said to be. */
export async function createCommit(
  db: Db,
  permit: Writing,
  input: InputOf<typeof api.commits.createCommit>,
  services: CommitServices,
): Promise<ResultOf<typeof api.commits.createCommit>> {
  refusePullRequest(input.create_pr)
  const ref = branchRef(input.rev)
  // Asked here too, so that no one sends gigabytes to a branch that is not there
  await headOf(services.git, permit.repo.id, ref)
  const allowance = await allowanceOf(db, storageOwnerOf(permit))
  const spool = openSpool(services.incoming, withinAllowance(services.git.reserve, allowance))
  try {
    const body = await readCommit(input.raw, spool, services.uploads.commit)
    checkPaths(body.operations)
    const commitOid = await commitTo(db, permit, { ref, body, services })
    if (ref === mainRef) await refreshMetadata(db, services.git, permit.repo.id)
    const { type, namespace, name } = permit.repo
    const commitUrl = `${services.links.publicUrl}/${addressPrefix[type]}${namespace}/${name}/commit/${commitOid}`
    const reply = { success: true, commitOid, commitUrl, hookOutput: '' }
    return { status: 200, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(reply) }
  } finally {
    await spool.clear()
  }
}

/** What commits use of the installation. */
export interface CommitServices extends Committing {
  lfs: LfsStore
  /** Folder for what arrives and is not yet kept. */
  incoming: string
  uploads: UploadLimits
}

interface Asked {
  ref: string
  body: CommitBody
  services: CommitServices
}

/** What one request has done already when it has to try again. */
interface Work extends Asked {
  /** LFS objects that the repository has. */
  sizes: Map<string, number>
  /** Files whose bytes are in the LFS store. */
  stored: Map<string, NewLfsObject>
  /** Contents that git has. */
  written: Set<string>
  /** In hand from the second try on. */
  turn?: Turn
}

async function commitTo(db: Db, permit: Writing, asked: Asked): Promise<string> {
  const { body, services } = asked
  const oids = body.operations.flatMap(namedOids)
  const sizes = await sizesOf(db, permit.repo.id, [...new Set(oids)])
  const work: Work = { ...asked, sizes, stored: new Map(), written: new Set() }
  const first = await tryCommit(db, permit, work)
  if ('commit' in first) return first.commit
  if (first.refused === 'stale' && body.header.parent !== undefined) throw branchMoved()
  // Too late once: made again with the turn in hand, so that no one moves the branch meanwhile, in no process
  const turn = await takeTurn(services.git, permit.repo.id)
  if (turn === undefined) throw branchIsBusy()
  try {
    const second = await tryCommit(db, permit, { ...work, turn })
    if ('commit' in second) return second.commit
    throw second.refused === 'stale' ? branchMoved() : branchIsBusy()
  } finally {
    await turn.end()
  }
}

type Outcome = { commit: string } | { refused: 'stale' | 'locked' | 'clash' }

async function tryCommit(db: Db, permit: Writing, work: Work): Promise<Outcome> {
  const { ref, body, stored, written } = work
  const { git, links } = work.services
  const head = await headOf(git, permit.repo.id, ref)
  if (body.header.parent !== undefined && body.header.parent !== head) throw branchMoved()
  await storeLfs(db, permit, work, head)
  const { changes, pointers } = await planCommit({ git, repoId: permit.repo.id }, head, body.operations, {
    isLfs: (path) => stored.has(path),
    sizeOf: (oid) => work.sizes.get(oid),
    written,
  })
  const { message } = body.header
  const commit = { parent: head, message, author: authorOf(permit, links), date: now(), changes: opened(changes) }
  const to = await writeCommit(git, permit.repo.id, commit)
  for (const change of changes) if (change.kind === 'spooled') written.add(change.content.gitOid)
  if (head !== undefined && (await isSame({ git, repoId: permit.repo.id }, head, to))) return { commit: head }
  const outcome = await moveReferences(db, git, permit, {
    updates: [{ ref, from: head ?? null, to }],
    event: eventOf(work, head, to),
    turn: work.turn,
    also: async (tx, current) => {
      const fresh = [...stored.values()].filter(({ oid }) => pointers.has(oid))
      const lfsBytes = await insertLfsObjects(tx, permit.repo.id, fresh, permit.actor.id)
      await addWithinLimit(tx, storageOwnerOf(current), permit.repo.id, { lfsBytes, gitBytes: gitBytesOf(work) })
      const oids = [...pointers.keys()]
      if ((await missingLfsObjects(tx, permit.repo.id, oids)).length > 0) throw lfsIsGone()
      await markReferenced(tx, permit.repo.id, pointers)
    },
  })
  return outcome === 'moved' ? { commit: to } : { refused: outcome }
}

// What belongs into LFS and came in the commit itself goes there first; nothing leads to it before the commit does.
async function storeLfs(db: Db, permit: Writing, work: Work, head: string | undefined): Promise<void> {
  const { operations } = work.body
  const mayBe = operations.flatMap((operation) => {
    if (operation.kind !== 'file' || !operation.content || work.stored.has(operation.path)) return []
    const { path, content } = operation
    return content.size > 0 && !isAttributes(path) && pointerIn(content) === undefined ? [{ path, content }] : []
  })
  const paths = mayBe.map(({ path }) => path)
  const files = await attributesAfter({ git: work.services.git, repoId: permit.repo.id }, head, operations, paths)
  const named = await pathsMeant({ of: 'gitattributes', files, paths })
  const fresh = mayBe.filter(({ path, content }) => content.size > commitLimits.regularBytes || named.has(path))
  const known = await sizesOf(db, permit.repo.id, [...new Set(fresh.map(({ content }) => content.sha256))])
  const again = fresh.filter(({ content }) => known.has(content.sha256))
  const names = again.map(({ content }) => ({ oid: content.sha256, gitOid: content.gitOid }))
  await noteGitOids(db, permit.repo.id, names)
  const done = new Set([...known.keys(), ...[...work.stored.values()].map(({ oid }) => oid)])
  for (const { path, content } of fresh) {
    const { sha256: oid, size, gitOid } = content
    if (!done.has(oid)) await storeOne(work.services, permit.repo.id, { path, content })
    done.add(oid)
    work.stored.set(path, { oid, size, path, gitOid })
  }
}

async function sizesOf(db: Db, repoId: string, oids: readonly string[]): Promise<Map<string, number>> {
  const found = oids.length === 0 ? [] : await findLfsObjects(db, repoId, oids)
  return new Map(found.map(({ oid, size }) => [oid, size]))
}

async function storeOne(
  { lfs, uploads }: CommitServices,
  repoId: string,
  { path, content: spooled }: { path: string; content: Spooled },
): Promise<void> {
  const { sha256: oid, size, content } = spooled
  if (size > uploads.lfsObject)
    throw new HubError('PayloadTooLarge', `${path}: Larger than the limit of ${uploads.lfsObject} bytes.`)
  if (!Buffer.isBuffer(content) && content.isAlone) return lfs.adopt(repoId, { oid, size }, content.file)
  const bytes = openSpooled({ sha256: oid, gitOid: '', size, content })
  await lfs.put(repoId, { oid, size }, Buffer.isBuffer(bytes) ? single(bytes) : bytes.stream)
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

function* opened(changes: readonly PlannedChange[]): Generator<Change> {
  for (const change of changes) {
    if (change.kind === 'spooled') yield { kind: 'file', path: change.path, content: openSpooled(change.content) }
    else yield change
  }
}

// As they were sent, until the repository is measured
function gitBytesOf({ body, stored }: Work): number {
  const inGit = body.operations.filter(({ kind, path }) => kind === 'file' && !stored.has(path))
  return inGit.reduce((sum, operation) => sum + (operation.kind === 'file' ? (operation.content?.size ?? 0) : 0), 0)
}

function namedOids(operation: Operation): string[] {
  if (operation.kind === 'lfs') return operation.oid === undefined ? [] : [operation.oid]
  const pointer = operation.kind === 'file' && operation.content ? pointerIn(operation.content) : undefined
  return pointer ? [pointer.oid] : []
}

async function isSame({ git, repoId }: RepoAt, one: string, other: string): Promise<boolean> {
  const trees = await objectInfos(git, repoId, [`${one}^{tree}`, `${other}^{tree}`])
  return trees[0] !== undefined && trees[0].oid === trees[1]?.oid
}

function eventOf({ ref, body }: Work, before: string | undefined, after: string) {
  const branch = ref.replace('refs/heads/', '')
  const summary = body.header.message.split('\n')[0]?.slice(0, 200)
  return {
    type: 'repo.commit',
    what: `committed ${after.slice(0, 8)} to the branch ${branch}`,
    data: { ref, before: before ?? null, after, summary, files: body.operations.length },
  }
}

function lfsIsGone(): HubError {
  return new HubError('Unprocessable', 'An LFS object of this commit has just been deleted. Upload it again.')
}

function branchMoved(): HubError {
  return new HubError(
    'PreconditionFailed',
    'The branch was updated since you opened this page. Please refresh and try again.',
  )
}

function branchIsBusy(): HubError {
  return new HubError('Unavailable', 'Someone else is updating the branch right now. Try again shortly.', {
    headers: { 'Retry-After': '2' },
  })
}
