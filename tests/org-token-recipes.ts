// How to list, approve, deny, and revoke the tokens that reach an organization, and set its policy, so that an admin succeeds.
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, newToken } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

async function tokenOfMember(db: Db, { org, target }: World): Promise<{ id: string; token: string }> {
  const [id, token] = [newId(), newToken('fineGrained')]
  const told = { name: 'ci', role: 'fineGrained', last4: token.slice(-4), created_at: now() }
  await db
    .insertInto('access_tokens')
    .values({ id, user_id: target.id, hash: digest(token), ...told })
    .execute()
  await db
    .insertInto('token_scopes')
    .values({ token_id: id, org_id: org.id, permissions: ['repo.write'] })
    .execute()
  return { id, token }
}

async function requireApproval(db: Db, { org, caller }: World): Promise<void> {
  const turnedOn = db.updateTable('organizations').set({ token_policy: 'approval' }).where('id', '=', org.id)
  const [updated] = await turnedOn.where('token_policy', '=', 'any').execute()
  if (updated?.numUpdatedRows === 0n) return
  const own = await db.selectFrom('access_tokens').select('id').where('user_id', '=', caller.id).execute()
  const approved = { org_id: org.id, state: 'approved', changed_at: now() }
  for (const { id } of own)
    await db
      .insertInto('token_states')
      .values({ ...approved, token_id: id })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

const settings = ({ org }: World) => `/api/organizations/${org.name}/settings`

const review =
  (deed: string): Make =>
  async (world, db) => {
    const { id } = await tokenOfMember(db, world)
    await requireApproval(db, world)
    return { path: `${settings(world)}/tokens/${id}/${deed}`, body: {} }
  }

export const orgTokenRecipes: Record<string, Make> = {
  'get /api/organizations/:org/settings/tokens': (world) => ({ path: `${settings(world)}/tokens` }),
  'get /api/organizations/:org/settings/tokens/summary': (world) => ({ path: `${settings(world)}/tokens/summary` }),
  'get /api/organizations/:org/settings/tokens/export': (world) => ({ path: `${settings(world)}/tokens/export` }),
  'post /api/organizations/:org/settings/tokens/:id/approve': review('approve'),
  'post /api/organizations/:org/settings/tokens/:id/deny': review('deny'),
  'post /api/organizations/:org/settings/tokens/:id/revoke': async (world, db) => ({
    path: `${settings(world)}/tokens/${(await tokenOfMember(db, world)).id}/revoke`,
    body: {},
  }),
  'post /api/organizations/:org/settings/tokens/revoke': async (world, db) => ({
    path: `${settings(world)}/tokens/revoke`,
    body: { token: (await tokenOfMember(db, world)).token },
  }),
  'get /api/organizations/:org/settings/token-policy': (world) => ({ path: `${settings(world)}/token-policy` }),
  'put /api/organizations/:org/settings/token-policy': (world) => ({
    path: `${settings(world)}/token-policy`,
    body: { tokenPolicy: 'any', tokenMaxLifetimeDays: 365 },
  }),
}
