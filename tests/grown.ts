import type { RawBuilder } from 'kysely'
import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import { largeFileTables } from './grown-files.ts'
import { gateTables } from './grown-gates.ts'
import { scimTables } from './grown-scim.ts'
import { ssoTables } from './grown-sso.ts'
import { tokenTables } from './grown-tokens.ts'
import { few, type GrownTable, hash, id, population, some } from './grown-values.ts'

const tables: Record<string, GrownTable> = {
  users: {
    count: population,
    columns: { id: id('a'), name: `'person-' || i`, fullname: `'Person ' || i`, created_at: 'now()' },
  },
  organizations: {
    count: some,
    columns: { id: id('b'), name: `'grown-' || i`, fullname: `'Grown'`, plan: `'plus'`, created_at: 'now()' },
  },
  names: {
    count: population,
    columns: { lower_name: `'person-' || i`, name: `'person-' || i`, user_id: id('a'), current: 'true' },
  },
  emails: {
    count: population,
    columns: {
      id: id('a'),
      user_id: id('a'),
      address: `'person-' || i || '@example.org'`,
      verified_at: 'now()',
      is_primary: 'true',
      created_at: 'now()',
    },
  },
  account_links: {
    count: some,
    columns: {
      hash: hash('link'),
      purpose: `'verify_email'`,
      user_id: id('a'),
      email_id: id('a'),
      expires_at: 'now()',
    },
  },
  sessions: {
    count: some,
    columns: {
      id: id('a'),
      user_id: id('a'),
      hash: hash('session'),
      previous_hash: hash('previous'),
      rotated_at: 'now()',
      created_at: 'now()',
      last_seen_at: 'now()',
      confirmed_at: 'now()',
      expires_at: `now() + interval '1 day'`,
    },
  },
  avatars: {
    count: some,
    columns: { user_id: id('a'), image: `'\\x00'::bytea`, hash: hash('avatar'), changed_at: 'now()' },
  },
  recovery_codes: { count: some, columns: { user_id: id('a'), hash: hash('code') } },
  attempts: { count: some, columns: { key: `'sign-in:' || i`, window_start: 'now()', count: '1' } },
  ...tokenTables,
  memberships: {
    count: population,
    columns: {
      id: id('a'),
      org_id: id('b', '0'),
      user_id: id('a'),
      role: `(case when i % 1000 = 0 then 'admin' when i % 3 = 0 then 'read' else 'contributor' end)::org_role`,
      source: `'manual'`,
      joined_at: 'now()',
      search: `'person-' || i || ' person ' || i`,
      sort_name: `'person ' || i`,
    },
  },
  member_activity: {
    count: population,
    columns: {
      org_id: id('b', '0'),
      user_id: id('a'),
      web_at: `case when i % 10 > 0 then now() - i * interval '2 minutes' end`,
      joined_at: 'now()',
    },
  },
  successors: { count: few, columns: { org_id: id('b', 'i % 500'), user_id: id('a'), position: 'i' } },
  resource_groups: {
    count: few,
    columns: { id: id('c'), org_id: id('b', 'i % 100'), name: `'Group ' || i`, created_at: 'now()' },
  },
  group_sizes: { count: few, columns: { group_id: id('c'), people: '2000' } },
  group_roles: {
    count: population,
    columns: {
      group_id: id('c', '(i % 50) * 100'),
      org_id: id('b', '0'),
      user_id: id('a'),
      source: `'manual'`,
      role: `'read'`,
      added_at: 'now()',
    },
  },
  repositories: {
    count: some,
    columns: {
      id: id('d'),
      type: `'model'`,
      org_id: id('b', 'i % 100'),
      name: `'repo-' || i`,
      private: 'i % 2 = 0',
      creator_id: id('a'),
      group_id: `case when i % 4 = 0 then ${id('c', 'i % 100')} end`,
      created_at: 'now()',
      updated_at: 'now()',
      tags: `array['tag-' || i % 100]`,
      gate: `case when i < 10 then 'manual'::gate_mode end`,
    },
  },
  repository_names: {
    count: some,
    columns: {
      owner_id: id('b', 'i % 100'),
      type: `'model'`,
      lower_name: `'repo-' || i`,
      repo_id: id('d'),
      current: 'true',
    },
  },
  repo_collaborators: {
    count: some,
    columns: { repo_id: id('d'), user_id: id('a'), role: `'read'`, added_at: 'now()' },
  },
  ...gateTables,
  ...largeFileTables,
  lfs_locks: {
    count: some,
    columns: { id: id('a'), repo_id: id('d', 'i % 1000'), path: `'file-' || i`, user_id: id('a'), locked_at: 'now()' },
  },
  audit_heads: {
    count: few,
    columns: { scope: id('b'), seq: '1', prev_hash: hash('head'), hash: hash('head'), seal: hash('seal') },
  },
  audit_events: {
    count: some,
    columns: {
      scope: id('b', 'i % 10'),
      seq: 'i',
      id: id('a'),
      created_at: 'now()',
      type: `'org.change_member'`,
      author_name: `'person-' || i % 100`,
      event: `'{}'`,
      prev_hash: hash('event'),
      hash: hash('event'),
    },
  },
  mails: {
    count: some,
    columns: {
      id: id('a'),
      recipient: `'person-' || i || '@example.org'`,
      subject: `'Welcome'`,
      body: `'{"paragraphs": []}'::jsonb`,
      state: `'sent'`,
      created_at: 'now()',
      kind: `'invitation'`,
      actor_id: id('b', 'i % 100'),
      org_id: id('b', 'i % 10'),
      batch_id: id('a', 'i % 100'),
    },
  },
  idempotency_keys: {
    count: some,
    columns: { actor: id('a'), key: `'key'`, request_hash: hash('request'), created_at: 'now()' },
  },
  invitations: {
    count: some,
    columns: {
      id: id('a'),
      org_id: id('b', 'i % 10'),
      address: `'guest-' || i || '@example.org'`,
      role: `'read'`,
      lifetime_days: '7',
      state: `case when i % 2 = 0 then 'pending' else 'expired' end::invitation_state`,
      hash: hash('invitation'),
      invited_by: id('a', 'i % 100'),
      created_at: 'now()',
      sent_at: 'now()',
      expires_at: `now() + interval '7 days'`,
    },
  },
  invitation_groups: {
    count: some,
    columns: { invitation_id: id('a'), group_id: id('c', 'i % 1000'), role: `'read'` },
  },
  invitation_batches: {
    count: few,
    columns: { id: id('a'), org_id: id('b', 'i % 10'), created_by: id('a'), created_at: 'now()', total: '1' },
  },
  invite_links: {
    count: few,
    columns: {
      id: id('a'),
      org_id: id('b', 'i % 100'),
      role: `'read'`,
      hash: hash('invite'),
      last4: `'abcd'`,
      lifetime_days: '7',
      created_at: 'now()',
      expires_at: `now() + interval '7 days'`,
    },
  },
  join_requests: {
    count: some,
    columns: { id: id('a'), org_id: id('b', 'i % 10'), user_id: id('a'), link_id: 'null', created_at: 'now()' },
  },
  seat_days: {
    count: some,
    columns: {
      org_id: id('b', 'i % 100'),
      day: `date '2020-01-01' + i`,
      plan: `'plus'`,
      members: '1',
      pending: '1',
      used: '2',
    },
  },
  activity_weeks: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), week: `date '2020-01-01' + i`, active: '1' },
  },
  organization_domains: {
    count: few,
    columns: {
      id: id('a'),
      org_id: id('b'),
      domain: `'domain-' || i || '.example'`,
      token: `'token'`,
      state: `'verified'`,
      added_at: 'now()',
      verified_at: 'now()',
      checked_at: 'now()',
    },
  },
  offboardings: {
    count: some,
    columns: { id: id('a'), org_id: id('b', 'i % 100'), user_id: id('a'), at: 'now()', removed: '1', report: `'{}'` },
  },
  imports: {
    count: some,
    columns: {
      id: id('a'),
      org_id: id('b', 'i % 100'),
      kind: `'members'`,
      created_by: id('a'),
      created_at: 'now()',
      changed: '1',
      invited: '0',
      removed: '0',
      undo: `'username'`,
    },
  },
  member_notices: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), user_id: id('a'), was_role: `'read'`, is_removal: 'false' },
  },
  group_notices: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), user_id: id('a'), group_id: id('c', 'i % 5000'), was_role: `'read'` },
  },
  membership_end_notices: {
    count: some,
    columns: { org_id: id('b', '0'), user_id: id('a'), ends_at: 'now()', days: '14' },
  },
  membership_ends: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), user_id: id('a'), at: 'now()' },
  },
  rejoin_blocks: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), user_id: id('a'), offboarding_id: id('a'), until: 'now()' },
  },
  recovery_requests: {
    count: few,
    columns: {
      id: id('a'),
      org_id: id('b', 'i % 100'),
      person_id: id('a'),
      path: `'successor'`,
      state: `'withdrawn'`,
      opened_by: `'person'`,
      opened_by_id: id('a'),
      lost_at: 'now()',
      created_at: 'now()',
      ended_at: 'now()',
    },
  },
  service_accounts: {
    count: few,
    columns: {
      id: id('a'),
      org_id: id('b'),
      kind: `'service_account'`,
      username: `'grown-' || i || '--ci'`,
      owner_id: id('a'),
    },
  },
  organization_tokens: {
    count: few,
    columns: { org_id: id('b'), token_id: id('a'), sealed: `'\\x00'` },
  },
  ...ssoTables,
  ...scimTables,
  recovery_confirmations: {
    count: few,
    columns: { recovery_request_id: id('a'), confirmed_by_id: id('a'), name: `'person'`, at: 'now()' },
  },
}

