import type { Plan } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { Tx } from '../store/database.ts'
import { countSeats, findSeatPolicy, lockSeatPolicy, type SeatCount, type SeatPolicy } from './seats-store.ts'

/**
 * Refuses with `SeatLimit` when what this transaction has written takes more seats than the organization may have: call
 * it when the membership, or the invitation that reserves one, is written. Counting what is there makes the order of
 * locks that of everybody: memberships first, the organization after, and the row of it only where there is a limit.
 */
export async function takeSeat(tx: Tx, orgId: string): Promise<void> {
  const policy = await lockWhereLimited(tx, orgId)
  if (policy === undefined) return
  if (freeOf(policy, await countSeats(tx, orgId, now())) < 0) throw allTaken(policy)
}

/** The same for invitations: on the free plan they reserve no seat, so that there is nothing to refuse. */
export async function reserveSeat(tx: Tx, orgId: string): Promise<void> {
  const policy = await lockWhereLimited(tx, orgId)
  if (policy === undefined || !reservesSeats(policy.plan)) return
  if (freeOf(policy, await countSeats(tx, orgId, now())) < 0) throw allTaken(policy)
}

/**
 * How many seats are free, and stay so until the transaction ends; null: as many as you like. Below zero where the limit
 * was lowered under what is used, or where this transaction has written too many already.
 */
export async function freeSeats(tx: Tx, orgId: string): Promise<number | null> {
  const policy = await lockWhereLimited(tx, orgId)
  return policy === undefined ? null : freeOf(policy, await countSeats(tx, orgId, now()))
}

/** Whether pending invitations hold a seat on this plan. */
export function reservesSeats(plan: Plan): boolean {
  return plan !== 'free'
}

/** How many seats are used. */
export function usedSeats(plan: Plan, { members, pending }: SeatCount): number {
  return members + (reservesSeats(plan) ? pending : 0)
}

type Limited = SeatPolicy & { limit: number }

// Mostly there is no limit, and one look at the organization is all it costs.
async function lockWhereLimited(tx: Tx, orgId: string): Promise<Limited | undefined> {
  if (!isLimited(await findSeatPolicy(tx, orgId))) return undefined
  const policy = await lockSeatPolicy(tx, orgId)
  return isLimited(policy) ? policy : undefined
}

function isLimited(policy: SeatPolicy | undefined): policy is Limited {
  return policy !== undefined && policy.limit !== null
}

function freeOf({ plan, limit }: Limited, counted: SeatCount): number {
  return limit - usedSeats(plan, counted)
}

function allTaken({ name, limit }: Limited): HubError {
  const seats = limit === 1 ? 'The only seat' : `All ${limit} seats`
  return new HubError(
    'SeatLimit',
    `${seats} of ${name} ${limit === 1 ? 'is' : 'are'} used. An admin can free a seat by removing a member or revoking an invitation, and a site admin can raise the limit.`,
    { body: { limit } },
  )
}
