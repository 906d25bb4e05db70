import { sql } from 'kysely'
import type { Db } from '../server/store/database.ts'

// Attempts are counted and recorded on purpose when something is refused; mails and jobs change in the background, so they are counted.
const tables = [
  'instance',
  'users',
  'organizations',
  'names',
  'emails',
  'account_links',
  'sessions',
  'recovery_codes',
  'access_tokens',
  'token_scopes',
  'memberships',
  'successors',
  'resource_groups',
  'group_roles',
  'repositories',
  'repository_names',
  'invitations',
  'invitation_groups',
  'invitation_batches',
  'imports',
  'invite_links',
  'join_requests',
  'membership_ends',
  'offboardings',
  'rejoin_blocks',
  'token_states',
  'repo_collaborators',
  'gate_requests',
  'gate_organizations',
  'idempotency_keys',
  'organization_domains',
  'recovery_requests',
  'recovery_confirmations',
]
const counted = [
  `audit_events where type not in ('session.fail', 'session.fail_code', 'limit.reach')`,
  `mails where kind is distinct from 'own_membership'`,
]

// The clock looks for the DNS records of recovery requests whenever it is its turn.
const ofTheClock: Record<string, string> = {
  recovery_requests: `- 'proof_found' - 'proof_checked_at' - 'proof_problem'`,
}

const digests = tables.map((table) => {
  const row = `(to_jsonb(t) ${ofTheClock[table] ?? ''})::text`
  return `'${table}', (select md5(coalesce(string_agg(${row}, ' ' order by ${row}), '')) from ${table} t)`
})
const counts = counted.map((rows) => `'${rows.split(' ')[0]}', (select count(*)::text from ${rows})`)
const statement = `select json_build_object(${[...digests, ...counts].join(', ')}) as state`

/** Everything that people could see changed, table by table: equal before and after means that nothing was written. */
export async function stateOf(db: Db): Promise<Record<string, string>> {
  const { rows } = await sql<{ state: Record<string, string> }>`${sql.raw(statement)}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('a select without a table gives one row')
  return row.state
}
