// How identity providers provision an organization, and what admins set for them, so that a caller with the right succeeds.
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Make, Recipe } from './recipes.ts'
import { userOf } from './scim.ts'
import type { Made, World } from './world.ts'

const scim = ({ org }: World, tail: string) => `/api/organizations/${org.name}/scim-provisioning/v2${tail}`
const settings = ({ org }: World, tail = '') => `/api/organizations/${org.name}/settings/scim${tail}`

async function newUser(db: Db, { org }: World, person: Made): Promise<string> {
  const [id, name, at] = [newId(), `${person.name}@example.org`, now()]
  const told = { user_name: name, email: name, created_at: at, updated_at: at }
  await db
    .insertInto('scim_users')
    .values({ id, org_id: org.id, user_id: person.id, ...told })
    .execute()
  return id
}

async function newGroup(db: Db, { org }: World): Promise<string> {
  const [id, at] = [newId(), now()]
  await db
    .insertInto('scim_groups')
    .values({ id, org_id: org.id, display_name: 'engineers', created_at: at, updated_at: at })
    .execute()
  return id
}

async function newToken(db: Db, { org, caller }: World): Promise<string> {
  // An organization has one such account at most
  const known = await db
    .selectFrom('service_accounts')
    .select('id')
    .where('org_id', '=', org.id)
    .where('kind', '=', 'scim')
    .executeTakeFirst()
  const [account, id, username] = [known?.id ?? newId(), newId(), `${org.name}--scim`]
  if (known === undefined) {
    const told = { id: account, name: username, fullname: 'SCIM', state: 'service', created_at: now() } as const
    await db.insertInto('users').values(told).execute()
    await db.insertInto('service_accounts').values({ id: account, org_id: org.id, kind: 'scim', username }).execute()
  }
  const told = { name: `idp of ${caller.name}`, role: 'fineGrained', last4: 'abcd', created_at: now() }
  await db
    .insertInto('access_tokens')
    .values({ id, user_id: account, hash: digest(randomText(40)), ...told })
    .execute()
  return id
}

async function newHeld(db: Db, world: World): Promise<string> {
  const [id, user] = [newId(), await newUser(db, world, world.target)]
  const request = JSON.stringify({ method: 'DELETE', resource: 'User', id: user, body: null })
  const told = { summary: `deprovision ${world.target.name}`, people: 1 }
  const times = { created_at: now(), expires_at: secondsFromNow(3600) }
  await db
    .insertInto('scim_held')
    .values({ id, org_id: world.org.id, fingerprint: digest(id), request, ...told, ...times })
    .execute()
  return id
}

const base = '/api/organizations/:org/:scimBase/v2'
const ofSettings = '/api/organizations/:org/settings/scim'
const reading = (tail: string) => (world: World) => ({ path: scim(world, tail) })
const onUser = (more: Omit<Recipe, 'path'>) => async (world: World, db: Db) => ({
  path: scim(world, `/Users/${await newUser(db, world, world.target)}`),
  ...more,
})
const onGroup = (more: Omit<Recipe, 'path'>) => async (world: World, db: Db) => ({
  path: scim(world, `/Groups/${await newGroup(db, world)}`),
  ...more,
})
const patch = (operation: object) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [operation],
})

export const scimRecipes: Record<string, Make> = {
  [`get ${base}/ServiceProviderConfig`]: reading('/ServiceProviderConfig'),
  [`get ${base}/ResourceTypes`]: reading('/ResourceTypes'),
  [`get ${base}/ResourceTypes/:id`]: reading('/ResourceTypes/User'),
  [`get ${base}/Schemas`]: reading('/Schemas'),
  [`get ${base}/Schemas/:id`]: reading('/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'),
  [`get ${base}/Users`]: reading('/Users'),
  [`get ${base}/Users/:id`]: onUser({}),
  [`post ${base}/Users`]: (world) => ({
    path: scim(world, '/Users'),
    body: userOf(`${world.outsider.name}@example.org`),
  }),
  [`put ${base}/Users/:id`]: onUser({ body: userOf('target@example.org', { externalId: 'other' }) }),
  [`patch ${base}/Users/:id`]: onUser({ body: patch({ op: 'Replace', path: 'active', value: 'False' }) }),
  [`delete ${base}/Users/:id`]: onUser({}),
  [`get ${base}/Groups`]: reading('/Groups'),
  [`get ${base}/Groups/:id`]: onGroup({}),
  [`post ${base}/Groups`]: (world) => ({ path: scim(world, '/Groups'), body: { displayName: 'leads' } }),
  [`put ${base}/Groups/:id`]: onGroup({ body: { displayName: 'leads' } }),
  [`patch ${base}/Groups/:id`]: onGroup({ body: patch({ op: 'replace', path: 'displayName', value: 'leads' }) }),
  [`delete ${base}/Groups/:id`]: onGroup({}),
  [`get ${ofSettings}`]: (world) => ({ path: settings(world) }),
  [`get ${ofSettings}/users`]: (world) => ({ path: settings(world, '/users') }),
  [`get ${ofSettings}/groups`]: (world) => ({ path: settings(world, '/groups') }),
  [`get ${ofSettings}/operations`]: (world) => ({ path: settings(world, '/operations') }),
  [`get ${ofSettings}/held`]: (world) => ({ path: settings(world, '/held') }),
  [`post ${ofSettings}/tokens`]: (world) => ({ path: settings(world, '/tokens'), body: { name: 'Okta' } }),
  [`post ${ofSettings}/tokens/:tokenId/rotate`]: async (world, db) => ({
    path: settings(world, `/tokens/${await newToken(db, world)}/rotate`),
  }),
  [`delete ${ofSettings}/tokens/:tokenId`]: async (world, db) => ({
    path: settings(world, `/tokens/${await newToken(db, world)}`),
  }),
  [`put ${ofSettings}/groups/:groupId/links`]: async (world, db) => {
    const id = newId()
    await db
      .insertInto('resource_groups')
      .values({ id, org_id: world.org.id, name: 'linked', created_at: now() })
      .execute()
    const links = [{ resourceGroup: id, role: 'read' }]
    return { path: settings(world, `/groups/${await newGroup(db, world)}/links`), body: { links } }
  },
  [`post ${ofSettings}/held/:id/approve`]: async (world, db) => ({
    path: settings(world, `/held/${await newHeld(db, world)}/approve`),
  }),
  [`post ${ofSettings}/held/:id/refuse`]: async (world, db) => ({
    path: settings(world, `/held/${await newHeld(db, world)}/refuse`),
  }),
}
