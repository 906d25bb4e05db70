import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import type { GitHost } from '../../git/host.ts'
import { prepareReferences, type RefUpdate, type Turn } from '../../git/refs/references.ts'
import { log } from '../../kernel/log.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { refreshMetadata } from '../cards/metadata.ts'
import { mainRef } from '../registry/branch-head.ts'
import { touchPushed } from '../registry/store.ts'

type Writing = Permit<'repo.write'>

/** What the audit log says of a change of branches and tags. */
export interface ReferenceEvent {
  type: string
  /** `created the branch x`; of which repository is added. */
  what: string
  data?: Record<string, unknown>
}

export interface Move {
  updates: readonly RefUpdate[]
  event: ReferenceEvent
  /** What else belongs to the change, in its transaction. */
  also?: (tx: Tx, permit: Writing) => Promise<void>
  /** In hand already, where what moves was made in it. */
  turn?: Turn | undefined
}

/**
 * Moves branches and tags with everything that belongs to it: they are locked, the caller is judged again, the event is
 * written, and only then they move, all at once. Answers why when git refuses; nothing has happened then.
 */
export async function moveReferences(
  db: Db,
  git: GitHost,
  permit: Writing,
  { updates, event, also, turn }: Move,
): Promise<'moved' | 'stale' | 'locked' | 'clash'> {
  const prepared = await prepareReferences(git, permit.repo.id, updates, turn)
  if ('refused' in prepared) return prepared.refused
  try {
    await transaction(db, async (tx) => {
      const fresh = await recheck(tx, permit)
      const { repo, org } = fresh
      await also?.(tx, fresh)
      await touchPushed(tx, repo.id)
      await record(tx, permit, eventOf(permit, event, org?.id ?? null))
    })
  } catch (error) {
    await prepared.abort()
    throw error
  }
  await prepared.commit().catch((error) => moveAgain(db, permit, { git, updates, event, turn }, error))
  return 'moved'
}

/** The same, and lists show at once what `main` holds now. */
export async function moveAndRefresh(
  db: Db,
  git: GitHost,
  permit: Writing,
  move: Move,
): ReturnType<typeof moveReferences> {
  const outcome = await moveReferences(db, git, permit, move)
  const movesMain = move.updates.some(({ ref }) => ref === mainRef)
  if (outcome === 'moved' && movesMain) await refreshMetadata(db, git, permit.repo.id)
  return outcome
}

// The log has it already: it is tried once more, and where that fails too the log says so.
async function moveAgain(
  db: Db,
  permit: Writing,
  { git, updates, event, turn }: Move & { git: GitHost },
  error: unknown,
): Promise<void> {
  log.error({ err: error, repository: permit.repo.id }, 'could not update references that were prepared')
  const again = await prepareReferences(git, permit.repo.id, updates, turn).catch(() => undefined)
  if (again && !('refused' in again)) return again.commit()
  const failed = { ...event, type: `${event.type}_incomplete`, what: `could not finish: ${event.what}` }
  await transaction(db, async (tx) => record(tx, permit, eventOf(permit, failed, permit.org?.id ?? null)))
  throw error
}

function eventOf(permit: Writing, { type, what, data }: ReferenceEvent, orgId: string | null) {
  const { repo } = permit
  const name = `${repo.namespace}/${repo.name}`
  return {
    type,
    message: `${what} of the ${repo.type} ${name}`,
    data: { repo: { id: repo.id, type: repo.type, name }, ...data },
    scope: orgId ?? 'instance',
  }
}
