import type { leaving } from '../../../api/index.ts'
import { groupRoles } from '../../groups/holdings.ts'
import { invitationsReceived, invitationsSent, inviteLinks, joinRequests } from '../../joining/holdings.ts'
import { now } from '../../kernel/clock.ts'
import { membership, successorPlace } from '../../members/holdings.ts'
import { collaboratorGrants, fileLocks, gatedAccess, gatedRequests } from '../../repos/holdings.ts'
import { provisioned } from '../../scim/holdings.ts'
import { serviceAccounts } from '../../service-accounts/holdings.ts'
import { ssoIdentities, ssoSessions } from '../../sso/holdings.ts'
import type { Db, Tx } from '../../store/database.ts'
import { tokens } from '../../tokens/holdings.ts'
import type { Holder, HolderIn, Holding, Holdings, HoldingsByKind, Stock, WayOut } from '../../users/holding.ts'

/**
 * Everything that a person can hold of an organization, in the order in which it is locked and ended: tokens first,
 * because which of them reach the organization follows from the rest.
 */
export const holdingsByKind: HoldingsByKind = {
  tokens,
  inviteLinks,
  invitationsReceived,
  invitationsSent,
  joinRequests,
  collaboratorGrants,
  gatedAccess,
  gatedRequests,
  fileLocks,
  serviceAccounts,
  ssoIdentities,
  ssoSessions,
  provisioned,
  successorPlace,
  groupRoles,
  membership,
}

type Has = leaving.Holdings
const all: readonly [string, Holding<unknown>][] = Object.entries(holdingsByKind)

/** Lists what a person holds of an organization at this moment. */
export async function listHoldings(db: Db, holder: HolderIn): Promise<Has> {
  const at = now()
  const found: Record<string, unknown[]> = {}
  for (const [kind, holding] of all) found[kind] = await holding.list(db, holder, at)
  const first = (kind: keyof Has) => found[kind]?.[0] ?? null
  return { ...found, membership: first('membership'), successorPlace: first('successorPlace') } as Has
}

/** How many of each kind there are. */
export function countHoldings(has: Has): Record<string, number> {
  const count = (held: unknown) => (Array.isArray(held) ? held.length : held === null ? 0 : 1)
  return Object.fromEntries(Object.entries(has).map(([kind, held]) => [kind, count(held)]))
}

/** Locks what others may be about to revoke or resend; call it when accounts and memberships are locked. */
export async function lockHoldings(tx: Tx, holder: Holder): Promise<void> {
  for (const [, { hold }] of all) await hold?.(tx, holder, now())
}

/** Ends everything but the membership and what hangs on it; what can be handed over goes to the heir, if there is one. */
export async function endHoldings(tx: Tx, holder: HolderIn, heirId?: string): Promise<void> {
  for (const [, { end, handOver }] of all) {
    if (heirId !== undefined && handOver !== undefined) await handOver(tx, holder, heirId, now())
    else await end?.(tx, holder, now())
  }
}

/** The holdings as the rooms below walk them. */
export const holdings: Holdings = {
  takeStock,
  hold: lockHoldings,
  end: async (tx, holder, way) => {
    for (const [, { end, endsWith }] of all) if (endsWith.includes(way)) await end?.(tx, holder, now())
  },
}

async function takeStock(db: Db, holder: HolderIn, way: WayOut): Promise<Stock> {
  const has = await listHoldings(db, holder)
  const counts = Object.entries(countHoldings(has))
  const ending = new Set(all.filter(([, { endsWith }]) => endsWith.includes(way)).map(([kind]) => kind))
  return {
    has,
    ended: Object.fromEntries(counts.filter(([kind]) => ending.has(kind))),
    remaining: Object.fromEntries(counts.filter(([kind]) => !ending.has(kind))),
  }
}
