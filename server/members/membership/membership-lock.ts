import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { type Hold, recheckAndRead } from '../../access/recheck.ts'
import { now } from '../../kernel/clock.ts'
import { mapPaced } from '../../kernel/pace.ts'
import type { Db, Tx } from '../../store/database.ts'
import type { ChangeSet } from './membership-changes.ts'
import {
  type HeldRow,
  lockMemberships,
  queryOfHeld,
  queryOfMember,
  readAndHoldOne,
  readHeld,
  theHeld,
} from './membership-lock-store.ts'
import type { MemberKey } from './store.ts'

/** The people a change is about, and who makes it. */
export interface HeldKey {
  orgId: string
  userIds: readonly string[]
  /** Whose right it is; empty where no one is asked. */
  callerId: string
}

/** A group role of a member from one source, and the role that the caller has in that group. */
export interface GroupRow {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  source: GroupRoleSource
  role: GroupRole
  callerRole: GroupRole | null
}

/** A membership as it is now. */
export interface HeldMember {
  userId: string
  name: string
  role: OrgRole
  source: MemberSource
  expiresAt: Date | null
  isExternal: boolean
  rows: readonly GroupRow[]
}

/** Who asks for a change, as of now. */
export interface HeldCaller {
  role: OrgRole | null
  memberManagement: 'write' | 'admin'
}

/** What changes are judged on. */
export interface Held {
  /** The people who are members, by id. */
  members: ReadonlyMap<string, HeldMember>
  /** Those whose membership is past its expiry and not yet cleared away. */
  expired: ReadonlyMap<string, HeldMember>
  caller: HeldCaller
}

const noOne: Held = {
  members: new Map(),
  expired: new Map(),
  caller: { role: null, memberManagement: 'admin' },
}

/** Locks the memberships that changes are about, and reads what the changes are judged on as it is once that is done. */
export async function lockMembers(
  tx: Tx,
  { orgId, changes, by }: Pick<ChangeSet, 'orgId' | 'changes' | 'by'>,
): Promise<Held> {
  const userIds = changes.flatMap((change) =>
    change.kind === 'update' || change.kind === 'leave' ? [change.person.id] : [],
  )
  if (userIds.length === 0) return noOne
  const key = { orgId, userIds, callerId: by?.actor.id ?? '' }
  return by === undefined ? lockPeople(tx, key) : lockByRecheck(tx, by, key)
}

/** Decides a permit again, and locks and reads what changes of these people are judged on, in one round trip. */
export async function recheckAndHold<P extends Permit>(
  tx: Tx,
  permit: P,
  hold: Hold,
  key: HeldKey,
): Promise<{ permit: P; held: Held }> {
  const reads = [queryOfHeld(tx, key, now())]
  const { permit: fresh, rows } = await recheckAndRead(tx, permit, { ...hold, members: key.userIds }, reads)
  return { permit: fresh, held: await heldOf(theHeld((rows[0] ?? []) as HeldRow[])) }
}

/** The same for one person of whom no more than that they are a member, or not, is judged. */
export async function recheckAndSee<P extends Permit>(
  tx: Tx,
  permit: P,
  hold: Hold,
  key: MemberKey,
): Promise<{ permit: P; isMember: boolean }> {
  const reads = [queryOfMember(tx, key, now())]
  const { permit: fresh, rows } = await recheckAndRead(tx, permit, { ...hold, members: [key.userId] }, reads)
  return { permit: fresh, isMember: rows[0]?.length === 1 }
}

async function lockByRecheck(tx: Tx, by: NonNullable<ChangeSet['by']>, key: HeldKey): Promise<Held> {
  return (await recheckAndHold(tx, by as Permit, {}, key)).held
}

/** The same for people by their ids: one is locked and read in one statement, many in the order of their ids. */
export async function lockPeople(tx: Tx, key: HeldKey): Promise<Held> {
  const { orgId, userIds, callerId } = key
  const at = now()
  const one = userIds.length === 1 ? await readAndHoldOne(tx, key, at) : undefined
  if (one !== undefined) return heldOf(one)
  if (userIds.length > 0) await lockMemberships(tx, orgId, userIds.length > 1 ? [callerId, ...userIds] : userIds)
  return heldOf(await readHeld(tx, key, at))
}

/** Reads what changes of these people would be judged on, and locks nobody: for a plan. */
export async function readPeople(db: Db, key: HeldKey): Promise<Held> {
  return heldOf(await readHeld(db, key, now()))
}

async function heldOf({ people, roles, groups, memberManagement, callerRole }: HeldRow): Promise<Held> {
  const place = new Map(groups.map((group, index) => [group.id, { ...group, index }]))
  const rows = Map.groupBy(roles, ([userId]) => userId)
  const rowsOf = (userId: string) =>
    (rows.get(userId) ?? [])
      .flatMap(([, id, source, role]) => {
        const group = place.get(id)
        return group === undefined ? [] : [{ ...group, source, role }]
      })
      .sort((one, other) => one.index - other.index || (one.source < other.source ? -1 : 1))
  const members = await mapPaced(people, ([userId, name, role, source, expires, isExternal]) => {
    const expiresAt = expires === null ? null : new Date(expires)
    return [userId, { userId, name, role, source, expiresAt, isExternal, rows: rowsOf(userId) }] as const
  })
  const at = now()
  const isExpired = ({ expiresAt }: HeldMember) => expiresAt !== null && expiresAt <= at
  return {
    members: new Map(members.filter(([, member]) => !isExpired(member))),
    expired: new Map(members.filter(([, member]) => isExpired(member))),
    caller: { role: callerRole, memberManagement },
  }
}
