import type { GitHost } from '../../git/host.ts'
import { isRefName, resolveRevision } from '../../git/objects/revisions.ts'
import { HubError } from '../../kernel/errors.ts'
import { noSuchRevision } from './revision.ts'

export const mainRef = 'refs/heads/main'

/** The full name of a branch, said with or without `refs/heads/`; throws `404 RevisionNotFound` for what can be none. */
export function branchRef(rev: string): string {
  const name = rev === 'HEAD' ? 'main' : rev.replace(/^refs\/heads\//, '')
  if (!isRefName(name)) throw noSuchRevision(rev)
  return `refs/heads/${name}`
}

/** The commit of a branch; undefined for `main` before the first commit. Throws `404 RevisionNotFound`. */
export async function headOf(git: GitHost, repoId: string, ref: string): Promise<string | undefined> {
  const head = await resolveRevision(git, repoId, ref)
  if (head === undefined && ref !== mainRef) throw noSuchRevision(ref.replace('refs/heads/', ''))
  return head
}

/** Refuses what asks for a pull request. */
export function refusePullRequest(asked: string | undefined): void {
  if (asked === undefined || ['', '0', 'false'].includes(asked)) return
  throw new HubError('NotImplemented', 'Pull requests are not supported. Commit to a branch instead.')
}
