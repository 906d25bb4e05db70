import { few, type GrownTable, hash, id, some } from './grown-values.ts'

/** Single sign-on: the organization that all belong to has it. */
export const ssoTables: Record<string, GrownTable> = {
  sso_configs: {
    count: few,
    columns: {
      org_id: id('b'),
      protocol: `'oidc'`,
      issuer: `'https://idp-' || i || '.example'`,
      configured_at: 'now()',
      mapping_changed_at: 'now()',
      updated_at: 'now()',
    },
  },
  sso_pending: {
    count: some,
    columns: {
      state_hash: hash('state'),
      org_id: id('b', 'i % 100'),
      user_id: id('a'),
      session_id: id('a'),
      is_test: 'false',
      protocol: `'oidc'`,
      return_to: `'/'`,
      created_at: 'now()',
      expires_at: `now() + interval '10 minutes'`,
    },
  },
  sso_sessions: {
    count: some,
    columns: {
      id: id('a'),
      org_id: id('b', '0'),
      user_id: id('a'),
      session_id: id('a'),
      subject: `'subject-' || i`,
      created_at: 'now()',
      expires_at: `now() + interval '7 days'`,
    },
  },
  sso_identities: {
    count: some,
    columns: {
      org_id: id('b', '0'),
      user_id: id('a'),
      issuer: `'https://idp.example'`,
      subject: `'subject-' || i`,
      linked_at: 'now()',
      last_used_at: 'now()',
    },
  },
  sso_used_assertions: {
    count: some,
    columns: { org_id: id('b', 'i % 100'), assertion_id: `'assertion-' || i`, expires_at: 'now()' },
  },
  sso_break_glass_admins: {
    count: few,
    columns: { org_id: id('b'), user_id: id('a'), added_at: 'now()' },
  },
  sso_break_glass_codes: { count: few, columns: { org_id: id('b'), hash: hash('code') } },
  sso_tests: {
    count: few,
    columns: { org_id: id('b'), user_id: id('a'), tested_at: 'now()', succeeded: 'true', report: `'\\x00'` },
  },
}
