import { sql } from 'kysely'
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const org = (world: World, tail: string) => `/api/organizations/${world.org.name}${tail}`

/** Recipes of offboarding. */
export const leavingRecipes: Record<string, Make> = {
  'post /api/organizations/:org/members/:username/offboard': (world) => ({
    path: org(world, `/members/${world.target.name}/offboard`),
    body: { mode: 'apply', leaveAsIs: true, reason: 'The contract has ended.' },
  }),
  'get /api/organizations/:org/offboardings': (world) => ({ path: org(world, '/offboardings') }),
  'get /api/organizations/:org/offboardings/:id': async (world, db) => ({
    path: org(world, `/offboardings/${await offboard(db, world)}`),
  }),
  'delete /api/organizations/:org/offboardings/:id/rejoin-block': async (world, db) => ({
    path: org(world, `/offboardings/${await offboard(db, world)}/rejoin-block`),
  }),
}

async function offboard(db: Db, world: World): Promise<string> {
  const [id, at] = [newId(), now()]
  const { id: userId, name } = world.outsider
  const none = {
    membership: null,
    groupRoles: [],
    collaboratorGrants: [],
    gatedAccess: [],
    gatedRequests: [],
    tokens: [],
    invitationsReceived: [],
  }
  const removed = {
    ...none,
    invitationsSent: [],
    inviteLinks: [],
    joinRequests: [],
    successorPlace: null,
    fileLocks: [],
    serviceAccounts: [],
    ssoIdentities: [],
    provisioned: [],
    ssoSessions: [],
  }
  const report = {
    ...{ id, organization: world.org.name, user: name, fullname: name, reason: 'gone', by: 'system' },
    ...{
      at: at.toISOString(),
      successor: null,
      removed,
      counts: {},
      leftAsIs: false,
      invitations: 'revoke',
      remains: [],
    },
    loses: [],
    handedOver: { groups: [], repositories: [], repositoryCount: 0, serviceAccounts: [] },
  }
  await sql`insert into offboardings (id, org_id, user_id, at, removed, report)
    values (${id}, ${world.org.id}, ${userId}, ${at}, 0, ${JSON.stringify(report)})`.execute(db)
  await sql`insert into rejoin_blocks (org_id, user_id, offboarding_id, until)
    values (${world.org.id}, ${userId}, ${id}, ${secondsFromNow(3600)})`.execute(db)
  return id
}
