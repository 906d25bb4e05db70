import type * as api from '../../api/index.ts'
import type { MemberSource, OrgRole } from '../../api/index.ts'
import { isAdminRole, joinsReadGroups } from '../access/escalation.ts'
import type { AnyPermit, Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { queueMail } from '../mail/queue.ts'
import { renderMail } from '../mail/templates.ts'
import { clearAdminless } from '../orgs/admins.ts'
import { takeSeat } from '../orgs/seats.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { lowerName } from '../users/names.ts'
import { inheritProbation } from './probation.ts'
import { deleteExpiredMember, findActiveAccount, insertAutoJoins, insertMember } from './store.ts'
import { refuseTombstone } from './tombstones.ts'
import { supersedeWaiting } from './waiting-store.ts'

/** Somebody who is let in. */
interface Newcomer {
  orgId: string
  userId: string
  role: OrgRole
  source: MemberSource
  isExternal?: boolean
  /** The member who answers for it: who invited, made the link, or approved. */
  letInBy?: string | null
}

/**
 * Makes somebody a member, and puts them into every group that they join by themselves, in the transaction of the door
 * they came through; ends what else waited for them here. `Conflict` when they are a member already. The door has marked
 * its own row before, and records.
 */
export async function admit(tx: Tx, newcomer: Newcomer): Promise<{ membershipId: string }> {
  const { orgId, userId, role, source, isExternal = false } = newcomer
  const at = now()
  const member = { id: newId(), orgId, userId, role, source, isExternal, at }
  await supersedeWaiting(tx, orgId, [userId], at)
  await refuseTombstone(tx, orgId, userId)
  const entered =
    (await insertMember(tx, member)) ||
    ((await deleteExpiredMember(tx, member, at)) && (await insertMember(tx, member)))
  if (!entered) throw new HubError('Conflict', 'This person is already a member.')
  await takeSeat(tx, orgId)
  await insertAutoJoins(tx, member, joinsReadGroups(role), at)
  if (newcomer.letInBy) await inheritProbation(tx, { orgId, userId: newcomer.letInBy }, [userId], role)
  if (isAdminRole(role)) await clearAdminless(tx, orgId)
  return { membershipId: member.id }
}

/** Puts an existing account into an organization, as operator; the person is told by mail. */
export async function addMemberFor(
  db: Db,
  permit: Permit<'operator.addMember'>,
  input: api.InputOf<typeof api.operator.addMemberFor>,
): Promise<api.ResultOf<typeof api.operator.addMemberFor>> {
  const org = permit.facts.org
  if (org === undefined || org.deletedAt !== null) throw new HubError('NotFound', 'Organization not found')
  if (isAdminRole(input.role) && org.adminlessSince !== null) throw needsRecovery(org.name)
  return transaction(db, async (tx) => {
    const account = await findActiveAccount(tx, lowerName(input.username))
    if (account === undefined) throw badField('username', 'is not the name of an active account.')
    await admit(tx, { orgId: org.id, userId: account.id, role: input.role, source: 'manual' })
    if (account.email !== null)
      await queueMail(tx, welcomeMail(permit, { org: org.name, to: account.email, role: input.role }))
    await record(tx, permit, {
      type: 'org.add_user',
      message: `added ${account.name} with the role ${input.role}`,
      data: { user: { _id: account.id, user: account.name }, role: input.role, source: 'manual' },
      scope: org.id,
    })
    return { user: account.name, organization: org.name, role: input.role }
  })
}

// One operator alone does not hand an organization to somebody.
function needsRecovery(name: string): HubError {
  return new HubError(
    'Conflict',
    `role: ${name} has no admin who can sign in; two operators make somebody admin there by recovery.`,
  )
}

function welcomeMail(permit: AnyPermit, { org, to, role }: { org: string; to: string; role: OrgRole }) {
  return renderMail({
    to,
    subject: `You are a member of ${org}`,
    paragraphs: [`You were added to ${org} with the role ${role}.`],
    button: { label: `Open ${org}`, url: `${permit.hub.publicUrl}/${encodeURIComponent(org)}` },
    footer: 'You can leave an organization at any time, in your settings.',
  })
}
