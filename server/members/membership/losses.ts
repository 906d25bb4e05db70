import type { GroupRole, OrgRole } from '../../../api/index.ts'
import {
  createsUngrouped,
  isAdminRole,
  mayChangeRoles,
  readsUngrouped,
  seesRoles,
  writesOfOthers,
} from '../../access/escalation.ts'
import type { Db } from '../../store/database.ts'
import { countUngrouped } from './losses-store.ts'

/** The role and the resource groups that a person has. */
export interface RoleAndGroups {
  role: OrgRole
  groups: { id: string; name: string; role: GroupRole }[]
}

/** What the organization adds to the meaning of a role. */
export interface RoleMeaning {
  memberManagement: 'write' | 'admin'
  /** Private repositories that are in no resource group. */
  ungroupedCount: number
}

/**
 * What a person loses by a change, in phrases that follow “loses”; `after` is null when the membership ends. What they
 * gain is what the way back would lose.
 */
export function lossesOf(before: RoleAndGroups, after: RoleAndGroups | null, meaning: RoleMeaning): string[] {
  const inGroups = before.groups.flatMap((group) => groupLoss(group, after))
  // An admin is everything in every group, whatever rows there are.
  if (isAdminRole(after?.role)) return []
  return [
    ...(after === null ? ['access to the organization'] : []),
    ...roleLosses(before.role, after, meaning),
    ...inGroups,
  ]
}

/** The same, with what the organization adds read from the database. */
export async function readLosses(
  db: Db,
  org: { id: string; memberManagement: 'write' | 'admin' },
  before: RoleAndGroups,
  after: RoleAndGroups | null,
): Promise<{ gains: string[]; loses: string[] }> {
  const meaning = { memberManagement: org.memberManagement, ungroupedCount: await countUngrouped(db, org.id) }
  return {
    gains: after === null ? [] : lossesOf(after, before, meaning),
    loses: lossesOf(before, after, meaning),
  }
}

type Role = OrgRole | undefined

function roleLosses(before: OrgRole, next: RoleAndGroups | null, meaning: RoleMeaning): string[] {
  const after = next?.role
  const { memberManagement, ungroupedCount } = meaning
  const lost = (has: (role: Role) => boolean) => has(before) && !has(after)
  const repositories = `${ungroupedCount} private ${ungroupedCount === 1 ? 'repository' : 'repositories'} outside resource groups`
  const phrases: [boolean, string][] = [
    [isAdminRole(before), 'admin rights, including access to all resource groups'],
    [next !== null && lost(seesRoles), 'access to the organization settings and member roles'],
    [ungroupedCount > 0 && lost(readsUngrouped), `access to ${repositories}`],
    [lost(createsUngrouped), 'the ability to create repositories, and write access to the ones they created'],
    [lost(writesOfOthers), 'write access to other people’s repositories outside resource groups'],
    [!isAdminRole(before) && lost((role) => mayChangeRoles(role, memberManagement)), 'the ability to change roles'],
  ]
  return phrases.flatMap(([isLost, phrase]) => (isLost ? [phrase] : []))
}

function groupLoss({ id, name, role }: RoleAndGroups['groups'][number], after: RoleAndGroups | null): string[] {
  const kept = after?.groups.find((group) => group.id === id)
  if (kept === undefined) return [`access to the resource group ${name}`]
  if (isAdminRole(role) && !isAdminRole(kept.role)) return [`admin rights in the resource group ${name}`]
  if (writesOfOthers(role) && !writesOfOthers(kept.role))
    return [`write access to other people’s repositories in the resource group ${name}`]
  if (createsUngrouped(role) && !createsUngrouped(kept.role))
    return [`the ability to create repositories in the resource group ${name}`]
  return []
}