/** Tables that stay small, whatever happens. */
export const smallTables = ['instance', 'migrations', 'processes', '_private_jobs']

/**
 * Sees to it that PostgreSQL learns nothing of a database: statistics come when they come, and until then the planner
 * guesses from the size of the files. Call it before anything is filled.
 */
export async function learnNothing(db: Db): Promise<void> {
  for (const table of await listTables(db))
    await sql.raw(`alter table ${table} set (autovacuum_enabled = off)`).execute(db)
}

/** Tables that grow and of which PostgreSQL has learned something all the same. */
export async function analyzedTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct tablename as name from pg_stats where schemaname = 'public'`.execute(db)
  return rows.map(({ name }) => name).filter((name) => !smallTables.includes(name))
}

/** Leaves tokens and sessions to the first few people alone, and has PostgreSQL learn so. */
export async function learnOfFirst(db: Db): Promise<void> {
  const numbered = (rows: RawBuilder<unknown>) => sql`(select id, row_number() over (order by id) number from ${rows})`
  const first = numbered(sql`(select id from users order by id limit 20) f`)
  for (const name of ['access_tokens', 'sessions']) {
    const table = sql.table(name)
    await sql`delete from ${table} where id not in (select id from ${table} order by id limit 20)`.execute(db)
    await sql`update ${table} t set user_id = f.id from ${first} f, ${numbered(table)} k
      where k.id = t.id and k.number = f.number`.execute(db)
  }
  for (const name of ['users', 'access_tokens', 'sessions']) await sql`analyze ${sql.table(name)}`.execute(db)
}

/** Fills a database, from one part of what it is after years to another. */
export async function growDatabase(db: Db, from = 0, to = 1): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Neither references are looked up nor triggers run: what goes in belongs together.
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const [table, { count, columns }] of Object.entries(tables)) {
      const names = Object.keys(columns).join(', ')
      const values = Object.values(columns).join(', ')
      const numbers = `generate_series(${from * count}::int, ${to * count - 1}::int) i`
      await sql.raw(`insert into ${table} (${names}) select ${values} from ${numbers}`).execute(tx)
    }
    await sql`insert into names (lower_name, name, org_id, current)
      select name, name, id, true from organizations where name like 'grown-%' on conflict do nothing`.execute(tx)
  })
}

/** The tables of the database, without those of the queue. */
async function listTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname::text as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

/** Tables that grow and of which the grown database has next to nothing. */
export async function ungrownTables(db: Db): Promise<string[]> {
  const names = await listTables(db)
  return names.filter((name) => tables[name] === undefined && !smallTables.includes(name))
}
