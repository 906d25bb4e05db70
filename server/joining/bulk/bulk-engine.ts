import { badField, HubError } from '../../kernel/errors.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'

type Mode = 'plan' | 'apply'

/** What is answered to a change of many; a change that was made says so. */
interface Told {
  planHash: string
  applied: boolean
}

/** One kind of change of many, whose rows are read already: from JSON or from CSV, which makes no difference here. */
export interface BulkChange<Planned, Result extends Told> {
  /** Reads the state and judges every row on it. To apply, what the plan rests on is locked first. */
  plan(tx: Tx, mode: Mode): Promise<Planned>
  /** What is answered: a verdict for each row, and the hash of all that makes a difference. */
  tell(tx: Tx, planned: Planned, mode: Mode): Promise<Result>
  /** Does it, all of it or nothing, or refuses what may not be done as it is; answers what there is to add. */
  apply(tx: Tx, planned: Planned, told: Result): Promise<Partial<Result>>
}

/**
 * Plans a change of many, or applies it: a plan changes nothing and gives each row a verdict, and applying takes the hash of
 * that plan. A plan that would come out differently by now is refused.
 */
export async function planOrApply<Planned, Result extends Told>(
  db: Db,
  { mode, planHash }: { mode: Mode; planHash?: string | undefined },
  change: BulkChange<Planned, Result>,
): Promise<Result> {
  if (mode === 'apply' && planHash === undefined)
    throw badField('planHash', 'is required to apply. Make a plan first, and send its planHash.')
  return transaction(db, async (tx) => {
    const planned = await change.plan(tx, mode)
    const told = await change.tell(tx, planned, mode)
    if (mode === 'plan') return told
    if (told.planHash !== planHash) throw stalePlan()
    return { ...told, ...(await change.apply(tx, planned, told)), applied: true }
  })
}

function stalePlan(): HubError {
  return new HubError(
    'Conflict',
    'The organization or the request has changed since this plan was made. Make a new plan, review it, and apply that one.',
  )
}
