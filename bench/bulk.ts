import { Worker } from 'node:worker_threads'
import { below, type Figure, percentile, timeEach } from './measure.ts'
import type { ProbeOrder } from './probe.ts'
import { type BenchWorld, spreadPath } from './world.ts'

const org = 'tab'
const people = 10_000
const sampledOneByOne = 500
const probeEveryMs = 10

/** A change of 10,000 roles in one request: plan, apply, what other requests feel of it, and the same one by one. */
export async function measureBulk(url: string, world: BenchWorld): Promise<Figure[]> {
  // Once before, on other people: the first of all also pays for compiling
  await change(url, world, { from: 20_001, count: 500, role: 'write' })
  const quiet = await probed(url, world, () => new Promise((resolve) => setTimeout(resolve, 3000)))
  const { result, waits } = await probed(url, world, () =>
    change(url, world, { from: 1, count: people, role: 'write' }),
  )
  const events = await world.query<{ count: number }>(
    `select count(*)::int "count" from audit_events where type = 'org.change_role' and scope = (select id from organizations where name = $1)`,
    [org],
  )
  const each = await oneByOne(url, world)
  const all = (each * people) / 1000
  return [
    seconds('plan of 10,000 role changes, in an organization of 50,000', result.planMs, 3),
    {
      ...seconds('apply, in one transaction', result.applyMs, 5),
      note: `${(events[0]?.count ?? 0) - 500} audit events`,
    },
    {
      name: 'p99 of other requests during both',
      value: percentile(waits, 99),
      unit: 'ms',
      verdict: below(percentile(waits, 99), 100),
      note: `${waits.length} requests, the slowest ${Math.round(Math.max(...waits))} ms; p99 in quiet ${Math.round(percentile(quiet.waits, 99))} ms`,
    },
    {
      name: 'the same by the documented route, one after the other',
      value: all,
      unit: 's',
      note: `${sampledOneByOne} measured, at ${each.toFixed(1)} ms each, and scaled to 10,000`,
    },
    { name: 'one request, as a ratio to one after the other', value: (all * 1000) / result.applyMs, unit: '×' },
  ]
}

function seconds(name: string, ms: number, goal: number): Figure {
  return { name, value: ms / 1000, unit: 's', verdict: below(ms / 1000, goal) }
}

interface Wanted {
  from: number
  count: number
  role: string
}

// Everybody gets another role than they have, by a file as people send one.
async function change(url: string, world: BenchWorld, wanted: Wanted): Promise<{ planMs: number; applyMs: number }> {
  const csv = await fileOf(world, wanted)
  const plan = await timed(() => send(url, world, { mode: 'plan', csv }))
  if (plan.result.counts.change !== wanted.count) throw new Error(JSON.stringify(plan.result.counts))
  const apply = await timed(() => send(url, world, { mode: 'apply', csv, planHash: plan.result.planHash }))
  if (!apply.result.applied) throw new Error('the plan was not applied')
  return { planMs: plan.ms, applyMs: apply.ms }
}

async function fileOf(world: BenchWorld, { from, count, role }: Wanted): Promise<string> {
  const rows = await world.query<{ name: string; role: string }>(
    `select u.name, case m.role when $2 then 'contributor' else $2::text end "role"
     from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
     where o.name = $1 order by m.id offset $3 limit $4`,
    [org, role, from, count],
  )
  return ['username,role', ...rows.map((row) => `${row.name},${row.role}`)].join('\n')
}

interface Reply {
  planHash: string
  applied: boolean
  counts: { change: number }
}

async function send(url: string, { adminToken }: BenchWorld, body: object): Promise<Reply> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const path = `/api/organizations/${org}/members/bulk`
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as Reply
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now()
  const result = await work()
  return { ms: performance.now() - begun, result }
}

/** Does something while others go on asking, and tells how long these waited, in milliseconds. */
async function probed<T>(
  url: string,
  { adminToken, memberToken }: BenchWorld,
  work: () => Promise<T>,
): Promise<{ result: T; waits: number[] }> {
  const read = (path: string) => ({ method: 'GET', path, token: memberToken })
  const bodies = ['write', 'read', 'contributor'].map((role) => JSON.stringify({ role }))
  const requests = [
    read('/api/whoami-v2'),
    read('/api/organizations/hot/members?limit=20'),
    read('/api/organizations/hot/resource-groups'),
    { method: 'PUT', path: spreadPath(7), token: adminToken, bodies },
  ]
  const order: ProbeOrder = { url, requests, everyMs: probeEveryMs }
  const worker = new Worker(new URL('./probe.ts', import.meta.url), { workerData: order })
  const told = new Promise<{ samples: number[]; refused: number }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const result = await work()
  worker.postMessage('end')
  const { samples, refused } = await told
  await worker.terminate()
  if (refused > 0) throw new Error(`${refused} of the other requests were refused`)
  return { result, waits: samples }
}

async function oneByOne(url: string, world: BenchWorld): Promise<number> {
  const headers = { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' }
  const samples = await timeEach(sampledOneByOne, async (index) => {
    const path = `/api/organizations/${org}/members/person-${30_000 + index}/role`
    const answer = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify({ role: 'no_access' }) })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  })
  return samples.reduce((sum, ms) => sum + ms, 0) / samples.length
}
