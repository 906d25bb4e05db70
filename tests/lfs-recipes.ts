// How to send, fetch and lock large files so that a caller with the right succeeds.
import { createHash } from 'node:crypto'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { instanceKey } from '../server/keys/instance-key.ts'
import { type LinkOperation, signLink } from '../server/lfs/bytes/links.ts'
import type { Db } from '../server/store/database.ts'
import { testSecret } from './hub.ts'
import type { Make, Recipe } from './recipes.ts'
import type { World } from './world.ts'

const json = { 'content-type': 'application/vnd.git-lfs+json' }
const sent = Buffer.from('a new object')
const newObject = { oid: createHash('sha256').update(sent).digest('hex'), size: sent.length }
const lfsPath = (world: World, tail: string) => `/${world.org.name}/${world.repo.name}.git/info/lfs/${tail}`
const filesPath = (world: World, tail = '') => `/api/models/${world.org.name}/${world.repo.name}/lfs-files${tail}`

/** A link as the hub would have made it for the caller, whether or not they have the right. */
export async function linkFor(
  world: World,
  db: Db,
  op: LinkOperation,
  object: { oid: string; size: number },
): Promise<string> {
  const isAnonymous = Object.keys(world.headers).length === 0
  const token = await db
    .selectFrom('access_tokens')
    .select(['id', 'role', 'last4'])
    .where('user_id', '=', world.caller.id)
    .execute()
  const claims = {
    ...{ op, repoId: world.repo.id, oid: object.oid, size: object.size },
    userId: isAnonymous ? null : world.caller.id,
    tokenId: token[0]?.id ?? null,
    tokenLast4: token[0]?.last4 ?? null,
    isScoped: token[0]?.role === 'fineGrained',
    sessionId: token[0] || isAnonymous ? null : world.sessionId,
  }
  return `/api/${op === 'data' ? 'xet' : 'lfs'}/${signLink(instanceKey(testSecret), claims, 600)}`
}

async function lockOf(world: World, db: Db): Promise<string> {
  const id = newId()
  const lock = { id, repo_id: world.repo.id, path: 'weights.bin', user_id: world.target.id, locked_at: now() }
  await db.insertInto('lfs_locks').values(lock).execute()
  return id
}

const batch = async (world: World): Promise<Recipe> => {
  const { oid, size } = (await world.content()).lfs
  return {
    path: lfsPath(world, 'objects/batch'),
    body: { operation: 'download', objects: [{ oid, size }] },
    headers: json,
  }
}

/** One recipe for every operation on large files. */
export const lfsRecipes: Record<string, Make> = {
  'post /:repoPrefix/:namespace/:repo/info/lfs/objects/batch': batch,
  'post /:repoPrefix/:namespace/:repo/info/lfs/objects/verify': async (world) => {
    const { oid, size } = (await world.content()).lfs
    return { path: lfsPath(world, 'objects/verify'), body: { oid, size }, headers: json }
  },
  'put /api/lfs/:link': async (world, db) => {
    await world.content()
    const path = await linkFor(world, db, 'upload', newObject)
    return { path, body: sent, headers: { 'content-type': 'application/octet-stream' } }
  },
  'post /api/lfs/:link': async (world, db) => {
    const { oid, size } = (await world.content()).lfs
    return { path: await linkFor(world, db, 'verify', { oid, size }), body: { oid, size }, headers: json }
  },
  'get /api/lfs/:link': async (world, db) => ({
    path: await linkFor(world, db, 'download', (await world.content()).lfs),
  }),
  'get /:repoPrefix/:namespace/:repo/info/lfs/locks': (world) => ({ path: lfsPath(world, 'locks') }),
  'post /:repoPrefix/:namespace/:repo/info/lfs/locks': (world) => ({
    path: lfsPath(world, 'locks'),
    body: { path: 'weights.bin' },
    headers: json,
  }),
  'post /:repoPrefix/:namespace/:repo/info/lfs/locks/verify': (world) => ({
    path: lfsPath(world, 'locks/verify'),
    body: {},
    headers: json,
  }),
  'post /:repoPrefix/:namespace/:repo/info/lfs/locks/:id/unlock': async (world, db) => ({
    path: lfsPath(world, `locks/${await lockOf(world, db)}/unlock`),
    body: { force: true },
    headers: json,
  }),
  'get /api/:repoType/:namespace/:repo/lfs-files': (world) => ({ path: filesPath(world) }),
  'post /api/:repoType/:namespace/:repo/lfs-files/batch': async (world) => ({
    path: filesPath(world, '/batch'),
    body: { deletions: { sha: [(await world.content()).lfs.oid], rewriteHistory: true } },
  }),
  'post /api/:repoType/:namespace/:repo/lfs-files/duplicate': async (world) => ({
    path: filesPath(world, '/duplicate'),
    // To itself, which takes both rights and copies nothing
    body: {
      target: { type: 'model', name: `${world.org.name}/${world.repo.name}` },
      files: [{ sha256: (await world.content()).lfs.oid, filename: 'a.bin' }],
    },
  }),
  'delete /api/:repoType/:namespace/:repo/lfs-files/:sha': async (world) => ({
    path: filesPath(world, `/${(await world.content()).lfs.oid}?rewriteHistory=false`),
  }),
}
