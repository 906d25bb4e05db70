import { below, type Figure, percentile, timeEach } from './measure.ts'
import type { BenchWorld } from './world.ts'

const requests = 100_000
const calls = 60
const goalMs = 100
const org = 'members-1000'

/** Pages of the review lists of a repository with 100,000 access requests, and one batch of decisions. */
export async function measureGates(url: string, world: BenchWorld): Promise<Figure[]> {
  await fill(world)
  const caller = { url: `${url}/api/models/${org}/gated`, headers: { authorization: `Bearer ${world.adminToken}` } }
  return [
    await pageFigure(caller, 'first page of 100 pending requests', '/user-access-request/pending?limit=100'),
    await pageFigure(caller, 'first page of 1,000 accepted requests', '/user-access-request/accepted?limit=1000'),
    await pageFigure(
      caller,
      'search among pending requests',
      '/user-access-request/pending?limit=100&search=person-77',
    ),
    await pageFigure(caller, 'the gate with its counts', '/gate'),
  ]
}

async function pageFigure(
  { url, headers }: { url: string; headers: Record<string, string> },
  name: string,
  path: string,
): Promise<Figure> {
  const call = async () => {
    const response = await fetch(`${url}${path}`, { headers })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
  }
  await timeEach(5, call)
  const times = await timeEach(calls, call)
  const p99 = percentile(times, 99)
  return {
    name,
    value: p99,
    unit: 'ms p99',
    verdict: below(p99, goalMs),
    note: `${requests.toLocaleString('en')} requests`,
  }
}

async function fill(world: BenchWorld): Promise<void> {
  const id = 'dddddddddddddddddddddddd'
  await world.query(
    `insert into repositories (id, type, org_id, name, private, gate, created_at, updated_at)
     select $1, 'model', o.id, 'gated', false, 'manual', now(), now() from organizations o where o.name = $2`,
    [id, org],
  )
  await world.query(
    `insert into repository_names (owner_id, type, lower_name, repo_id, current)
     select o.id, 'model', 'gated', $1, true from organizations o where o.name = $2`,
    [id, org],
  )
  await world.query(
    `insert into gate_requests (id, repo_id, user_id, state, created_at, asked, answers)
     select 'dddddddddddddddd' || lpad(to_hex(row_number() over ()), 8, '0'), $1, u.id,
       (case when row_number() over () % 2 = 0 then 'pending' else 'accepted' end)::gate_state,
       now() - row_number() over () * interval '1 second', true, '[{"name":"Company","type":"text","answer":"Initech"}]'
     from (select id from users where state = 'active' limit ${requests}) u`,
    [id],
  )
}
