// How to list, create, and change service accounts and their tokens so that a caller with the right succeeds.
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const accounts = ({ org }: World, tail = '') => `/api/organizations/${org.name}/service-accounts${tail}`

async function newAccount(db: Db, { org }: World): Promise<string> {
  const [id, username] = [newId(), `${org.name}--ci`]
  await db
    .insertInto('users')
    .values({ id, name: username, fullname: 'CI', state: 'service', created_at: now() })
    .execute()
  await db.insertInto('service_accounts').values({ id, org_id: org.id, kind: 'service_account', username }).execute()
  return id
}

async function newToken(db: Db, world: World): Promise<string> {
  const [account, id] = [await newAccount(db, world), newId()]
  const told = { name: 'ci', role: 'fineGrained', last4: 'abcd', created_at: now() }
  await db
    .insertInto('access_tokens')
    .values({ id, user_id: account, hash: digest(randomText(40)), ...told })
    .execute()
  return `/${account}/tokens/${id}`
}

const one = '/api/organizations/:org/service-accounts/:serviceAccountId'

export const serviceAccountRecipes: Record<string, Make> = {
  'get /api/organizations/:org/service-accounts': (world) => ({ path: accounts(world) }),
  'post /api/organizations/:org/service-accounts': (world) => ({ path: accounts(world), body: { name: 'CI' } }),
  'get /api/organizations/:org/settings/service-accounts': ({ org }) => ({
    path: `/api/organizations/${org.name}/settings/service-accounts`,
  }),
  'get /api/organizations/:org/settings/api-token/state': ({ org }) => ({
    path: `/api/organizations/${org.name}/settings/api-token/state`,
  }),
  'get /api/organizations/:org/settings/api-token': ({ org }) => ({
    path: `/api/organizations/${org.name}/settings/api-token`,
  }),
  'post /api/organizations/:org/settings/api-token/refresh': ({ org }) => ({
    path: `/api/organizations/${org.name}/settings/api-token/refresh`,
  }),
  [`get ${one}`]: async (world, db) => ({ path: accounts(world, `/${await newAccount(db, world)}`) }),
  [`patch ${one}`]: async (world, db) => ({
    path: accounts(world, `/${await newAccount(db, world)}`),
    body: { description: 'Trains every night' },
  }),
  [`delete ${one}`]: async (world, db) => ({ path: accounts(world, `/${await newAccount(db, world)}`) }),
  [`post ${one}/tokens`]: async (world, db) => ({
    path: accounts(world, `/${await newAccount(db, world)}/tokens`),
    body: { permissions: ['repo.write'] },
  }),
  [`patch ${one}/tokens/:tokenId`]: async (world, db) => ({
    path: accounts(world, await newToken(db, world)),
    body: { permissions: ['org.read'] },
  }),
  [`delete ${one}/tokens/:tokenId`]: async (world, db) => ({ path: accounts(world, await newToken(db, world)) }),
  [`post ${one}/tokens/:tokenId/rotate`]: async (world, db) => ({
    path: accounts(world, `${await newToken(db, world)}/rotate`),
  }),
}
