import { daySeconds, secondsFromNow } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import type { Stage } from '../../lfs/xet/stage.ts'
import { type Db, transaction } from '../../store/database.ts'
import { findRepoIds, lockRepoRow } from '../registry/store.ts'
import { deleteXorbs, findStaged, listStale, lockStale } from './xet-store.ts'

const atOnce = 500
// An upload of many hours names its xorbs at its end
const keptDays = 2

/** Removes xorbs that no file was made of within two days, and files of the stage that belong to none. */
export async function collectXorbs(db: Db, stage: Stage): Promise<number> {
  const before = secondsFromNow(-keptDays * daySeconds)
  let removed = 0
  for (;;) {
    const rows = await listStale(db, before, atOnce)
    for (const [repoId, xorbs] of Map.groupBy(rows, ({ repo_id }) => repo_id)) {
      const hashes = xorbs.map(({ hash }) => hash)
      removed += await dropStale(db, stage, { repoId, hashes, before })
    }
    if (rows.length < atOnce) break
  }
  return removed + (await sweepStage(db, stage))
}

async function dropStale(
  db: Db,
  stage: Stage,
  { repoId, hashes, before }: { repoId: string; hashes: string[]; before: Date },
): Promise<number> {
  const names = await transaction(db, async (tx) => {
    if ((await lockRepoRow(tx, repoId)) === undefined) return []
    return deleteXorbs(tx, repoId, await lockStale(tx, repoId, hashes, before))
  })
  for (const name of names) await stage.remove(repoId, name)
  return names.length
}

// What arrived within a day may be on its way into the database.
async function sweepStage(db: Db, stage: Stage): Promise<number> {
  const repoIds = await stage.repositories()
  const known = await findRepoIds(db, repoIds)
  let removed = 0
  for (const repoId of repoIds) {
    if (known.has(repoId)) removed += await sweepRepository(db, stage, repoId)
    else await stage.removeRepository(repoId).catch(untilNextTime)
  }
  return removed
}

async function sweepRepository(db: Db, stage: Stage, repoId: string): Promise<number> {
  const old = await stage.list(repoId, secondsFromNow(-daySeconds))
  const staged = await findStaged(db, repoId, old)
  const ownerless = old.filter((name) => !staged.has(name))
  for (const name of ownerless) await stage.remove(repoId, name).catch(untilNextTime)
  return ownerless.length
}

function untilNextTime(error: unknown): void {
  log.warn({ err: error }, 'uploads stay until the next sweep')
}
