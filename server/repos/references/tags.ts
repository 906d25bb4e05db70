import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { writeTag } from '../../git/objects/commits.ts'
import { isNewRefName, isRefName } from '../../git/objects/revisions.ts'
import { now } from '../../kernel/clock.ts'
import { badField } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'
import { authorOf, type Committing } from '../registry/author.ts'
import { getRevision, noSuchRevision } from '../registry/revision.ts'
import { alreadyThere, directOid, movedOr } from './branches.ts'
import { moveReferences } from './move-references.ts'

type Commits = typeof api.commits
type Writing = Permit<'repo.write'>

/** Tags a revision; with a message the tag is an object of its own, by whom and when. */
export async function createTag(
  db: Db,
  permit: Writing,
  { rev, tag, message }: InputOf<Commits['createTag']>,
  { git, links }: Committing,
): Promise<ResultOf<Commits['createTag']>> {
  const ref = `refs/tags/${tag}`
  const isValid = isNewRefName(tag)
  // The order that clients expect: a name that is taken, a revision that is missing, a name that no tag can have
  if (isValid && (await directOid(git, permit.repo.id, ref)) !== undefined) throw alreadyThere(ref)
  const commit = await getRevision(git, permit.repo.id, rev)
  if (!isValid) throw badField('tag', 'is not a valid tag name')
  const made = { commit, name: tag, message: message ?? '', author: authorOf(permit, links), date: now() }
  const to = message ? await writeTag(git, permit.repo.id, made) : commit
  const event = { type: 'repo.create_tag', what: `created the tag ${tag}`, data: { ref, before: null, after: commit } }
  const outcome = await moveReferences(db, git, permit, { updates: [{ ref, from: null, to }], event })
  if (outcome === 'stale') throw alreadyThere(ref)
  return movedOr(outcome, ref)
}

/** Deletes a tag. */
export async function deleteTag(
  db: Db,
  permit: Writing,
  { rev }: InputOf<Commits['deleteTag']>,
  git: GitHost,
): Promise<ResultOf<Commits['deleteTag']>> {
  const name = rev.replace(/^refs\/tags\//, '')
  if (!isRefName(name)) throw noSuchRevision(rev)
  const ref = `refs/tags/${name}`
  const from = await directOid(git, permit.repo.id, ref)
  if (from === undefined) throw noSuchRevision(rev)
  const event = { type: 'repo.delete_tag', what: `deleted the tag ${name}`, data: { ref, before: from, after: null } }
  const outcome = await moveReferences(db, git, permit, { updates: [{ ref, from, to: null }], event })
  if (outcome === 'stale') throw noSuchRevision(rev)
  return movedOr(outcome, ref)
}
