import type { OrgRole } from '../../api/index.ts'
import { sharesProbation } from '../access/escalation.ts'
import type { AnyPermit } from '../access/permit.ts'
import { isOnProbation } from '../access/requirements.ts'
import { dayOf, daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db, Tx } from '../store/database.ts'
import { copyProbation, findProbation, setProbation } from './probation-store.ts'
import type { MemberKey } from './store.ts'

const probationDays = 30

/** Puts somebody on probation who became admin by recovery; answers until when. */
export async function beginProbation(tx: Tx, key: MemberKey): Promise<Date> {
  const until = secondsFromNow(probationDays * daySeconds)
  await setProbation(tx, key, until)
  return until
}

/**
 * Hands the probation of the caller on to members whom they just gave a role: a second account helps nobody around it.
 * Call it in the transaction of the change, wherever a member's role is raised; without a probation it does nothing.
 */
export async function handOnProbation(
  tx: Tx,
  permit: AnyPermit,
  { orgId, userIds, role }: { orgId: string; userIds: readonly string[]; role: OrgRole },
): Promise<void> {
  if (permit.actor === undefined || !isOnProbation(permit.facts)) return
  await inheritProbation(tx, { orgId, userId: permit.actor.id }, userIds, role)
}

/** The same for those let in on behalf of a member who need not be the caller: whoever invited them, or made the link. */
export async function inheritProbation(
  tx: Tx,
  from: MemberKey,
  userIds: readonly string[],
  role: OrgRole,
): Promise<void> {
  if (sharesProbation(role)) await copyProbation(tx, from, userIds, now())
}

/**
 * Refuses what has to wait while an admin of the organization is on probation, whoever asks, so that nobody does it for
 * them; an admin who is not on probation may.
 */
export async function refuseDuringProbation(db: Db, permit: AnyPermit, what: string): Promise<void> {
  if (permit.facts.org === undefined) return
  const { until, isProven } = await findProbation(
    db,
    { orgId: permit.facts.org.id, userId: permit.actor?.id ?? '' },
    now(),
  )
  if (until === null || isProven) return
  const day = dayOf(until)
  throw new HubError(
    'Forbidden',
    `The organization has an admin on probation after a recovery, until ${day}: ${what} has to wait until then, or is for an admin who is not.`,
  )
}
