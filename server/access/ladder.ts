import { type OrgRole, type Plan, plans } from '../../api/index.ts'

const ladder: Record<OrgRole, number> = { no_access: 0, read: 1, contributor: 2, write: 3, admin: 4 }

/** Whether a role reaches a rung of the ladder; no role reaches none. */
export function reaches(role: OrgRole | undefined | null, rung: OrgRole): boolean {
  return role !== undefined && role !== null && ladder[role] >= ladder[rung]
}

/** The features that need a plan, each with the lowest plan that has it. */
export const planFeatures = {
  memberRoles: 'team',
  resourceGroups: 'team',
  auditLog: 'team',
  require2fa: 'team',
  tokenManagement: 'enterprise',
  networkSecurity: 'enterprise',
  sso: 'team',
  scim: 'enterprise',
} as const satisfies Record<string, Plan>
export type PlanFeature = keyof typeof planFeatures

/** Whether a plan has a feature. */
export function planHas(plan: Plan, feature: PlanFeature): boolean {
  return plans.indexOf(plan) >= plans.indexOf(planFeatures[feature])
}
