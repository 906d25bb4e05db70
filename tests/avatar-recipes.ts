import { now } from '../server/kernel/clock.ts'
import { digest } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import type { Make } from './recipes.ts'

/** The smallest PNG. */
export const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const own = '/api/settings/account/avatar'

async function picture(db: Db, { userId, orgId }: { userId?: string; orgId?: string }): Promise<void> {
  const image = Buffer.from(onePixel, 'base64')
  await sql`insert into avatars (user_id, org_id, image, hash, changed_at)
    values (${userId ?? null}, ${orgId ?? null}, ${image}, ${digest(onePixel)}, ${now()})`.execute(db)
}

/** Recipes for pictures of accounts and organizations. */
export const avatarRecipes: Record<string, Make> = {
  'get /api/users/:username/avatar': (world) => ({ path: `/api/users/${world.target.name}/avatar` }),
  'get /api/avatars': (world) => ({ path: `/api/avatars?names=${world.org.name}` }),
  'get /api/avatars/:namespace': (world) => ({ path: `/api/avatars/${world.org.name}` }),
  'get /api/organizations/:org/avatar': (world) => ({ path: `/api/organizations/${world.org.name}/avatar` }),
  [`put ${own}`]: () => ({ path: own, body: { image: onePixel } }),
  [`delete ${own}`]: async (world, db) => {
    await picture(db, { userId: world.caller.id })
    return { path: own }
  },
  'put /api/organizations/:org/avatar': (world) => ({
    path: `/api/organizations/${world.org.name}/avatar`,
    body: { image: onePixel },
  }),
  'delete /api/organizations/:org/avatar': async (world, db) => {
    await picture(db, { orgId: world.org.id })
    return { path: `/api/organizations/${world.org.name}/avatar` }
  },
}
