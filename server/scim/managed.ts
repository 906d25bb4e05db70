import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { lockPeople } from '../members/membership/membership-lock.ts'
import type { Tx } from '../store/database.ts'
import { findOrCreateManaged, requireOwnDomain, updateManaged } from '../users/managed/managed.ts'
import type { UserChange } from './protocol/body.ts'
import { badRequest, notUnique } from './protocol/errors.ts'
import type { UserRow } from './users-store.ts'

// Under Managed SSO, the organization owns the accounts of its people: it creates them, and what they are called is its say.

type WritePermit = Permit<'scim.write'>

/** The account of someone who is provisioned. */
export interface Account {
  id: string
  name: string
  fullname: string
  /** The organization that owns it. */
  managedBy: string | null
}

/** The account of a person who is provisioned: one that the organization owns, made now if there is none, or a member’s own. */
export async function accountFor(
  tx: Tx,
  { org }: WritePermit,
  wish: { userName: string; email: string; givenName: string; familyName: string },
): Promise<Account> {
  const wanted = { orgId: org.id, userName: wish.userName, fullname: fullnameOf(wish), address: wish.email }
  const known = await refusingForeign(() => findOrCreateManaged(tx, wanted))
  if (known.managedBy === org.id) return known
  // Who was a member before keeps their own account
  const { members } = await lockPeople(tx, { orgId: org.id, userIds: [known.id], callerId: '' })
  if (known.managedBy === null && members.has(known.id)) return known
  throw notUnique('An account that the organization does not manage has this email address.')
}

function fullnameOf({ givenName, familyName }: { givenName: string; familyName: string }): string {
  return `${givenName} ${familyName}`.trim()
}

async function refusingForeign<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isForeign = error instanceof HubError && error.code === 'Unprocessable'
    throw isForeign ? badRequest('invalidValue', `emails: ${error.message}`) : error
  }
}

/** What is known of a person after a change: all that the identity provider says where it owns the account. */
export type Told = Pick<UserRow, 'user_name' | 'email' | 'given_name' | 'family_name'>

/** Carries a change of names and addresses over to the account, if the organization owns it; answers what is known now. */
export async function changeAccount(tx: Tx, { org }: WritePermit, before: UserRow, wish: UserChange): Promise<Told> {
  const { user_name, email, given_name, family_name } = before
  // Who has an account of their own says themselves what they are called
  if (!before.managed) return { user_name, email, given_name, family_name }
  const after = {
    user_name: wish.userName ?? user_name,
    email: wish.email ?? email,
    given_name: wish.givenName ?? given_name,
    family_name: wish.familyName ?? family_name,
  }
  const address = after.email.toLowerCase() === email.toLowerCase() ? undefined : after.email
  if (address !== undefined) await refusingForeign(() => requireOwnDomain(tx, org.id, address))
  const isRenamed = after.given_name !== given_name || after.family_name !== family_name
  const fullname = isRenamed ? fullnameOf({ givenName: after.given_name, familyName: after.family_name }) : ''
  await refusingTaken(() => updateManaged(tx, before.user_id, { fullname: fullname || undefined, address }))
  return after
}

async function refusingTaken(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    throw error instanceof HubError && error.code === 'Conflict' ? notUnique(error.message) : error
  }
}
