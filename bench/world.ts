import pg from 'pg'
import { encodeCursor } from '../server/kernel/page.ts'
import { digest, newToken } from '../server/kernel/secret.ts'

/** How many people the benchmark's database has. */
export const population = 100_000
export const sizes = [1000, 10_000, 100_000] as const
export const spreadOrganizations = 500
export const membersOfSpread = 8
export const hotMembers = 2000
export const tabMembers = 50_000
const others = 32

/** What the measurements need to know of the database they run on. */
export interface BenchWorld {
  /** A write token of the admin of every organization. */
  adminToken: string
  /** A token of a plain member of the organization `hot`, who is in its one group. */
  memberToken: string
  /** Tokens of the people in that group, several of each. */
  otherTokens: string[]
  groupId: string
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

// Ids of the benchmark: 24 hexadecimal digits with the number at their end.
const id = (prefix: string, number: string) => `'${prefix}' || lpad(to_hex(${number}), 8, '0')`
const userPrefix = 'aaaaaaaaaaaaaaaa'
const memberPrefix = 'cccccccc'

/** Fills a migrated database with people, organizations of several sizes, one group and two tokens. */
export async function fillWorld(connectionString: string): Promise<BenchWorld> {
  const pool = new pg.Pool({ connectionString, max: 2 })
  const run = (text: string, values: unknown[] = []) => pool.query(text, values)
  await run(`insert into users (id, name, fullname, created_at)
    select ${id(userPrefix, 'i')}, 'person-' || i, ${syllables('first', 2)} || ' ' || ${syllables('last', 3)}, now()
    from generate_series(0, ${population}) i`)
  await run(`insert into names (lower_name, name, user_id, current) select name, name, id, true from users`)
  await run(`insert into emails (id, user_id, address, verified_at, is_primary, created_at)
    select id, id, name || '@example.org', now(), true, now() from users`)
  for (const size of sizes) await makeOrganization(run, `members-${size}`, size)
  await makeOrganization(run, 'hot', hotMembers)
  await makeOrganization(run, 'tab', tabMembers)
  await makeSpread(run)
  const groupId = 'dddddddddddddddddddddddd'
  await run(
    `insert into resource_groups (id, org_id, name, created_at) select $1, id, 'Speech', now() from organizations where name = 'hot'`,
    [groupId],
  )
  await run(
    `insert into group_roles (group_id, org_id, user_id, source, role, added_at)
     select $1, m.org_id, m.user_id, 'manual', 'read', now() from memberships m join organizations o on o.id = m.org_id
     where o.name = 'hot' and m.user_id <= ${id(userPrefix, '10')}`,
    [groupId],
  )
  const adminToken = await makeToken(run, 0)
  const memberToken = await makeToken(run, 1)
  const otherTokens: string[] = []
  for (let number = 0; number < others; number++) otherTokens.push(await makeToken(run, 1 + (number % 10)))
  await run('vacuum analyze')
  return {
    adminToken,
    memberToken,
    otherTokens,
    groupId,
    query: async (text, values) => (await pool.query(text, values)).rows,
    close: () => pool.end(),
  }
}

// Names as various as people's: so many syllables, chosen by a hash.
function syllables(of: string, count: number): string {
  const choices = `array['ba','chi','do','el','fra','go','han','in','jo','ka','lu','mar','ne','or','pe','qui','ro','sa','ti','ur','ve','wi','xa','yo','zu']`
  const parts = Array.from(
    { length: count },
    (_, part) => `(${choices})[1 + get_byte(sha256(('${of}${part}-' || i)::bytea), 0) % 25]`,
  )
  return `initcap(${parts.join(' || ')})`
}

type Run = (text: string, values?: unknown[]) => Promise<unknown>
let organizations = 0

async function makeOrganization(run: Run, name: string, members: number): Promise<void> {
  const orgId = `bbbbbbbbbbbbbbbb${(organizations++).toString(16).padStart(8, '0')}`
  await run(`insert into organizations (id, name, fullname, plan, created_at) values ($1, $2, $2, 'plus', now())`, [
    orgId,
    name,
  ])
  await run(`insert into names (lower_name, name, org_id, current) values ($1, $1, $2, true)`, [name, orgId])
  await run(
    `insert into memberships (id, org_id, user_id, role, source, joined_at, search)
     select ${id(`${memberPrefix}${orgId.slice(-8)}`, 'i')}, $1, ${id(userPrefix, 'i')},
       (case when i = 0 then 'admin' when i % 10 = 0 then 'write' when i % 3 = 0 then 'contributor' else 'read' end)::org_role, 'manual', now(), ''
     from generate_series(0, $2::int - 1) i`,
    [orgId, members],
  )
}

// Many small organizations of the same admin, each with people of its own.
async function makeSpread(run: Run): Promise<void> {
  const orgId = id('eeeeeeeeeeeeeeee', 'i')
  await run(`insert into organizations (id, name, fullname, plan, created_at)
    select ${orgId}, 'spread-' || i, 'spread', 'plus', now() from generate_series(0, ${spreadOrganizations - 1}) i`)
  await run(`insert into names (lower_name, name, org_id, current)
    select 'spread-' || i, 'spread-' || i, ${orgId}, true from generate_series(0, ${spreadOrganizations - 1}) i`)
  await run(`insert into memberships (id, org_id, user_id, role, source, joined_at, search)
    select 'ffffffffffffffff' || lpad(to_hex(i * 16 + j), 8, '0'), ${orgId},
      case when j = 0 then ${id(userPrefix, '0')} else ${id(userPrefix, `i * ${membersOfSpread} + j`)} end,
      (case when j = 0 then 'admin' else 'read' end)::org_role, 'manual', now(), ''
    from generate_series(0, ${spreadOrganizations - 1}) i, generate_series(0, ${membersOfSpread}) j`)
}

let tokens = 0

async function makeToken(run: Run, person: number): Promise<string> {
  const token = newToken('user')
  const numbered = (prefix: string, number: number) => prefix + number.toString(16).padStart(8, '0')
  const userId = numbered(userPrefix, person)
  await run(
    `insert into access_tokens (id, user_id, hash, name, role, last4, created_at, last_used_at) values ($4, $1, $2, 'bench', 'write', $3, now(), now())`,
    [userId, digest(token), token.slice(-4), numbered('9999999999999999', tokens++)],
  )
  return token
}

/** The path of a role change in one of the small organizations, and the next person's at each call. */
export function spreadPath(index: number): string {
  const org = index % spreadOrganizations
  const person = org * membersOfSpread + 1 + (Math.floor(index / spreadOrganizations) % membersOfSpread)
  return `/api/organizations/spread-${org}/members/person-${person}/role`
}

/** A cursor that begins a page after so many members of an organization. */
export async function cursorAfter(world: BenchWorld, org: string, offset: number): Promise<string> {
  const rows = await world.query<{ id: string }>(
    `select m.id from memberships m join organizations o on o.id = m.org_id where o.name = $1 order by m.id offset $2 limit 1`,
    [org, offset],
  )
  return encodeCursor([rows[0]?.id ?? ''])
}
