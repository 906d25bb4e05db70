import type { OrgRole } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import { mapPaced } from '../kernel/pace.ts'
import type { Tx } from '../store/database.ts'
import { lowerName } from '../users/names.ts'
import type { Wish } from './bulk-rows.ts'
import {
  countOfOrg,
  findAccountsNamed,
  findMembers,
  findOrgGroups,
  lockMembers,
  type MemberRow,
  type NamedAccount,
  type OrgGroup,
} from './bulk-store.ts'
import { type FoundGroup, findGroups, type GroupRow, getRole } from './store.ts'

/** An account that a wish names. */
export type BulkAccount = NamedAccount

/** A member whom a change of many is about. */
export interface BulkMember extends Omit<MemberRow, 'rows'> {
  rows: GroupRow[]
}

/** What a change of many is judged on, as it is at this moment. */
export interface OrgState {
  callerRole: OrgRole | null
  members: Map<string, BulkMember>
  /** All resource groups, by id. */
  groups: Map<string, OrgGroup>
  /** Those that the request names, by what it names them with. */
  asked: Map<string, FoundGroup>
  memberCount: number
  /** Private repositories that are in no resource group. */
  ungroupedCount: number
}

/** Reads the accounts that wishes name, old names included, by the name in small letters. */
export async function readAccounts(tx: Tx, wishes: readonly Wish[]): Promise<Map<string, NamedAccount>> {
  const names = new Set(wishes.flatMap(({ username }) => (username === undefined ? [] : [lowerName(username)])))
  const found = await findAccountsNamed(tx, [...names])
  return new Map(found.map((account) => [account.asked, account]))
}

/**
 * Locks the memberships of these people until the transaction ends, and that of the caller: of two who take the role from
 * each other, the second is none who may.
 */
export async function holdMembers(
  tx: Tx,
  { org, actor }: Permit<'member.bulk'>,
  userIds: readonly string[],
): Promise<void> {
  await lockMembers(tx, org.id, [actor.id, ...userIds])
}

/** Reads what a change of these people, with these groups, is judged on. */
export async function readOrgState(
  tx: Tx,
  { org, actor }: Permit<'member.bulk'>,
  { userIds, references }: { userIds: readonly string[]; references: readonly string[] },
): Promise<OrgState> {
  const at = now()
  const groups = new Map((await findOrgGroups(tx, org.id)).map((group) => [group.id, group]))
  const found = references.length === 0 ? [] : await findGroups(tx, org.id, actor.id, references)
  const rows = await findMembers(tx, org.id, userIds, at)
  const members = await mapPaced(rows, (row) => [row.userId, memberOf(row, groups)] as const)
  const { members: memberCount, ungrouped: ungroupedCount } = await countOfOrg(tx, org.id, at)
  return {
    callerRole: await getRole(tx, { orgId: org.id, userId: actor.id }, at),
    members: new Map(members),
    groups,
    asked: new Map(found.map((group) => [references[group.index] ?? '', group])),
    memberCount,
    ungroupedCount,
  }
}

function memberOf(row: MemberRow, groups: Map<string, OrgGroup>): BulkMember {
  const rows = row.rows.flatMap(({ id, source, role }) => {
    const group = groups.get(id)
    // The caller's own role in a group is asked where the request names it
    return group ? [{ id, name: group.name, managedBy: group.managedBy, source, role, callerRole: null }] : []
  })
  return { ...row, rows }
}
