// How to upload by Xet so that a caller with the right succeeds.
import { randomBytes } from 'node:crypto'
import { instanceKey } from '../server/keys/instance-key.ts'
import { casName, signCasToken } from '../server/lfs/xet/tokens.ts'
import type { Db } from '../server/store/database.ts'
import { testSecret } from './hub.ts'
import { linkFor } from './lfs-recipes.ts'
import type { Make, Recipe } from './recipes.ts'
import type { World } from './world.ts'
import { shardOf, type TestXorb, xorbOf } from './xet-lab.ts'

/** A request with the token that the hub would have given to the caller, whether or not they have the right. */
async function asCaller(world: World, db: Db, tail: string, body?: Buffer): Promise<Recipe> {
  const isAnonymous = Object.keys(world.headers).length === 0
  const [token] = await db
    .selectFrom('access_tokens')
    .select(['id', 'role', 'last4'])
    .where('user_id', '=', world.caller.id)
    .execute()
  const claims = {
    ...{ repoId: world.repo.id, generation: 1, mayWrite: true },
    userId: isAnonymous ? null : world.caller.id,
    tokenId: token?.id ?? null,
    tokenLast4: token?.last4 ?? null,
    isScoped: token?.role === 'fineGrained',
    sessionId: token || isAnonymous ? null : world.sessionId,
  }
  // In the place of what the caller shows elsewhere
  world.headers = { authorization: `Bearer ${signCasToken(instanceKey(testSecret), claims).token}` }
  if (body === undefined) return { path: `/xet/${casName(claims)}${tail}` }
  const headers = { 'content-type': 'application/octet-stream' }
  return { path: `/xet/${casName(claims)}${tail}`, body, headers }
}

/** A xorb that the repository has, without its bytes: they are asked for only where a file is made of it. */
async function enteredXorb(world: World, db: Db): Promise<TestXorb> {
  const xorb = xorbOf([randomBytes(100)])
  const row = { repo_id: world.repo.id, hash: xorb.hash, chunks: Buffer.alloc(40), touched_at: new Date() }
  await db.insertInto('xet_xorbs').values(row).execute()
  return xorb
}

/** One recipe for every operation of Xet. */
export const xetRecipes: Record<string, Make> = {
  'get /api/:repoType/:namespace/:repo/xet-write-token/:rev': (world) => ({
    path: `/api/models/${world.org.name}/${world.repo.name}/xet-write-token/main`,
  }),
  'get /api/:repoType/:namespace/:repo/xet-read-token/:rev': (world) => ({
    path: `/api/models/${world.org.name}/${world.repo.name}/xet-read-token/main`,
  }),
  'get /xet/:cas/v2/reconstructions/:file': async (world, db) => {
    const { lfs } = await world.content()
    return asCaller(world, db, `/v2/reconstructions/${lfs.oid}`)
  },
  'get /api/xet/:link': async (world, db) => ({
    path: await linkFor(world, db, 'data', (await world.content()).lfs),
  }),
  'post /xet/:cas/v1/xorb-grants/default/:xorb': async (world, db) => {
    const { hash } = await enteredXorb(world, db)
    return asCaller(world, db, `/v1/xorb-grants/default/${hash}`, Buffer.from('{}'))
  },
  'post /xet/:cas/v1/xorbs/default/:xorb': (world, db) => {
    const { hash, bytes } = xorbOf([randomBytes(100)])
    return asCaller(world, db, `/v1/xorbs/default/${hash}`, bytes)
  },
  'post /xet/:cas/v1/shards': (world, db) => asCaller(world, db, '/v1/shards', shardOf([])),
  'post /xet/:cas/v2/shards': (world, db) => asCaller(world, db, '/v2/shards', shardOf([])),
}
