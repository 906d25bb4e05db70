import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import type { Tx } from '../../store/database.ts'
import { lowerName } from '../../users/names/names.ts'
import type { FoundGroup } from '../membership/groups-named.ts'
import type { Held } from '../membership/membership-lock.ts'
import { findGroups } from '../membership/store.ts'
import type { Wish } from './bulk-rows.ts'
import { countOfOrg, findAccountsNamed, findOrgGroups, type NamedAccount, type OrgGroup } from './bulk-store.ts'

/** An account that a wish names. */
export type BulkAccount = NamedAccount

/** What a change of many is judged on, as it is at this moment. */
export interface OrgState {
  held: Held
  /** All resource groups, by id. */
  groups: Map<string, OrgGroup>
  /** Those that the request names, by what it names them with. */
  asked: Map<string, FoundGroup>
  memberCount: number
  /** Private repositories that are in no resource group. */
  ungroupedCount: number
}

/** Reads the accounts that wishes name, by the name in small letters. */
export async function readAccounts(tx: Tx, wishes: readonly Wish[]): Promise<Map<string, NamedAccount>> {
  const names = new Set(wishes.flatMap(({ username }) => (username === undefined ? [] : [lowerName(username)])))
  const found = await findAccountsNamed(tx, [...names])
  return new Map(found.map((account) => [account.asked, account]))
}

/** Reads what a change of these people, with these groups, is judged on; `held` is what is read, or locked, of them. */
export async function readOrgState(
  tx: Tx,
  { org, actor }: Permit<'member.bulk'>,
  held: Held,
  references: readonly string[],
): Promise<OrgState> {
  const groups = new Map((await findOrgGroups(tx, org.id)).map((group) => [group.id, group]))
  const found = references.length === 0 ? [] : await findGroups(tx, org.id, actor.id, references)
  const { members: memberCount, ungrouped: ungroupedCount } = await countOfOrg(tx, org.id, now())
  const asked = new Map(found.map((group) => [references[group.index] ?? '', group]))
  return { held, groups, asked, memberCount, ungroupedCount }
}
