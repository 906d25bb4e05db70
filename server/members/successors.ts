import type * as api from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import { successorMail } from '../orgs/admin-mails.ts'
import { countUsableAdmins, type Guarded, healthOf, listSuccessors, lockAdmins, markAdminless } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { applyChanges } from './membership/membership.ts'
import type { Person, Update } from './membership/membership-changes.ts'
import { lockPeople } from './membership/membership-lock.ts'
import { findMembersByName, type NamedMember, replaceSuccessors } from './successors-store.ts'

type Successors = api.ResultOf<typeof api.organizations.getSuccessors>

/** The ordered successors of an organization, and the health its admins give it. */
export async function getSuccessors(
  db: Db,
  permit: Permit<'org.viewSuccessors'>,
  _input: unknown,
  links: Links,
): Promise<Successors> {
  return readSuccessors(db, links, permit.org.id)
}

/** Sets the ordered successors; all must be members. */
export async function setSuccessors(
  db: Db,
  permit: Permit<'org.updateSuccessors'>,
  input: api.InputOf<typeof api.organizations.setSuccessors>,
  links: Links,
): Promise<Successors> {
  const orgId = permit.org.id
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const named = await resolveMembers(tx, orgId, input.successors)
    await lockAdmins(tx, orgId)
    const before = (await listSuccessors(tx, orgId)).map(({ user }) => user)
    const after = named.map(({ name }) => name)
    const same = before.length === after.length && before.every((user, index) => user === after[index])
    if (same) return readSuccessors(tx, links, orgId)
    await replaceSuccessors(
      tx,
      orgId,
      named.map(({ id }) => id),
    )
    const reply = await readSuccessors(tx, links, orgId)
    const message = after.length === 0 ? 'removed the successors' : `set the successors to ${after.join(', ')}`
    await record(tx, permit, {
      type: 'org.update_successors',
      message,
      data: { before: { successors: before }, after: { successors: after } },
    })
    return reply
  })
}

async function resolveMembers(tx: Tx, orgId: string, names: string[]): Promise<NamedMember[]> {
  const found = new Map(
    (await findMembersByName(tx, orgId, names.map(lowerName), now())).map((member) => [member.index, member]),
  )
  const seen = new Set<string>()
  return names.map((_, index) => {
    const member = found.get(index)
    if (member === undefined) throw badField(`successors[${index}]`, 'is not a member of this organization.')
    if (seen.has(member.id)) throw badField(`successors[${index}]`, 'is listed twice.')
    seen.add(member.id)
    return member
  })
}

async function readSuccessors(db: Db, links: Links, orgId: string): Promise<Successors> {
  const rows = await listSuccessors(db, orgId)
  const successors = rows.map(({ user, fullname, role, usable }) => {
    return { user, fullname, avatarUrl: avatarUrl(links, user), role, usable }
  })
  return { health: healthOf(await countUsableAdmins(db, orgId)), successors }
}

/** What became of an organization that lost its last usable admin: who took over, or no one. */
export interface Succession {
  org: Guarded
  successor: Awaited<ReturnType<typeof listSuccessors>>[number] | undefined
}

/**
 * Makes the first usable successor admin of an organization that lost its last one; where there is none, the
 * organization is without admin from now on. Tells those concerned by mail; {@link recordSuccession} writes the event.
 */
export async function succeed(tx: Tx, author: Author, org: Guarded): Promise<Succession> {
  const successor = await lockSuccessor(tx, org.id)
  if (successor === undefined) {
    await markAdminless(tx, org)
    return { org, successor }
  }
  const { id, user: name, email } = successor
  await applyChanges(tx, author, {
    orgId: org.id,
    changes: [promotion({ id, name })],
    mails: () => (email === null ? [] : [successorMail(org, email)]),
    events: null,
  })
  return { org, successor }
}

/** The change that makes a member admin whom no other member made one. */
export function promotion(person: Person): Update {
  return { kind: 'update', person, role: 'admin', expiresAt: null }
}

// A successor who leaves, or is suspended, at this very moment is none: asked again once no one can change it any more.
async function lockSuccessor(tx: Tx, orgId: string): Promise<Succession['successor']> {
  for (const { id, usable } of await listSuccessors(tx, orgId)) {
    if (!usable || !(await lockPeople(tx, { orgId, userIds: [id], callerId: '' })).members.has(id)) continue
    const held = (await listSuccessors(tx, orgId)).find((row) => row.id === id && row.usable)
    if (held !== undefined) return held
  }
  return undefined
}

/** Writes into the log of an organization what became of it. */
export async function recordSuccession(
  tx: Tx,
  author: Author,
  lost: { id: string; name: string; how?: 'suspending' | 'deprovisioning' },
  { org, successor }: Succession,
): Promise<void> {
  const cause = { _id: lost.id, user: lost.name }
  const how = lost.how ?? 'suspending'
  if (successor === undefined) {
    const message = `left the organization without active admins by ${how} ${lost.name}`
    return record(tx, author, { type: 'org.adminless', message, data: { lost: cause }, scope: org.id })
  }
  await record(tx, author, {
    type: 'org.successor_promoted',
    message: `made the successor ${successor.user} an admin by ${how} the last active admin, ${lost.name}`,
    data: {
      lost: cause,
      user: { _id: successor.id, user: successor.user },
      before: { role: successor.role },
      after: { role: 'admin' },
    },
    scope: org.id,
  })
}
