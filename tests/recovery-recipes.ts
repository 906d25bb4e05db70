import { daySeconds, now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const at = (world: World, tail = '') => `/api/organizations/${world.org.name}/recovery${tail}`
const asOperator = (tail: string) => `/api/operator${tail}`

/** Recipes of recovery: the world's organization is without a usable admin, or nothing could be recovered. */
export const recoveryRecipes: Record<string, Make> = {
  'get /api/organizations/:org/recovery': (world) => ({ path: at(world) }),
  'post /api/organizations/:org/recovery': async (world, db) => {
    await lose(db, world)
    await verifyDomain(db, world)
    return { path: at(world), body: { path: 'domain', domain: 'example.org' } }
  },
  'get /api/organizations/:org/recovery/:id': async (world, db) => ({
    path: at(world, `/${await recoveryRequest(db, world)}`),
  }),
  'post /api/organizations/:org/recovery/:id/confirm': async (world, db) => ({
    path: at(world, `/${await recoveryRequest(db, world)}/confirm`),
    body: {},
  }),
  'post /api/organizations/:org/recovery/:id/veto': async (world, db) => ({
    path: at(world, `/${await recoveryRequest(db, world)}/veto`),
    body: {},
  }),
  'post /api/organizations/:org/recovery/:id/check': async (world, db) => ({
    path: at(world, `/${await recoveryRequest(db, world, world.caller.id)}/check`),
    body: {},
  }),
  'post /api/organizations/:org/recovery/:id/withdraw': async (world, db) => ({
    path: at(world, `/${await recoveryRequest(db, world, world.caller.id)}/withdraw`),
    body: {},
  }),
  'get /api/operator/recovery': () => ({ path: asOperator('/recovery') }),
  'post /api/operator/organizations/:org/recovery': async (world, db) => {
    await lose(db, world)
    return {
      path: asOperator(`/organizations/${world.org.name}/recovery`),
      body: { username: world.target.name, reason: 'Both admins have left the company.' },
    }
  },
  'post /api/operator/recovery/:id/approve': async (world, db) => ({
    path: asOperator(`/recovery/${await operatorsRequest(db, world)}/approve`),
    body: {},
  }),
  'post /api/operator/recovery/:id/withdraw': async (world, db) => ({
    path: asOperator(`/recovery/${await operatorsRequest(db, world)}/withdraw`),
    body: {},
  }),
}

// No one is admin any more who counts: neither the admins beside the caller, nor the caller, whose rights stay.
async function lose(db: Db, world: World): Promise<void> {
  const since = secondsFromNow(-daySeconds)
  await sql`update memberships set expires_at = ${secondsFromNow(30 * daySeconds)} where org_id = ${world.org.id} and role = 'admin'`.execute(
    db,
  )
  await sql`update organizations set adminless_since = ${since} where id = ${world.org.id}`.execute(db)
}

async function verifyDomain(db: Db, world: World): Promise<void> {
  const before = secondsFromNow(-9 * daySeconds)
  // One organization has a domain: that of the world before gives it up
  await sql`delete from organization_domains where domain = 'example.org'`.execute(db)
  await sql`insert into organization_domains (id, org_id, domain, token, state, added_at, verified_at)
    values (${newId()}, ${world.org.id}, 'example.org', 'token', 'verified', ${before}, ${before})`.execute(db)
}

async function recoveryRequest(db: Db, world: World, personId = world.target.id): Promise<string> {
  await lose(db, world)
  const id = newId()
  const lost = secondsFromNow(-daySeconds)
  await sql`insert into recovery_requests (id, org_id, person_id, path, opened_by, opened_by_id, domain, lost_at, created_at)
    values (${id}, ${world.org.id}, ${personId}, 'domain', ${world.target.name}, ${personId}, 'example.org', ${lost}, ${now()})`.execute(
    db,
  )
  return id
}

async function operatorsRequest(db: Db, world: World): Promise<string> {
  await lose(db, world)
  const id = newId()
  const lost = secondsFromNow(-daySeconds)
  const opener = world.outsider
  await sql`insert into recovery_requests (id, org_id, person_id, path, reason, opened_by, opened_by_id, lost_at, approvals_needed, created_at)
    values (${id}, ${world.org.id}, ${world.target.id}, 'operators', 'They have left.', ${opener.name}, ${opener.id}, ${lost}, 2, ${now()})`.execute(
    db,
  )
  return id
}
