// How to deal with the gate of a repository so that a caller with the right succeeds.
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { Made, World } from './world.ts'

const pathOf = (world: World) => `/api/models/${world.org.name}/${world.repo.name}`
const idOf = (world: World) => `/${world.org.name}/${world.repo.name}`

const gated =
  (make: (world: World, db: Db) => ReturnType<Make>): Make =>
  async (world, db) => {
    await db
      .updateTable('repositories')
      .set({ gate: 'manual' })
      .where('id', '=', world.repo.id)
      .where('gate', 'is', null)
      .execute()
    return make(world, db)
  }

const requests = (tail: string) => gated((world) => ({ path: `${pathOf(world)}/user-access-request${tail}` }))
const gate = (tail: string) => gated((world) => ({ path: `${pathOf(world)}/gate${tail}` }))

async function requestOf(db: Db, world: World, person: Made): Promise<void> {
  const request = { id: newId(), repo_id: world.repo.id, user_id: person.id, state: 'pending' as const }
  await db
    .insertInto('gate_requests')
    .values({ ...request, created_at: now(), asked: true })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function grantTo(db: Db, world: World): Promise<string> {
  const grant = {
    id: newId(),
    repo_id: world.repo.id,
    org_id: world.other.id,
    granted_by_id: world.admins[0]?.id ?? '',
  }
  await db
    .insertInto('gate_organizations')
    .values({ ...grant, granted_at: now() })
    .execute()
  return world.other.name
}

/** One recipe for every operation on gates. */
export const gatedRecipes: Record<string, Make> = {
  // The second changes something also where the repository is public already
  'put /api/:repoType/:namespace/:repo/settings': (world) => ({
    path: `${pathOf(world)}/settings`,
    body: { private: false, gatedNotificationsMode: 'bulk' },
  }),
  'get /api/:repoType/:namespace/:repo/gate': gate(''),
  'post /api/:repoType/:namespace/:repo/user-access-request': gated((world) => ({
    path: `${pathOf(world)}/user-access-request`,
    body: { fields: {} },
  })),
  'post /:repoPrefix/:namespace/:repo/ask-access': gated((world) => ({ path: `${idOf(world)}/ask-access`, body: {} })),
  'post /api/:repoType/:namespace/:repo/user-access-request/cancel': gated(async (world, db) => {
    await requestOf(db, world, world.caller)
    return { path: `${pathOf(world)}/user-access-request/cancel`, body: {} }
  }),
  'get /api/:repoType/:namespace/:repo/user-access-request/:status': requests('/pending'),
  'post /api/:repoType/:namespace/:repo/user-access-request/handle': gated(async (world, db) => {
    await requestOf(db, world, world.outsider)
    return {
      path: `${pathOf(world)}/user-access-request/handle`,
      body: { user: world.outsider.name, status: 'accepted' },
    }
  }),
  'post /api/:repoType/:namespace/:repo/user-access-request/batch': gated(async (world, db) => {
    await requestOf(db, world, world.outsider)
    const body = { status: 'rejected', requests: [{ user: world.outsider.name }] }
    return { path: `${pathOf(world)}/user-access-request/batch`, body }
  }),
  'post /api/:repoType/:namespace/:repo/user-access-request/grant': gated((world) => ({
    path: `${pathOf(world)}/user-access-request/grant`,
    body: { user: world.outsider.name },
  })),
  'get /:repoPrefix/:namespace/:repo/user-access-report': gated((world) => ({
    path: `${idOf(world)}/user-access-report`,
  })),
  'get /api/:repoType/:namespace/:repo/gate/organizations': gate('/organizations'),
  'put /api/:repoType/:namespace/:repo/gate/organizations/:grantee': gated((world) => ({
    path: `${pathOf(world)}/gate/organizations/${world.other.name}`,
    body: { role: 'read' },
  })),
  'delete /api/:repoType/:namespace/:repo/gate/organizations/:grantee': gated(async (world, db) => ({
    path: `${pathOf(world)}/gate/organizations/${await grantTo(db, world)}`,
  })),
  'get /api/:repoType/:namespace/:repo/gate/organizations/:grantee/members': gated(async (world, db) => ({
    path: `${pathOf(world)}/gate/organizations/${await grantTo(db, world)}/members`,
  })),
  'get /api/:repoType/:namespace/:repo/gate/downloads': gate('/downloads'),
  'get /api/:repoType/:namespace/:repo/gate/downloads/export': gate('/downloads/export'),
}
