import { ownerlessRecipes } from './ownerless-recipes.ts'
import type { Make } from './recipes.ts'

const at =
  (tail: string): Make =>
  (world) => ({ path: `/api/organizations/${world.org.name}${tail}` })

/** Recipes of seats, activity and storage. */
export const seatRecipes: Record<string, Make> = {
  ...ownerlessRecipes,
  'get /api/organizations/:org/billing/seats': at('/billing/seats?days=30'),
  'get /api/organizations/:org/billing/preview': at('/billing/preview'),
  'get /api/organizations/:org/billing/export': at('/billing/export'),
  'get /api/organizations/:org/activity': at('/activity?idle=90'),
  'get /api/organizations/:org/activity-summary': at('/activity-summary'),
  'get /api/organizations/:org/activity/export': at('/activity/export'),
  'get /api/organizations/:org/storage': at('/storage'),
  'get /api/settings/storage': () => ({ path: '/api/settings/storage' }),
  'get /api/settings/rate-limits': () => ({ path: '/api/settings/rate-limits' }),
  'get /api/operator/storage': () => ({ path: '/api/operator/storage' }),
  'put /api/operator/storage/:owner': (world) => ({
    path: `/api/operator/storage/${world.org.name}`,
    body: { limit: 10 ** 12 },
  }),
}
