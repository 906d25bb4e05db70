import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import { badField } from '../kernel/errors.ts'
import { type Db, transaction } from '../store/database.ts'
import { changeMember } from './change.ts'
import { memberRecord } from './record.ts'
import { lockMember } from './store.ts'

/** Sets the role of a member and all their manual group roles, in one transaction with one event. */
export async function changeRole(
  db: Db,
  permit: Permit<'member.changeRole'>,
  input: api.InputOf<typeof api.members.changeRole>,
): Promise<api.ResultOf<typeof api.members.changeRole>> {
  const groups = { field: 'resourceGroups', entries: input.resourceGroups ?? [], mode: 'replace' } as const
  await transaction(db, (tx) => changeMember(tx, permit, { role: input.role, groups }))
  return { success: true }
}

/** Changes only what is named, and tells how the member was before and is after; with `dryRun` how they would be. */
export async function updateMember(
  db: Db,
  permit: Permit<'member.update'>,
  input: api.InputOf<typeof api.members.updateMember>,
): Promise<api.ResultOf<typeof api.members.updateMember>> {
  const expiresAt = expiryOf(input.expiresAt)
  const groups = input.groups && { field: 'groups.roles', entries: input.groups.roles, mode: input.groups.mode }
  const dryRun = input.dryRun ?? false
  return transaction(
    db,
    async (tx) => {
      await lockMember(tx, { orgId: permit.org.id, userId: permit.subject.id }, now())
      const before = await memberRecord(tx, permit)
      await changeMember(tx, permit, { role: input.role, groups, expiresAt })
      return { dryRun, before, after: await memberRecord(tx, permit) }
    },
    { dryRun },
  )
}

function expiryOf(text: string | null | undefined): Date | null | undefined {
  if (text === undefined || text === null) return text
  const at = new Date(text)
  if (at > now()) return at
  throw badField('expiresAt', 'must lie in the future.')
}
