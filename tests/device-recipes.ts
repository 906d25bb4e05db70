// How programs are signed in, and leaked tokens reported, so that a caller with the right succeeds.
import { deviceGrant } from '../api/oauth.ts'
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { digest, newToken, randomText } from '../server/kernel/secret.ts'
import { newUserCode } from '../server/oauth/user-codes.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import { makeToken, type World } from './world.ts'

/** The client ID that is built into huggingface_hub. */
export const clientId = '26be6b09-91c5-47da-9861-d2d2bb7a7e36'

async function waiting(db: Db, world?: World): Promise<{ secret: string; code: string }> {
  const [secret, code] = [randomText(43), newUserCode()]
  const tokenId = world && (await tokenIdOf(db, world))
  const row = {
    hash: digest(secret),
    user_code: code,
    client_id: clientId,
    ip: '203.0.113.7',
    created_at: now(),
    expires_at: secondsFromNow(600),
    token_id: tokenId ?? null,
    interval_seconds: 5,
  }
  await db.insertInto('device_codes').values(row).execute()
  return { secret, code }
}

async function tokenIdOf(db: Db, world: World): Promise<string> {
  const token = await makeToken(db, world.bystander, 'write', 'hf CLI')
  const { id } = await db
    .selectFrom('access_tokens')
    .select('id')
    .where('hash', '=', digest(token))
    .executeTakeFirstOrThrow()
  return id
}

export const deviceRecipes: Record<string, Make> = {
  'post /oauth/device': () => ({ path: '/oauth/device', body: { client_id: clientId } }),
  'post /oauth/token': async (world, db) => ({
    path: '/oauth/token',
    body: { grant_type: deviceGrant, client_id: clientId, device_code: (await waiting(db, world)).secret },
  }),
  'get /api/settings/device/:code': async (_, db) => ({
    path: `/api/settings/device/${(await waiting(db)).code}`,
  }),
  'post /api/settings/device/:code/approve': async (_, db) => ({
    path: `/api/settings/device/${(await waiting(db)).code}/approve`,
    body: { name: 'hf CLI', role: 'write' },
  }),
  'post /api/settings/device/:code/deny': async (_, db) => ({
    path: `/api/settings/device/${(await waiting(db)).code}/deny`,
    body: {},
  }),
  'post /api/credentials/revoke': async (world, db) => ({
    path: '/api/credentials/revoke',
    body: { credentials: [await makeToken(db, world.bystander, 'read', 'leaked'), newToken('user'), 'hf_none'] },
  }),
}
