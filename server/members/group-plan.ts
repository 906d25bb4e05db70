import type { GroupRole, GroupRoleSource } from '../../api/index.ts'
import { highestRole } from '../access/escalation.ts'
import type { NamedGroup } from './groups-named.ts'
import type { GroupRow, JoinedGroup } from './store.ts'

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

/**
 * Compares what is asked with what is there. `replace` sets the manual rows, `merge` touches only the groups named. Rows
 * of other sources stay; an entry that repeats what the person has there, from whatever source, changes nothing.
 */
export function planGroups(
  rows: readonly GroupRow[],
  named: readonly NamedGroup[],
  mode: 'merge' | 'replace',
): GroupPlan {
  const manual = rows.filter(({ source }) => source === 'manual')
  const goes = (row: GroupRow) => {
    const asked = named.find(({ id }) => id === row.id)
    return asked === undefined ? mode === 'replace' : asked.role === null
  }
  const put = named.flatMap((group) => {
    if (group.role === null || repeats(rows, group.id, group.role)) return []
    return [{ ...group, role: group.role }]
  })
  return { removed: manual.filter(goes), put }
}

function repeats(rows: readonly GroupRow[], id: string, role: GroupRole): boolean {
  const here = rows.filter((row) => row.id === id)
  return (
    here.some((row) => row.source === 'manual' && row.role === role) ||
    highestRole(here.map((row) => row.role)) === role
  )
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
export function groupsAfter(rows: readonly GroupRow[], plan: GroupPlan, joined: readonly JoinedGroup[]): LoggedGroup[] {
  const touched = new Set([...plan.removed, ...plan.put].map(({ id }) => id))
  const kept = loggedGroups(rows).filter(({ id, source }) => source !== 'manual' || !touched.has(id))
  const put = plan.put.map(({ id, name, role }) => ({ id, name, role, source: 'manual' as const }))
  return [...kept, ...put, ...joined.map((group) => ({ ...group, source: 'auto_join' as const }))]
}
