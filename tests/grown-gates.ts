import { few, type GrownTable, hash, id, population } from './grown-values.ts'

/** What gated repositories have after years: ten of them have all the requests and downloads. */
export const gateTables: Record<string, GrownTable> = {
  gate_requests: {
    count: population,
    columns: {
      id: id('a'),
      repo_id: id('d', 'i % 10'),
      user_id: id('a'),
      state: `(case when i % 3 = 0 then 'pending' when i % 3 = 1 then 'accepted' else 'rejected' end)::gate_state`,
      created_at: `now() - i * interval '1 minute'`,
      asked: 'true',
      expires_at: `case when i % 90 = 1 then now() + interval '1 day' end`,
    },
  },
  gate_organizations: {
    count: few,
    columns: { id: id('a'), repo_id: id('d'), org_id: id('b'), granted_by_id: id('a'), granted_at: 'now()' },
  },
  gate_downloads: {
    count: population,
    columns: {
      hash: hash('download'),
      repo_id: id('d', 'i % 10'),
      user_id: id('a'),
      via: `'file'`,
      path: `'file-' || i`,
      first_at: 'now()',
      last_at: `now() - i * interval '1 minute'`,
      requests: '1',
    },
  },
}
