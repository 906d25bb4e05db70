import type * as api from '../../api/index.ts'
import type { OrgRole } from '../../api/index.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { composeMail } from '../mail/templates.ts'
import { type Db, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { applyChanges } from './membership/membership.ts'
import type { ChangeSet } from './membership/membership-changes.ts'
import { type Account, findActiveAccount } from './membership/store.ts'

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
    await recheck(tx, permit, { others: [account.id] })
    await applyChanges(tx, permit, additionOf(org, account, input.role))
    return { user: account.name, organization: org.name, role: input.role }
  })
}

function additionOf(org: { id: string; name: string }, { id, name, email }: Account, role: OrgRole): ChangeSet {
  return {
    orgId: org.id,
    changes: [{ kind: 'join', person: { id, name }, role, source: 'manual' }],
    mails: () => (email === null ? [] : [welcomeMail({ org: org.name, to: email, role })]),
    events: () => [
      {
        type: 'org.add_user',
        message: `added ${name} with the ${role} role`,
        data: { user: { _id: id, user: name }, role, source: 'manual' },
        scope: org.id,
      },
    ],
  }
}

// One operator alone does not hand an organization to someone.
function needsRecovery(name: string): HubError {
  return new HubError(
    'Conflict',
    `role: ${name} has no active admins. To make a person an admin, open a recovery request.`,
  )
}

function welcomeMail({ org, to, role }: { org: string; to: string; role: OrgRole }) {
  return composeMail({
    to,
    kind: 'membership',
    subject: `You are now a member of ${org}`,
    paragraphs: [`A site admin added you to ${org} with the ${role} role.`],
    button: { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` },
    footer: 'You can leave an organization at any time in your settings.',
  })
}
