import { dayOf, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db, Tx } from '../../store/database.ts'
import { findRejoinBlock, findRejoinBlocks, holdAndFindKept } from './rejoin-blocks-store.ts'

/**
 * Refuses to let in people of whom one was offboarded and has a rejoin block, or is deactivated by the identity provider;
 * the refusal does not tell which. So are accounts that another organization owns. Holds the accounts: who asks first is not overtaken by an offboarding.
 */
export async function refuseBlocked(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  const { elsewhere, blocks, isDeactivated } = await holdAndFindKept(tx, orgId, userIds, now())
  refuseManagedElsewhere(elsewhere)
  if (blocks.size === 0 && !isDeactivated) return
  throw new HubError(
    'Conflict',
    'This account can’t join the organization right now. Ask an admin of the organization.',
  )
}

/** Refuses to offer something to someone who was offboarded, and tells the admin who offers it what to do first. */
export async function refuseToOffer(tx: Tx, orgId: string, person: { id: string; name: string }): Promise<void> {
  const { elsewhere, blocks, isDeactivated } = await holdAndFindKept(tx, orgId, [person.id], now())
  refuseManagedElsewhere(elsewhere)
  if (isDeactivated)
    throw new HubError(
      'Conflict',
      `${person.name} is deactivated by the identity provider of the organization. Activate them there first.`,
    )
  const until = blocks.get(person.id)
  if (until === undefined) return
  throw new HubError('Conflict', rejoinBlockWords(person.name, until))
}

function refuseManagedElsewhere([name]: readonly string[]): void {
  if (name === undefined) return
  const sentence = `The account ${name} is managed by another organization, so it can’t join this one.`
  throw new HubError('Conflict', sentence)
}

/** Says why nothing is offered to someone who was offboarded, and what an admin does first. */
export function rejoinBlockWords(name: string, until: Date): string {
  return `${name} was offboarded and has a rejoin block until ${dayOf(until)}. An admin can allow them to rejoin under Members → More → View offboarded people.`
}

/** Whether a person has a rejoin block. */
export async function hasRejoinBlock(db: Db, orgId: string, userId: string): Promise<boolean> {
  return (await findRejoinBlock(db, orgId, userId, now())) !== undefined
}

/** The rejoin blocks among people: until when, by account. */
export async function rejoinBlocksAmong(db: Db, orgId: string, userIds: readonly string[]): Promise<Map<string, Date>> {
  return findRejoinBlocks(db, orgId, userIds, now())
}
