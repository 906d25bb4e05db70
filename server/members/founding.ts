import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Links } from '../mail/links.ts'
import { showOrganization } from '../orgs/operator.ts'
import { readOrganization } from '../orgs/reply.ts'
import { foundOrganization, refuseTooManyOf } from '../orgs/rules.ts'
import { type Db, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { applyChanges } from './membership/membership.ts'
import type { ChangeSet, Person } from './membership/membership-changes.ts'
import { findActiveAccount } from './membership/store.ts'

/** Creates an organization; the caller becomes its first admin. */
export async function createOrganization(
  db: Db,
  permit: Permit<'org.create'>,
  input: InputOf<typeof api.organizations.createOrganization>,
  links: Links,
): Promise<ResultOf<typeof api.organizations.createOrganization>> {
  const { actor } = permit
  if (actor.via === 'console')
    throw new HubError(
      'Forbidden',
      'Name the first admin of the organization. The command line has no account of its own.',
    )
  const fullname = input.fullname || input.name
  const org = { id: newId(), name: input.name, fullname, details: input.details ?? '' }
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [actor.id] })
    await refuseTooManyOf(tx, actor.id)
    await foundOrganization(tx, { ...org, plan: undefined, createdBy: actor.id })
    await applyChanges(tx, permit, firstAdmin(org, actor, `created the organization ${org.name}`))
  })
  return readOrganization(db, permit, org.name, links)
}

/** Creates an organization whose first admin is a named person who can sign in. */
export async function createOrganizationFor(
  db: Db,
  permit: Permit<'operator.createOrganization'>,
  input: InputOf<typeof api.operator.createOrganizationFor>,
): Promise<ResultOf<typeof api.operator.createOrganizationFor>> {
  const createdBy = permit.actor.via === 'console' ? null : permit.actor.id
  const org = { id: newId(), name: input.name, fullname: input.fullname || input.name, details: '' }
  await transaction(db, async (tx) => {
    const admin = await findActiveAccount(tx, lowerName(input.admin))
    if (admin === undefined) throw badField('admin', `no active account named “${input.admin}”`)
    if (!admin.isVerified) throw badField('admin', `${admin.name} has no verified email address`)
    await recheck(tx, permit, { others: [admin.id] })
    await foundOrganization(tx, { ...org, plan: input.plan, createdBy })
    const message = `created the organization ${org.name} with ${admin.name} as its first admin`
    await applyChanges(tx, permit, firstAdmin(org, admin, message))
  })
  return showOrganization(db, org.id)
}

function firstAdmin(
  org: { id: string; name: string; fullname: string },
  { id, name }: Person,
  message: string,
): ChangeSet {
  const data = { name: org.name, fullname: org.fullname, admin: name }
  return {
    orgId: org.id,
    changes: [{ kind: 'join', person: { id, name }, role: 'admin', source: 'manual' }],
    events: () => [{ type: 'org.create', message, data, scope: org.id }],
  }
}
