import type { OrgRole } from '../../api/index.ts'

const ladder: Record<OrgRole, number> = { no_access: 0, read: 1, contributor: 2, write: 3, admin: 4 }

/** Whether a role reaches a rung of the ladder; no role reaches none. */
export function reaches(role: OrgRole | undefined | null, rung: OrgRole): boolean {
  return role !== undefined && role !== null && ladder[role] >= ladder[rung]
}
