// How to deal with grants on a repository so that a caller with the right succeeds.
import { now } from '../server/kernel/clock.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const grantsOf = (world: World) => `/api/models/${world.org.name}/${world.repo.name}/collaborators`

const ofTarget: Make = async (world, db) => {
  await grantTarget(db, world)
  return { path: `${grantsOf(world)}/${world.target.name}` }
}

/** One recipe for every operation on collaborators. */
export const collaboratorRecipes: Record<string, Make> = {
  'get /api/:repoType/:namespace/:repo/collaborators': (world) => ({ path: grantsOf(world) }),
  'get /api/:repoType/:namespace/:repo/collaborators/:username': ofTarget,
  'put /api/:repoType/:namespace/:repo/collaborators/:username': (world) => ({
    path: `${grantsOf(world)}/${world.outsider.name}`,
    body: { role: 'write' },
  }),
  'delete /api/:repoType/:namespace/:repo/collaborators/:username': ofTarget,
  'get /api/organizations/:org/collaborators': (world) => ({
    path: `/api/organizations/${world.org.name}/collaborators`,
  }),
}

async function grantTarget(db: Db, world: World): Promise<void> {
  const grant = { repo_id: world.repo.id, user_id: world.target.id, role: 'read' as const, added_at: now() }
  await db.insertInto('repo_collaborators').values(grant).execute()
}
