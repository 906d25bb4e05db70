import { type Plan, plans } from '../../api/index.ts'

/** The features that need a plan, each with the lowest plan that has it. */
export const planFeatures = {
  memberRoles: 'team',
  resourceGroups: 'team',
  auditLog: 'team',
  require2fa: 'team',
  tokenManagement: 'enterprise',
  networkSecurity: 'enterprise',
  scim: 'enterprise',
} as const satisfies Record<string, Plan>
export type PlanFeature = keyof typeof planFeatures

/** Whether a plan has a feature. */
export function planHas(plan: Plan, feature: PlanFeature): boolean {
  return plans.indexOf(plan) >= plans.indexOf(planFeatures[feature])
}
