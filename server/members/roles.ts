import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import { badField } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import { type Db, transaction } from '../store/database.ts'
import { memberRecord } from './list/record.ts'
import { resolveGroups } from './membership/groups-named.ts'
import { readLosses } from './membership/losses.ts'
import { applyChanges } from './membership/membership.ts'
import type { ChangeSet, Update } from './membership/membership-changes.ts'
import { memberEvents } from './membership/membership-events.ts'
import { lockMembers } from './membership/membership-lock.ts'

type ChangePermit = Permit<'member.changeRole'> | Permit<'member.update'>

/** Sets the role of a member and all their manual group roles, in one transaction with one event. */
export async function changeRole(
  db: Db,
  permit: Permit<'member.changeRole'>,
  input: api.InputOf<typeof api.members.changeRole>,
): Promise<api.ResultOf<typeof api.members.changeRole>> {
  const asked = { field: 'resourceGroups', entries: input.resourceGroups ?? [] }
  await transaction(db, async (tx) => {
    const named = await resolveGroups(tx, permit.org.id, permit.actor.id, asked)
    await applyChanges(tx, permit, updateBy(permit, { role: input.role, groups: { mode: 'replace', named } }))
  })
  return { success: true }
}

/** Changes only what is named, and tells how the member was before and is after; with `dryRun` how they would be. */
export async function updateMember(
  db: Db,
  permit: Permit<'member.update'>,
  input: api.InputOf<typeof api.members.updateMember>,
  links: Links,
): Promise<api.ResultOf<typeof api.members.updateMember>> {
  const expiresAt = expiryOf(input.expiresAt)
  const asked = { field: 'groups.roles', entries: input.groups?.roles ?? [] }
  const dryRun = input.dryRun ?? false
  return transaction(
    db,
    async (tx) => {
      const named = await resolveGroups(tx, permit.org.id, permit.actor.id, asked)
      const groups = input.groups && { mode: input.groups.mode, named }
      const set = updateBy(permit, { role: input.role, groups, expiresAt })
      const held = await lockMembers(tx, set)
      const before = await memberRecord(tx, permit, links)
      await applyChanges(tx, permit, set, held)
      const after = await memberRecord(tx, permit, links)
      return { dryRun, before, after, ...(dryRun && (await readLosses(tx, permit.org, before, after))) }
    },
    { dryRun },
  )
}

function updateBy(by: ChangePermit, change: Pick<Update, 'role' | 'groups' | 'expiresAt'>): ChangeSet {
  const changes = [{ kind: 'update', person: by.subject, ...change } as const]
  return { orgId: by.org.id, changes, by, events: memberEvents }
}

function expiryOf(text: string | null | undefined): Date | null | undefined {
  if (text === undefined || text === null) return text
  const at = new Date(text)
  if (at > now()) return at
  throw badField('expiresAt', 'must be in the future.')
}
