import { few, type GrownTable, hash, id, population, some } from './grown-values.ts'

/** Provisioning: the organization that all belong to has it. */
export const scimTables: Record<string, GrownTable> = {
  scim_users: {
    count: population,
    columns: {
      id: id('e'),
      org_id: id('b', '0'),
      user_id: id('a'),
      user_name: `'person-' || i || '@example.org'`,
      external_id: `'ext-' || i`,
      email: `'person-' || i || '@example.org'`,
      created_at: 'now()',
      updated_at: 'now()',
    },
  },
  scim_groups: {
    count: some,
    columns: {
      id: id('e'),
      org_id: id('b', '0'),
      display_name: `'Group ' || i`,
      created_at: 'now()',
      updated_at: 'now()',
    },
  },
  scim_group_members: {
    count: population,
    columns: { group_id: id('e', 'i % 100'), member_id: id('e'), org_id: id('b', '0') },
  },
  scim_group_links: {
    count: few,
    columns: {
      group_id: id('e'),
      resource_group_id: id('c', '(i % 50) * 100'),
      org_id: id('b', '0'),
      role: `'read'`,
      linked_at: 'now()',
    },
  },
  scim_removals: {
    count: few,
    columns: { org_id: id('b', '0'), user_id: id('a'), was_admin: 'false', at: 'now()' },
  },
  scim_windows: { count: few, columns: { org_id: id('b'), began_at: 'now()', members: '100' } },
  scim_held: {
    count: few,
    columns: {
      id: id('e'),
      org_id: id('b', 'i % 10'),
      fingerprint: hash('held'),
      request: `'{}'::jsonb`,
      summary: `'deactivates'`,
      people: '1',
      created_at: 'now()',
      expires_at: `now() + interval '72 hours'`,
    },
  },
  scim_operations: {
    count: some,
    columns: {
      id: id('e'),
      org_id: id('b', 'i % 10'),
      at: 'now()',
      method: `'PATCH'`,
      resource: `'User'`,
      subject: `'person-' || i`,
      status: '200',
    },
  },
}
