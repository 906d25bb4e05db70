import type * as api from '../../api/index.ts'
import type { OrgRole } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { instanceScope, record } from '../audit/record.ts'
import { guardOrganizationsOf } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { closeAccount, ownId } from '../users/accounts/accounts.ts'
import type { Holdings } from '../users/holding.ts'
import { endFormerAccess } from '../users/sessions/sessions.ts'
import { removeTwoFactor } from '../users/sign-in/two-factor.ts'
import { applyChanges } from './membership/membership.ts'
import { findOrganizationsOf } from './successors-store.ts'

/**
 * Closes the caller's account, with every membership and all that it holds of organizations, and answers what `endOwned`
 * does about what is the person's own; refused to the last usable admin of an organization.
 */
export async function endAccount<T>(
  tx: Tx,
  permit: Permit<'account.delete'>,
  holdings: Holdings,
  endOwned: () => Promise<T[]>,
): Promise<T[]> {
  const id = ownId(permit)
  const { name } = permit.actor
  await recheck(tx, permit, { accounts: [id] })
  const ended: Ended[] = []
  const owned: T[] = []
  const hold = () => holdings.hold(tx, { userId: id })
  await guardOrganizationsOf(tx, { id, hold }, async () => {
    await holdings.end(tx, { userId: id }, 'account deletion')
    for (const orgId of await findOrganizationsOf(tx, id)) ended.push(...(await endMembership(tx, permit, orgId)))
    owned.push(...(await endOwned()))
    await closeAccount(tx, id)
  })
  for (const membership of ended) await recordEnd(tx, permit, membership)
  await record(tx, permit, {
    type: 'user.delete',
    message: 'deleted their account',
    data: { user: name },
    scope: instanceScope,
  })
  return owned
}

interface Ended {
  orgId: string
  role: OrgRole
}

// Recorded when all of them are locked: the chains of events come last.
async function endMembership(tx: Tx, permit: Permit<'account.delete'>, orgId: string): Promise<Ended[]> {
  const changes = [{ kind: 'leave', person: permit.actor, which: 'either' } as const]
  const steps = await applyChanges(tx, permit, { orgId, changes, events: null })
  return steps.flatMap((step) => (step.kind === 'leave' ? [{ orgId, role: step.member.role }] : []))
}

async function recordEnd(tx: Tx, permit: Permit<'account.delete'>, { orgId, role }: Ended): Promise<void> {
  const { id, name } = permit.actor
  const data = { user: { _id: id, user: name }, before: { role }, after: null, reason: 'the account was deleted' }
  await record(tx, permit, {
    type: 'org.leave',
    message: 'left the organization by deleting the account',
    data,
    scope: orgId,
  })
}

/** Turns off the caller's 2FA; refused to the last usable admin of an organization that requires it. */
export async function disableTwoFactor(
  db: Db,
  permit: Permit<'twoFactor.disable'>,
): Promise<api.ResultOf<typeof api.users.disableTwoFactor>> {
  const id = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [id] })
    await guardOrganizationsOf(tx, { id, only2fa: true }, () => removeTwoFactor(tx, permit.actor))
    const session = await endFormerAccess(tx, permit)
    await record(tx, permit, {
      type: 'two_factor.disable',
      message: 'turned off 2FA',
      scope: instanceScope,
    })
    return { reply: { success: true }, session }
  })
}
