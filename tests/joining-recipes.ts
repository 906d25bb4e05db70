import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const org = (world: World, tail: string) => `/api/organizations/${world.org.name}${tail}`

/** Recipes of the doors: invitations, invite links, requests. */
export const joiningRecipes: Record<string, Make> = {
  'get /api/organizations/:org/invitations': (world) => ({ path: org(world, '/invitations') }),
  'post /api/organizations/:org/invitations': (world) => ({
    path: org(world, '/invitations'),
    body: { username: world.outsider.name, role: 'read' },
  }),
  'post /api/organizations/:org/invitations/:id/resend': async (world, db) => ({
    path: org(world, `/invitations/${(await invite(db, world)).id}/resend`),
    body: {},
  }),
  'delete /api/organizations/:org/invitations/:id': async (world, db) => ({
    path: org(world, `/invitations/${(await invite(db, world)).id}`),
  }),
  'post /api/join/view': async (world, db) => ({ path: '/api/join/view', body: await offered(db, world) }),
  'post /api/join/ask': async (world, db) => ({ path: '/api/join/ask', body: await offered(db, world) }),
  'post /api/join/accept': async (world, db) => ({ path: '/api/join/accept', body: await offered(db, world) }),
  'post /api/join/decline': async (world, db) => ({ path: '/api/join/decline', body: await offered(db, world) }),
  'get /api/settings/notifications': () => ({ path: '/api/settings/notifications' }),
  'get /api/settings/invitations': () => ({ path: '/api/settings/invitations' }),
  'post /api/settings/invitations/:id/accept': async (world, db) => ({
    path: `/api/settings/invitations/${(await invite(db, world)).id}/accept`,
    body: {},
  }),
  'post /api/settings/invitations/:id/decline': async (world, db) => ({
    path: `/api/settings/invitations/${(await invite(db, world)).id}/decline`,
    body: {},
  }),

  'get /api/organizations/:org/invite-links': (world) => ({ path: org(world, '/invite-links') }),
  'post /api/organizations/:org/invite-links': (world) => ({
    path: org(world, '/invite-links'),
    body: { role: 'read', maxUses: 10 },
  }),
  'post /api/organizations/:org/invite-links/:id/regenerate': async (world, db) => ({
    path: org(world, `/invite-links/${await makeLink(db, world)}/regenerate`),
    body: {},
  }),
  'delete /api/organizations/:org/invite-links/:id': async (world, db) => ({
    path: org(world, `/invite-links/${await makeLink(db, world)}`),
  }),

  'get /api/organizations/:org/join': (world) => ({ path: org(world, '/join') }),
  'post /api/organizations/:org/join': async (world, db) => {
    await db.updateTable('organizations').set({ allow_join_requests: true }).where('id', '=', world.org.id).execute()
    return { path: org(world, '/join'), body: { message: 'I train speech models.' } }
  },
  'delete /api/organizations/:org/join': async (world, db) => {
    await ask(db, world, world.caller.id)
    return { path: org(world, '/join') }
  },
  'get /api/organizations/:org/requests': (world) => ({ path: org(world, '/requests') }),
  'post /api/organizations/:org/requests/:id/approve': async (world, db) => ({
    path: org(world, `/requests/${await ask(db, world, world.outsider.id)}/approve`),
    body: { role: 'read' },
  }),
  'post /api/organizations/:org/requests/:id/reject': async (world, db) => ({
    path: org(world, `/requests/${await ask(db, world, world.outsider.id)}/reject`),
    body: { reason: 'We do not know you.' },
  }),
}

async function invite(db: Db, world: World): Promise<{ id: string; token: string }> {
  const token = randomText(43)
  const row = {
    id: newId(),
    org_id: world.org.id,
    user_id: world.caller.id,
    role: 'read' as const,
    lifetime_days: 7,
    hash: digest(token),
    invited_by: world.admins[0]?.id ?? null,
    created_at: now(),
    sent_at: now(),
    expires_at: secondsFromNow(3600),
  }
  await db.insertInto('invitations').values(row).execute()
  return { id: row.id, token }
}

async function offered(db: Db, world: World): Promise<{ token: string }> {
  return { token: (await invite(db, world)).token }
}

async function makeLink(db: Db, world: World): Promise<string> {
  const row = {
    id: newId(),
    org_id: world.org.id,
    role: 'read' as const,
    hash: digest(randomText(43)),
    last4: 'abcd',
    lifetime_days: 7,
    created_by: world.admins[0]?.id ?? null,
    created_at: now(),
    expires_at: secondsFromNow(3600),
  }
  await db.insertInto('invite_links').values(row).execute()
  return row.id
}

async function ask(db: Db, world: World, userId: string): Promise<string> {
  const id = newId()
  await db
    .insertInto('join_requests')
    .values({ id, org_id: world.org.id, user_id: userId, created_at: now() })
    .execute()
  return id
}
