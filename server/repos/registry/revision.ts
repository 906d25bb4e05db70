import type { GitHost } from '../../git/host.ts'
import { type Located, locate, resolveRevision } from '../../git/objects/revisions.ts'
import { requireFolder } from '../../git/process/folder.ts'
import { HubError } from '../../kernel/errors.ts'

/** The commit that a revision of the repository names; throws `404 RevisionNotFound` when there is none. */
export async function getRevision(git: GitHost, repoId: string, rev: string): Promise<string> {
  const commit = await resolveRevision(git, repoId, rev)
  if (commit === undefined) throw await noRevision(git, repoId, rev)
  return commit
}

/** The same where a path follows, whose first segments may belong to the revision. */
export async function locateIn(git: GitHost, repoId: string, rev: string, path: string): Promise<Located> {
  const located = await locate(git, repoId, rev, path)
  if (located === undefined) throw await noRevision(git, repoId, rev)
  return located
}

async function noRevision(git: GitHost, repoId: string, rev: string): Promise<HubError> {
  // A process that read before the folder went still answers, and finds nothing
  await requireFolder(git, repoId)
  return noSuchRevision(rev)
}

/** The refusal of a revision that is none. */
export function noSuchRevision(rev: string): HubError {
  return new HubError('RevisionNotFound', `Invalid rev id: ${rev.slice(0, 200)}`)
}

/** The refusal of a path where nothing is; the commit goes with it, so that clients can keep the absence. */
export function noSuchEntry(commit: string): HubError {
  return new HubError('EntryNotFound', 'Entry not found', { headers: { 'X-Repo-Commit': commit } })
}
