import type { OrgRole } from '../../../api/index.ts'
import { sharesProbation } from '../../access/escalation.ts'
import { isOnProbation } from '../../access/requirements.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import type { Tx } from '../../store/database.ts'
import type { ChangeSet } from './membership-changes.ts'
import type { JoinStep, Step, UpdateStep } from './membership-steps.ts'
import { copyProbation, setProbation } from './membership-store.ts'

const probationDays = 30

/** Until when an admin is on probation who becomes one by recovery now. */
export function probationFromNow(): Date {
  return secondsFromNow(probationDays * daySeconds)
}

/**
 * Hands the probation of those who answer for changes on to members who were given a role by them: a second account helps
 * no one around it. Begins it for those who come with one of their own.
 */
export async function handOnProbation(tx: Tx, { orgId, by }: ChangeSet, steps: readonly Step[]): Promise<void> {
  const caller = by !== undefined && isOnProbation(by.facts) ? by.actor.id : undefined
  const given = steps.filter((step) => isGiven(step)).filter((step) => givenRoles(step).some(sharesProbation))
  for (const [giver, people] of Map.groupBy(given, (step) => giverOf(step, caller)))
    if (giver !== undefined) await copyProbation(tx, { orgId, userId: giver }, idsOf(people), now())
  const begun = steps.filter(isGiven).filter(({ change }) => change.probationUntil !== undefined)
  for (const [until, people] of Map.groupBy(begun, ({ change }) => change.probationUntil))
    if (until !== undefined) await setProbation(tx, orgId, idsOf(people), until)
}

function isGiven(step: Step): step is JoinStep | UpdateStep {
  return step.kind === 'join' || step.kind === 'update'
}

function giverOf(step: JoinStep | UpdateStep, caller: string | undefined): string | undefined {
  return step.change.letInBy ?? (step.kind === 'join' ? undefined : caller)
}

function givenRoles(step: JoinStep | UpdateStep): OrgRole[] {
  if (step.kind === 'join') return [step.change.role, ...(step.change.groups ?? []).map(({ role }) => role)]
  const roles: OrgRole[] = step.groups.put.map(({ role }) => role)
  return step.role === step.member.role ? roles : [...roles, step.role]
}

function idsOf(steps: readonly (JoinStep | UpdateStep)[]): string[] {
  return steps.map(({ person }) => person.id)
}
