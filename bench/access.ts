import { below, type Figure, percentile, timeEach } from './measure.ts'
import { type BenchWorld, tabMembers } from './world.ts'

const org = 'tab'
const repo = `${org}/wide`
const calls = 100
const goalMs = 50

/** Who can read and write a repository of 50,000 people, beside a page of the plain member list. */
export async function measureAccess(url: string, world: BenchWorld): Promise<Figure[]> {
  const ask = asker(url, world.adminToken)
  await fill(world, ask)
  const whoCan = `/api/organizations/${org}/access/who-can?repo=${repo}&limit=50`
  const peer = await medianOf(() => ask(`/api/organizations/${org}/members?limit=50`))
  const rows: [name: string, path: string, hasGoal: boolean][] = [
    ['first page of who can read', `${whoCan}&action=repo.read`, true],
    ['first page of who can write', `${whoCan}&action=repo.write`, true],
    ['search for one person', `${whoCan}&search=person-777`, false],
    [
      'one explanation',
      `/api/organizations/${org}/access/explain?user=person-777&repo=${repo}&action=repo.write`,
      false,
    ],
  ]
  const figures: Figure[] = [{ name: 'member list: first page, the peer', value: peer, unit: 'ms', note: 'median' }]
  for (const [name, path, hasGoal] of rows) {
    const times = await timesOf(() => ask(path))
    const [median, p99] = [percentile(times, 50), percentile(times, 99)]
    const note = `median; p99 ${p99.toFixed(1)} ms; ${(median / peer).toFixed(1)} × the member list`
    const verdict = hasGoal ? { verdict: below(p99, goalMs) } : {}
    figures.push({
      name: `${name}, ${tabMembers.toLocaleString('en')} members`,
      value: median,
      unit: 'ms',
      note,
      ...verdict,
    })
  }
  return figures
}

type Ask = (path: string, body?: unknown) => Promise<void>

function asker(url: string, token: string): Ask {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (path, body) => {
    const sent = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(url + path, sent)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  }
}

// A private repository, and an access token for every member.
async function fill(world: BenchWorld, ask: Ask): Promise<void> {
  await ask('/api/repos/create', { name: 'wide', organization: org, private: true })
  await world.query(`insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    select 'dd' || substr(m.user_id, 3), m.user_id, sha256(m.user_id::bytea), 'wide', 'read', '0000', now()
    from memberships m join organizations o on o.id = m.org_id where o.name = '${org}'`)
}

async function timesOf(call: () => Promise<void>): Promise<number[]> {
  await timeEach(20, call)
  return timeEach(calls, call)
}

async function medianOf(call: () => Promise<void>): Promise<number> {
  return percentile(await timesOf(call), 50)
}
