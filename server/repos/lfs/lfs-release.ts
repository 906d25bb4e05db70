import type { GitHost } from '../../git/host.ts'
import { pointerBlobs } from '../../git/refs/rewrite.ts'
import { log } from '../../kernel/log.ts'
import { type Db, transaction } from '../../store/database.ts'
import { lockRepoRow } from '../registry/store.ts'
import { hasReferenced, unmarkReferenced } from './lfs-store.ts'

/**
 * Gives up the LFS objects of a repository that no pointer in it leads to, once its unreachable commits are gone. They
 * wait for a day, like uploads that no commit took up, and are removed then. False when a branch or tag moved meanwhile.
 */
export async function releaseLfs(db: Db, git: GitHost, repoId: string): Promise<boolean> {
  const pushedAt = await hasReferenced(db, repoId)
  if (pushedAt === undefined) return true
  const pointed = new Set<string>()
  await pointerBlobs(git, repoId, (oid) => {
    pointed.add(oid)
    return false
  })
  return transaction(db, async (tx) => {
    const row = await lockRepoRow(tx, repoId)
    // What moved may lead to one of them: asked again in the next round
    if (row?.pushed_at?.getTime() !== pushedAt?.getTime()) return false
    const count = await unmarkReferenced(tx, repoId, [...pointed])
    if (count > 0) log.info({ repository: repoId, count }, 'LFS files that no commit leads to are removed in a day')
    return true
  })
}
