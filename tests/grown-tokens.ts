import { type GrownTable, hash, id, some } from './grown-values.ts'

/** Access tokens, and what belongs to them. */
export const tokenTables: Record<string, GrownTable> = {
  access_tokens: {
    count: some,
    columns: {
      id: id('a'),
      user_id: id('a'),
      hash: hash('token'),
      name: `'laptop'`,
      role: `'write'`,
      last4: `'abcd'`,
      created_at: 'now()',
    },
  },
  refresh_tokens: {
    count: some,
    columns: {
      hash: hash('refresh'),
      token_id: id('a'),
      client_id: `'program'`,
      expires_at: `now() + interval '1 day'`,
    },
  },
  device_codes: {
    count: some,
    columns: {
      hash: hash('device'),
      user_code: `'CODE' || i`,
      client_id: `'program'`,
      ip: `'203.0.113.7'`,
      created_at: 'now()',
      expires_at: `now() + interval '1 day'`,
      token_id: id('a'),
      interval_seconds: '5',
    },
  },
  token_scopes: {
    count: some,
    columns: { token_id: id('a'), org_id: id('b', 'i % 100'), permissions: `'{repo.write}'` },
  },
  token_states: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), token_id: id('a'), state: `'revoked'`, changed_at: 'now()' },
  },
}
