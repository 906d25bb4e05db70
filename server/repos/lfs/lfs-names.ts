import type { GitHost } from '../../git/host.ts'
import { listRefs } from '../../git/objects/history.ts'
import { siblingsAt } from '../content/commit-contents.ts'
import { mainRef } from '../registry/branch-head.ts'

const mostRefs = 20
const longestMs = 5000

/** A file that holds an LFS object. */
interface Place {
  path: string
  ref: string
}

/** Where LFS objects are at the ends of branches and tags, one place each, on `main` if it is there. */
export async function placesOf(git: GitHost, repoId: string, oids: readonly string[]): Promise<Map<string, Place>> {
  const missing = new Set(oids)
  const places = new Map<string, Place>()
  if (missing.size === 0) return places
  const { branches, tags } = await listRefs(git, repoId)
  const refs = [...branches.filter(isMain), ...branches.filter((ref) => !isMain(ref)), ...tags]
  const began = performance.now()
  for (const { ref, commit } of refs.slice(0, mostRefs)) {
    for (const { rfilename, lfs } of await siblingsAt({ git, repoId, commit }, true)) {
      if (lfs !== undefined && missing.delete(lfs.sha256)) places.set(lfs.sha256, { path: rfilename, ref })
    }
    if (missing.size === 0 || performance.now() - began > longestMs) break
  }
  return places
}

function isMain({ ref }: { ref: string }): boolean {
  return ref === mainRef
}
