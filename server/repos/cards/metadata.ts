import type { GitHost } from '../../git/host.ts'
import { ObjectTooLarge, readObject } from '../../git/objects/objects.ts'
import { resolveRevision } from '../../git/objects/revisions.ts'
import { tidyRepository } from '../../git/upkeep/maintenance.ts'
import { repositorySize } from '../../git/upkeep/repository.ts'
import { minuteSeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import type { Db } from '../../store/database.ts'
import { fieldsOf, tagsOf } from './card.ts'
import type { Card } from './card-head.ts'
import { noCard, readCard, tooLong } from './card-reader.ts'
import { formOf } from './gate-form.ts'
import { findUntidy, markPruned, markTidied, saveMetadata } from './metadata-store.ts'

const mostCardBytes = 1024 * 1024
const tidiedAtOnce = 200
const quietSeconds = 10 * minuteSeconds

/** Reads the card of a repository as of a commit; an empty one where there is none. */
export async function cardOf(git: GitHost, repoId: string, commit: string): Promise<Card> {
  const found = await readObject(git, repoId, `${commit}:README.md`).catch(onlyTooLarge)
  const isText = found?.type === 'blob' && found.size <= mostCardBytes
  return readCard(isText ? found.content.toString('utf8') : '')
}

// Anything else passes, and must not be taken for a repository without a card
function onlyTooLarge(error: unknown): undefined {
  if (!(error instanceof ObjectTooLarge)) throw error
}

/**
 * Brings what lists show of a repository up to its main branch: card, tags, size. Git is the truth, so a failure is
 * only logged: the next change, or the next round of tidying, does it again.
 */
export async function refreshMetadata(db: Db, git: GitHost, repoId: string): Promise<void> {
  try {
    const head = (await resolveRevision(git, repoId, 'refs/heads/main')) ?? null
    const card = head === null ? noCard : await cardOf(git, repoId, head)
    const size = await repositorySize(git, repoId)
    await saveMetadata(db, repoId, {
      head,
      // What takes too long now may not another time; a form of a gate must not vanish meanwhile
      card: card === tooLong ? undefined : { data: card.data, form: formOf(card.data) },
      tags: tagsOf(card),
      fields: fieldsOf(card),
      gitBytes: size,
    })
  } catch (error) {
    log.warn({ err: error, repository: repoId }, 'could not read the metadata of a repository')
  }
}

/**
 * Tidies the repositories that changed since they were last tidied; answers how many. `pruned` hears of each whose
 * unreachable commits are gone, and answers whether what belonged to them is given up too.
 */
export async function tidyRepositories(
  db: Db,
  git: GitHost,
  pruned: (repoId: string) => Promise<boolean>,
): Promise<number> {
  const rows = await findUntidy(db, tidiedAtOnce, secondsFromNow(-quietSeconds))
  for (const { id, prune_wanted_at: wantedAt } of rows) {
    const begun = now()
    const tidied = await tidyRepository(git, id, { forgets: wantedAt !== null }).catch((error) => {
      log.warn({ err: error, repository: id }, 'could not be cleaned up')
    })
    const isDone = tidied?.pruned && (await pruned(id).catch((error) => notReleased(id, error)))
    if (wantedAt !== null && isDone) await markPruned(db, id, wantedAt)
    await refreshMetadata(db, git, id)
    await markTidied(db, id, begun)
  }
  return rows.length
}

function notReleased(repoId: string, error: unknown): false {
  log.warn({ err: error, repository: repoId }, 'what unreachable commits held could not be given up')
  return false
}
