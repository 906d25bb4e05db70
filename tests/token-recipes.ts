// How to list, create, and change access tokens so that a caller with the right succeeds.
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

async function ownToken(db: Db, world: World): Promise<string> {
  const id = newId()
  const row = {
    id,
    user_id: world.caller.id,
    hash: digest(randomText(40)),
    name: 'own',
    role: 'read',
    last4: 'abcd',
    created_at: now(),
  }
  await db.insertInto('access_tokens').values(row).execute()
  return id
}

/** Creates a token with a scope of every kind. */
export const fineGrainedToken: Make = ({ caller, org, group, repo }) => ({
  path: '/api/settings/tokens',
  body: {
    name: 'ci',
    role: 'fineGrained',
    fineGrained: {
      scoped: [
        { entity: { type: 'user', name: caller.name }, permissions: ['repo.write'] },
        { entity: { type: 'org', name: org.name }, permissions: ['org.read'] },
        { entity: { type: 'resource-group', name: `${org.name}/${group.name}` }, permissions: ['repo.write'] },
        { entity: { type: 'model', name: `${org.name}/${repo.name}` }, permissions: ['repo.write'] },
      ],
    },
  },
})

export const tokenRecipes: Record<string, Make> = {
  'get /api/settings/tokens': () => ({ path: '/api/settings/tokens' }),
  'post /api/settings/tokens': () => ({ path: '/api/settings/tokens', body: { name: 'laptop', role: 'read' } }),
  'patch /api/settings/tokens/:id': async (world, db) => ({
    path: `/api/settings/tokens/${await ownToken(db, world)}`,
    body: { name: 'renamed' },
  }),
  'delete /api/settings/tokens/:id': async (world, db) => ({
    path: `/api/settings/tokens/${await ownToken(db, world)}`,
  }),
  'post /api/settings/tokens/:id/rotate': async (world, db) => ({
    path: `/api/settings/tokens/${await ownToken(db, world)}/rotate`,
    body: {},
  }),
}
