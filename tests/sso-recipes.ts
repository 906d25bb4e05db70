// How to set up SSO, start and complete sign-ins, and see who is linked, so that an admin succeeds.
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const settings = ({ org }: World, tail = '') => `/api/organizations/${org.name}/settings/sso${tail}`
const doors = ({ org }: World, tail = '') => `/api/organizations/${org.name}/sso${tail}`

// With pasted endpoints, starting a sign-in asks nothing of the provider.
const provider = 'https://idp.example'
const oidc = {
  ...{ issuer: provider, clientId: 'guildhall', clientSecret: 'secret' },
  ...{ authorizationEndpoint: `${provider}/auth`, tokenEndpoint: `${provider}/token`, jwksUri: `${provider}/jwks` },
}

async function setUp(db: Db, { org }: World, mode: 'off' | 'optional' = 'optional'): Promise<void> {
  await db.updateTable('organizations').set({ sso_mode: mode }).where('id', '=', org.id).execute()
  await db
    .insertInto('sso_configs')
    .values({
      ...{ org_id: org.id, protocol: 'oidc', issuer: provider, client_id: 'guildhall' },
      ...{
        authorization_endpoint: oidc.authorizationEndpoint,
        token_endpoint: oidc.tokenEndpoint,
        jwks_uri: oidc.jwksUri,
      },
      ...{ configured_at: now(), mapping_changed_at: now(), updated_at: now() },
    })
    .execute()
}

async function enforce(db: Db, world: World): Promise<void> {
  await db.updateTable('organizations').set({ sso_mode: 'enforced' }).where('id', '=', world.org.id).execute()
  await db
    .insertInto('sso_break_glass_admins')
    .columns(['org_id', 'user_id', 'added_at'])
    .expression((eb) =>
      eb
        .selectFrom('memberships')
        .where('org_id', '=', world.org.id)
        .where('user_id', '=', world.caller.id)
        .select((of) => ['org_id', 'user_id', of.val(now()).as('added_at')]),
    )
    .execute()
}

async function manage(db: Db, { org }: World): Promise<void> {
  await db.updateTable('organizations').set({ managed_since: now() }).where('id', '=', org.id).execute()
}

const one = '/api/organizations/:org/settings/sso'

export const ssoRecipes: Record<string, Make> = {
  [`get ${one}`]: (world) => ({ path: settings(world) }),
  [`put ${one}`]: (world) => ({ path: settings(world), body: { protocol: 'oidc', oidc } }),
  [`delete ${one}`]: (world) => ({ path: settings(world) }),
  [`put ${one}/mode`]: async (world, db) => {
    await setUp(db, world, 'off')
    return { path: settings(world, '/mode'), body: { mode: 'optional' } }
  },
  [`post ${one}/test`]: async (world, db) => {
    await setUp(db, world)
    return { path: settings(world, '/test'), body: {} }
  },
  [`put ${one}/break-glass`]: (world) => ({
    path: settings(world, '/break-glass'),
    body: { admins: world.admins.map(({ name }) => name) },
  }),
  [`post ${one}/break-glass/codes`]: (world) => ({ path: settings(world, '/break-glass/codes'), body: {} }),
  [`get ${one}/identities`]: (world) => ({ path: settings(world, '/identities') }),
  [`delete ${one}/identities/:username`]: async (world, db) => {
    await db
      .insertInto('sso_identities')
      .values({
        ...{ org_id: world.org.id, user_id: world.target.id, issuer: provider, subject: 'target' },
        ...{ linked_at: now(), last_used_at: now() },
      })
      .execute()
    return { path: settings(world, `/identities/${world.target.name}`) }
  },
  [`put ${one}/external/:username`]: (world) => ({
    path: settings(world, `/external/${world.target.name}`),
    body: { isExternalCollaborator: true },
  }),
  'get /api/organizations/:org/sso': (world) => ({ path: doors(world) }),
  'post /api/organizations/:org/sso/sign-in': async (world, db) => {
    await setUp(db, world)
    return { path: doors(world, '/sign-in'), body: {} }
  },
  'post /api/organizations/:org/sso/complete': (world) => ({ path: doors(world, '/complete'), body: { query: '' } }),
  [`get ${one}/managed`]: (world) => ({ path: settings(world, '/managed') }),
  [`post ${one}/managed`]: async (world, db) => {
    await manage(db, world)
    return { path: settings(world, '/managed'), body: { managed: false }, isPlanned: true }
  },
  'post /api/organizations/:org/sso/managed/sign-in': async (world, db) => {
    await setUp(db, world)
    await manage(db, world)
    return { path: doors(world, '/managed/sign-in'), body: {} }
  },
  'post /api/organizations/:org/sso/managed/complete': (world) => ({
    path: doors(world, '/managed/complete'),
    body: { query: '', browser: 'none' },
  }),
  'post /api/organizations/:org/sso/break-glass': async (world, db) => {
    await enforce(db, world)
    return { path: doors(world, '/break-glass'), body: {} }
  },
  'delete /api/organizations/:org/sso/sessions': async (world, db) => {
    await db
      .insertInto('sso_sessions')
      .columns(['id', 'org_id', 'user_id', 'created_at', 'expires_at'])
      .expression((eb) =>
        eb
          .selectFrom('memberships')
          .where('org_id', '=', world.org.id)
          .where('user_id', '=', world.caller.id)
          .select((of) => [
            of.val(newId()).as('id'),
            ...(['org_id', 'user_id'] as const),
            of.val(now()).as('created_at'),
            of.val(secondsFromNow(3600)).as('expires_at'),
          ]),
      )
      .execute()
    return { path: doors(world, '/sessions') }
  },
  'post /sso/:org/backchannel-logout': ({ org }) => ({
    path: `/sso/${org.name}/backchannel-logout`,
    body: { logout_token: 'none' },
  }),
  'get /api/settings/sso': () => ({ path: '/api/settings/sso' }),
  'post /api/operator/organizations/:org/sso/relax': async (world, db) => {
    await db.updateTable('organizations').set({ sso_mode: 'enforced' }).where('id', '=', world.org.id).execute()
    return {
      path: `/api/operator/organizations/${world.org.name}/sso/relax`,
      body: { reason: 'The provider is gone.' },
    }
  },
}

/** What no recipe can complete. */
export const ssoElsewhere = {
  'post /api/organizations/:org/sso/complete': 'takes an answer of an identity provider',
  'post /api/organizations/:org/sso/managed/complete': 'takes an answer of an identity provider',
  'post /sso/:org/backchannel-logout': 'takes a logout token of an identity provider',
}
