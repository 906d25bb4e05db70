import type { GroupRole, GroupRoleSource } from '../../../api/index.ts'
import { highestRole } from '../../access/escalation.ts'
import type { NamedGroup } from './groups-named.ts'
import type { GroupRow } from './membership-lock.ts'
import type { JoinedGroup } from './membership-steps.ts'

/** A group whose manual row a change would touch. */
export interface TouchedGroup {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  callerRole: GroupRole | null
}

/** What a change does to the manual group rows of a person. */
export interface GroupPlan {
  removed: TouchedGroup[]
  put: (TouchedGroup & { role: GroupRole })[]
}

/** How wishes about groups are taken, and whose rows they are about. */
export interface GroupMode {
  mode: 'replace' | 'merge' | 'exact' | 'sync'
  source: GroupRoleSource
}

/**
 * Compares what is asked with what is there. `replace` sets the rows of the source; `merge` touches only the groups named,
 * and an entry that repeats what the person has there, from whatever source, changes nothing; `exact` writes what is
 * named; `sync` is both `replace` and `exact`. Rows of other sources stay.
 */
export function planGroups(
  rows: readonly GroupRow[],
  named: readonly NamedGroup[],
  { mode, source }: GroupMode,
): GroupPlan {
  const own = rows.filter((row) => row.source === source)
  const goes = (row: GroupRow) => {
    const asked = named.find(({ id }) => id === row.id)
    return asked === undefined ? mode === 'replace' || mode === 'sync' : asked.role === null
  }
  const put = named.flatMap((group) => {
    const here = rows.filter(({ id }) => id === group.id)
    if (group.role === null || repeats(here, group.role, { mode, source })) return []
    return [{ ...group, role: group.role }]
  })
  return { removed: own.filter(goes), put }
}

function repeats(here: readonly GroupRow[], role: GroupRole, { mode, source }: GroupMode): boolean {
  if (here.some((row) => row.source === source && row.role === role)) return true
  return mode !== 'exact' && mode !== 'sync' && highestRole(here.map((row) => row.role)) === role
}

/** A group role as the audit log tells it. */
export interface LoggedGroup {
  id: string
  name: string
  role: GroupRole
  source: GroupRoleSource
}

/** The group roles of a person, for the audit log. */
export function loggedGroups(rows: readonly GroupRow[]): LoggedGroup[] {
  return rows.map(({ id, name, role, source }) => ({ id, name, role, source }))
}

/** The group roles after a plan was carried out, and groups were joined by themselves. */
export function groupsAfter(
  rows: readonly GroupRow[],
  { removed, put: given, source: own }: GroupPlan & { source: GroupRoleSource },
  joined: readonly JoinedGroup[],
): LoggedGroup[] {
  const touched = new Set([...removed, ...given].map(({ id }) => id))
  const kept = loggedGroups(rows).filter(({ id, source }) => source !== own || !touched.has(id))
  const put = given.map(({ id, name, role }) => ({ id, name, role, source: own }))
  return [...kept, ...put, ...joined.map((group) => ({ ...group, source: 'auto_join' as const }))]
}

/** The highest role that a person has in each group, whatever the sources. */
export function highestByGroup(rows: readonly Pick<GroupRow, 'id' | 'name' | 'role'>[]): Omit<LoggedGroup, 'source'>[] {
  return [...Map.groupBy(rows, ({ id }) => id)].flatMap(([id, here]) => {
    const role = highestRole(here.map((row) => row.role))
    return role === undefined ? [] : [{ id, name: here[0]?.name ?? '', role }]
  })
}
