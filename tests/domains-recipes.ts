import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const domain = 'staff.example.org'
const token = 'A'.repeat(32)
const org = (world: World, tail: string) => `/api/organizations/${world.org.name}/domains${tail}`

/** What the DNS has to answer for the recipes: `startDns(recipeRecords)`. */
export const recipeRecords = { [domain]: [`guildhall-verification=${token}`] }

/** Recipes of email domains. */
export const domainRecipes: Record<string, Make> = {
  'get /api/organizations/:org/domains': (world) => ({ path: org(world, '') }),
  'post /api/organizations/:org/domains': async (world, db) => {
    await sql`delete from organization_domains where org_id = ${world.org.id}`.execute(db)
    return { path: org(world, ''), body: { domain } }
  },
  'post /api/organizations/:org/domains/:domain/verify': async (world, db) => {
    await addDomain(world, db)
    return { path: org(world, `/${domain}/verify`), body: {} }
  },
  'delete /api/organizations/:org/domains/:domain': async (world, db) => {
    await addDomain(world, db)
    return { path: org(world, `/${domain}`) }
  },
}

async function addDomain(world: World, db: Db): Promise<void> {
  await sql`delete from organization_domains where domain = ${domain}`.execute(db)
  await sql`insert into organization_domains (id, org_id, domain, token, added_at)
    values (${newId()}, ${world.org.id}, ${domain}, ${token}, ${now()})`.execute(db)
}
