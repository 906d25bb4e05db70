import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { squashCommit, writeCommit } from '../../git/objects/commits.ts'
import { objectInfo } from '../../git/objects/objects.ts'
import { isNewRefName } from '../../git/objects/revisions.ts'
import { now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import type { Db, Tx } from '../../store/database.ts'
import { authorOf, type Committing } from '../registry/author.ts'
import { branchRef, headOf, mainRef } from '../registry/branch-head.ts'
import { getRevision, noSuchRevision } from '../registry/revision.ts'
import { wantPruning } from '../registry/store.ts'
import { moveAndRefresh } from './move-references.ts'

// As maintenance and the collection of LFS objects do it
const forgetting =
  'Commits that no branch or tag leads to are deleted when nothing was written to the repository for 10 minutes. LFS files that only they used are deleted a day later.'

type Commits = typeof api.commits
type Writing = Permit<'repo.write'>

/** Creates a branch at a revision, or an empty one; with `overwrite` an existing one is moved there. */
export async function createBranch(
  db: Db,
  permit: Writing,
  input: InputOf<Commits['createBranch']>,
  committing: Committing,
): Promise<ResultOf<Commits['createBranch']>> {
  const { git } = committing
  if (!isNewRefName(input.rev)) throw badField('rev', 'is not a valid branch name')
  const ref = `refs/heads/${input.rev}`
  const from = await directOid(git, permit.repo.id, ref)
  if (from !== undefined && !input.overwrite) throw alreadyThere(ref)
  const to = input.emptyBranch
    ? await emptyCommit(permit, committing)
    : await getRevision(git, permit.repo.id, input.startingPoint ?? 'HEAD')
  if (to === from) return { success: true }
  const what = from === undefined ? 'created' : 'moved'
  const event = {
    type: 'repo.create_branch',
    what: `${what} the branch ${input.rev}`,
    data: { ref, before: from ?? null, after: to },
  }
  const outcome = await moveAndRefresh(db, git, permit, { updates: [{ ref, from: from ?? null, to }], event })
  return movedOr(outcome, ref)
}

/** Deletes a branch; not `main`. */
export async function deleteBranch(
  db: Db,
  permit: Writing,
  { rev }: InputOf<Commits['deleteBranch']>,
  git: GitHost,
): Promise<ResultOf<Commits['deleteBranch']>> {
  const ref = branchRef(rev)
  if (ref === mainRef) throw new HubError('Forbidden', `Cannot delete ${mainRef}`)
  const from = await headOf(git, permit.repo.id, ref)
  if (from === undefined) throw noSuchRevision(rev)
  const event = {
    type: 'repo.delete_branch',
    what: `deleted the branch ${rev}`,
    data: { ref, before: from, after: null },
  }
  const outcome = await moveAndRefresh(db, git, permit, { updates: [{ ref, from, to: null }], event })
  return movedOr(outcome, ref)
}

/** Makes one commit without parents of a branch; other branches and tags keep what they lead to. */
export async function superSquash(
  db: Db,
  permit: Writing,
  { rev, message }: InputOf<Commits['superSquash']>,
  committing: Committing,
): Promise<ResultOf<Commits['superSquash']>> {
  const { git, links } = committing
  const ref = branchRef(rev)
  const from = await headOf(git, permit.repo.id, ref)
  if (from === undefined) throw noSuchRevision(rev)
  const branch = ref.replace('refs/heads/', '')
  const commit = {
    treeOf: from,
    message: message?.trim() || `Squash ${branch}`,
    author: authorOf(permit, links),
    date: now(),
  }
  const to = await squashCommit(git, permit.repo.id, commit)
  const event = {
    type: 'repo.super_squash',
    what: `squashed the branch ${branch}`,
    data: { ref, before: from, after: to },
  }
  const also = (tx: Tx) => wantPruning(tx, permit.repo.id)
  movedOr(await moveAndRefresh(db, git, permit, { updates: [{ ref, from, to }], event, also }), ref)
  return { commitId: to, message: forgetting }
}

async function emptyCommit(permit: Writing, { git, links }: Committing): Promise<string> {
  const commit = {
    parent: undefined,
    message: 'initial commit',
    author: authorOf(permit, links),
    date: now(),
    changes: [],
  }
  return writeCommit(git, permit.repo.id, commit)
}

/** What a ref leads to itself: of a tag with a message the tag, not its commit. */
export async function directOid(git: GitHost, repoId: string, ref: string): Promise<string | undefined> {
  return (await objectInfo(git, repoId, ref))?.oid
}

/** Turns the refusal of git into the answer; what moved is a success. */
export function movedOr(outcome: Awaited<ReturnType<typeof moveAndRefresh>>, ref: string): { success: boolean } {
  switch (outcome) {
    case 'moved':
      return { success: true }
    case 'clash':
      throw new HubError(
        'Conflict',
        `${ref} conflicts with another reference. A name can’t be a folder of another name.`,
      )
    default:
      throw new HubError('Conflict', `${ref} has just been updated by someone else. Reload and try again.`)
  }
}

/** The refusal of a name that is taken. */
export function alreadyThere(ref: string): HubError {
  return new HubError('Conflict', `Reference ${ref} already exists`)
}
