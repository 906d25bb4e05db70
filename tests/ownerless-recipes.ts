import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'

// As an account left it that was deleted before deletions asked.
async function ownerless(db: Db): Promise<string> {
  const [userId, id] = [newId(), newId()]
  const name = `gone-${userId.slice(-12)}`
  await db
    .insertInto('users')
    .values({ id: userId, name, fullname: name, state: 'deleted', created_at: now() })
    .execute()
  const row = {
    type: 'model',
    name: 'left',
    private: false,
    user_id: userId,
    created_at: now(),
    updated_at: now(),
  } as const
  await db
    .insertInto('repositories')
    .values({ id, ...row })
    .execute()
  return id
}

/** Recipes of repositories without an owner. */
export const ownerlessRecipes: Record<string, Make> = {
  'get /api/operator/ownerless': () => ({ path: '/api/operator/ownerless' }),
  'delete /api/operator/ownerless/:id': async (_world, db) => ({
    path: `/api/operator/ownerless/${await ownerless(db)}`,
  }),
  'post /api/operator/ownerless/:id/transfer': async (world, db) => {
    const id = await ownerless(db)
    return {
      path: `/api/operator/ownerless/${id}/transfer`,
      body: { toRepo: `${world.org.name}/left-${id.slice(-12)}` },
    }
  },
}
