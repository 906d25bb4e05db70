import { sql } from 'kysely'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Make } from './recipes.ts'

/** Recipes of changes of many members, and of their export. */
export const bulkRecipes: Record<string, Make> = {
  'post /api/organizations/:org/members/bulk': (world) => ({
    path: `/api/organizations/${world.org.name}/members/bulk`,
    body: { mode: 'plan', rows: [{ username: world.target.name, role: 'no_access' }] },
    isPlanned: true,
  }),
  'get /api/organizations/:org/imports': (world) => ({ path: `/api/organizations/${world.org.name}/imports` }),
  'get /api/organizations/:org/imports/:id': async (world, db) => {
    const id = newId()
    await sql`insert into imports (id, org_id, kind, created_at, changed, invited, removed, undo)
      values (${id}, ${world.org.id}, 'members', ${now()}, 1, 0, 0, 'username')`.execute(db)
    return { path: `/api/organizations/${world.org.name}/imports/${id}` }
  },
  'get /api/organizations/:org/members/export': (world) => ({
    path: `/api/organizations/${world.org.name}/members/export`,
  }),
}
