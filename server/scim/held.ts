import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import * as store from './breaker-store.ts'
import { changeGroup, endGroup } from './groups.ts'
import { changeUser, deleteUser } from './users.ts'

type Api = typeof api.scimSettings

const mostListed = 100

/** Lists removals that were held back, those that wait first. */
export async function listHeldRemovals(
  db: Db,
  { org }: Permit<'scim.view'>,
): Promise<ResultOf<Api['listHeldRemovals']>> {
  return (await store.listHeld(db, org.id, { at: now(), limit: mostListed })).map(heldReply)
}

function heldReply(row: store.HeldRow): api.scimSettings.HeldRemoval {
  return {
    id: row.id,
    state: row.state,
    summary: row.summary,
    people: row.people,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
  }
}

/** Approves a held removal and carries it out, in one transaction. */
export async function approveHeldRemoval(
  db: Db,
  permit: Permit<'scim.decide'>,
  { id }: InputOf<Api['approveHeldRemoval']>,
): Promise<ResultOf<Api['approveHeldRemoval']>> {
  const writing = await authorize(db, permit, 'scim.write', { orgId: permit.org.id })
  return transaction(db, async (tx) => {
    const row = await lockWaiting(tx, permit, id)
    await carryOutHeld(tx, writing, row.request)
    return decide(tx, permit, row, 'approved')
  })
}

// What it was about may be gone: then there is nothing left to do.
async function carryOutHeld(tx: Tx, permit: Permit<'scim.write'>, request: store.HeldRequest): Promise<void> {
  const asked = { ...request, isApproved: true } as const
  const isDeletion = request.method === 'DELETE'
  try {
    if (request.resource === 'User') await (isDeletion ? deleteUser : changeUser)(tx, permit, asked)
    else await (isDeletion ? endGroup : changeGroup)(tx, permit, asked)
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'NotFound') throw error
  }
}

/** Denies a held removal; the same request is refused for 72 hours. */
export async function refuseHeldRemoval(
  db: Db,
  permit: Permit<'scim.decide'>,
  { id }: InputOf<Api['refuseHeldRemoval']>,
): Promise<ResultOf<Api['refuseHeldRemoval']>> {
  return transaction(db, async (tx) => decide(tx, permit, await lockWaiting(tx, permit, id), 'denied'))
}

async function lockWaiting(tx: Tx, permit: Permit<'scim.decide'>, id: string): Promise<store.HeldRow> {
  await recheck(tx, permit)
  const row = await store.lockHeld(tx, permit.org.id, id, now())
  if (row === undefined) throw new HubError('NotFound', 'No held removal with this ID.')
  if (row.state !== 'waiting') throw new HubError('Conflict', `This removal is already ${row.state}.`)
  return row
}

async function decide(
  tx: Tx,
  permit: Permit<'scim.decide'>,
  row: store.HeldRow,
  state: 'approved' | 'denied',
): Promise<api.scimSettings.HeldRemoval> {
  await store.decideHeld(tx, row.id, { state, by: permit.actor.name, at: now() })
  const type = state === 'approved' ? 'scim.removal.approve' : 'scim.removal.deny'
  const message = `${state} a held removal by SCIM: ${row.summary}`
  await record(tx, permit, { type, message, data: { held: row.id, people: row.people, request: row.request } })
  return heldReply({ ...row, state, decided_at: now(), decided_by: permit.actor.name })
}
