import { revisionAddress } from '../../addresses.ts'
import type { Surroundings } from '../../pieces/harmless.ts'
import type { RepoName } from '../../places.ts'

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder that a path is in; empty for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Where a relative path leads from a folder; it never leaves the repository. */
export function pathFrom(folder: string, relative: string): string {
  const parts: string[] = folder === '' ? [] : folder.split('/')
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop()
    if (part !== '' && part !== '.' && part !== '..') parts.push(part)
  }
  return parts.join('/')
}

/** How a document at a path leads to its neighbours. */
export function surroundingsOf(repo: RepoName, rev: string, path: string): Surroundings {
  const folder = folderOf(path)
  return {
    page: (target) => {
      const found = pathFrom(folder, target)
      return found === '' ? revisionAddress(repo, 'tree', rev) : revisionAddress(repo, 'blob', rev, found)
    },
    bytes: (target) => revisionAddress(repo, 'resolve', rev, pathFrom(folder, target)),
  }
}

/** A card without the metadata at its head. */
export function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/, '')
}

/** An id of a commit as people read it; names of branches stay whole. */
export function shortRevision(rev: string): string {
  return /^[0-9a-f]{40}$/.test(rev) ? rev.slice(0, 7) : rev
}

/** A word for a shell that means nothing but itself; names of branches may hold signs that a shell would run. */
export function shellWord(word: string): string {
  return /^[\w./][\w./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
