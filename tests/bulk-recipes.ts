import type { Make } from './recipes.ts'

/** Recipes of changes of many members, and of their export. */
export const bulkRecipes: Record<string, Make> = {
  'post /api/organizations/:org/members/bulk': (world) => ({
    path: `/api/organizations/${world.org.name}/members/bulk`,
    body: { mode: 'plan', rows: [{ username: world.target.name, role: 'no_access' }] },
    isPlanned: true,
  }),
  'get /api/organizations/:org/members/export': (world) => ({
    path: `/api/organizations/${world.org.name}/members/export`,
  }),
}
