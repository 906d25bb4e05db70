import { dayOf, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db, Tx } from '../../store/database.ts'
import { findTombstone, findTombstones, holdPeople } from './tombstones-store.ts'

/**
 * Refuses to let in people of whom one was offboarded and has a rejoin block; whoever reads the refusal does not learn why.
 * Holds the accounts: who asks first is not overtaken by an offboarding.
 */
export async function refuseBlocked(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  await holdPeople(tx, userIds)
  if ((await findTombstones(tx, orgId, userIds, now())).size === 0) return
  throw new HubError(
    'Conflict',
    'This account cannot join the organization at the moment; ask an admin of the organization.',
  )
}

/** Refuses to offer something to somebody who was offboarded, and tells the admin who offers it what to do first. */
export async function refuseTombstoned(tx: Tx, orgId: string, person: { id: string; name: string }): Promise<void> {
  await holdPeople(tx, [person.id])
  const until = await findTombstone(tx, orgId, person.id, now())
  if (until === undefined) return
  throw new HubError('Conflict', keptOutWords(person.name, until))
}

/** Says why nothing is offered to somebody who was offboarded, and what an admin does first. */
export function keptOutWords(name: string, until: Date): string {
  return `${name} was offboarded and is kept out until ${dayOf(until)}: an admin of the organization lifts that first, under Members → More → Offboarded people.`
}

/** Whether somebody was offboarded and is still kept out. */
export async function isKeptOut(db: Db, orgId: string, userId: string): Promise<boolean> {
  return (await findTombstone(db, orgId, userId, now())) !== undefined
}

/** The same of many at once: until when each of those is kept out who is. */
export async function keptOutAmong(db: Db, orgId: string, userIds: readonly string[]): Promise<Map<string, Date>> {
  return findTombstones(db, orgId, userIds, now())
}
