import type { GitHost } from '../../git/host.ts'
import type { Operation } from './commit-body.ts'

/** A repository in git. */
export interface RepoAt {
  git: GitHost
  repoId: string
}

/** Where nothing is any more once the operation is done. */
export function goneBy(operation: Operation): string[] {
  if (operation.kind === 'delete') return [operation.path]
  // Where a file was that is renamed
  return operation.oldPath === undefined || operation.oldPath === operation.path ? [] : [operation.oldPath]
}

/** The folders above a path, from the top; without the root. */
export function foldersOf(path: string): string[] {
  const folders: string[] = []
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at))
  return folders
}
