import { sql } from 'kysely'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Make } from './recipes.ts'

/** Recipes of bulk invitation. */
export const bulkInvitationRecipes: Record<string, Make> = {
  'post /api/organizations/:org/invitations/bulk': (world) => ({
    path: `/api/organizations/${world.org.name}/invitations/bulk`,
    body: { mode: 'plan', rows: [{ email: 'new@example.net', role: 'read' }] },
    isPlanned: true,
  }),
  'get /api/organizations/:org/invitations/bulk/:id': async (world, db) => {
    const id = newId()
    await sql`insert into invitation_batches (id, org_id, created_at, total) values (${id}, ${world.org.id}, ${now()}, 0)`.execute(
      db,
    )
    return { path: `/api/organizations/${world.org.name}/invitations/bulk/${id}` }
  },
}
