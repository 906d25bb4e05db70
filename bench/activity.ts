import { digest, newToken } from '../server/kernel/secret.ts'
import { below, type Figure, load, percentile, timeEach } from './measure.ts'
import { median } from './place.ts'
import { startPeer } from './processes.ts'
import type { BenchWorld } from './world.ts'

const rounds = 12
const secondsOfRound = 3
const connections = 16
const active = 500
const goalPercent = 3
const listed = 'members-100000'
const readings = 60
const listGoalMs = 100

/** What noting who is active costs a request, and how soon an organization of 100,000 is listed by it. */
export async function measureActivity(url: string, world: BenchWorld, connection: string): Promise<Figure[]> {
  return [...(await measureNoting(url, world, connection)), ...(await measureList(url, world))]
}

// Two hubs on one database, one of which notes nothing, in turn. Each round is another quarter of an hour, in which each
// of the 500 members sends some 15 requests: fewer than people do, so that the writing weighs more than it will.
async function measureNoting(url: string, world: BenchWorld, connection: string): Promise<Figure[]> {
  const tokens = await makeTokens(world)
  const noting = await startPeer('presence-hub', connection, url, 'on')
  const other = await startPeer('presence-hub', connection, url, 'off')
  const rates: { noting: number[]; other: number[] } = { noting: [], other: [] }
  try {
    for (let round = -2; round < rounds; round++) {
      for (const which of round % 2 ? (['noting', 'other'] as const) : (['other', 'noting'] as const)) {
        const hub = which === 'noting' ? noting : other
        hub.signal('SIGUSR2')
        const rate = await rateOf(hub.url, tokens)
        if (round >= 0) rates[which].push(rate)
      }
    }
  } finally {
    await noting.stop()
    await other.stop()
  }
  const added = median(rates.noting.map((rate, round) => ((rates.other[round] ?? Number.NaN) / rate - 1) * 100))
  const [written] = await world.query<{ count: number }>(
    `select count(*)::int "count" from member_activity a join organizations o on o.id = a.org_id where o.name = 'hot' and a.api_at is not null`,
  )
  // A hub that notes nothing costs nothing
  if (!written?.count) throw new Error('the hub that was to note who is active wrote no one down')
  return [
    {
      name: 'noting who is active, added to a request',
      value: added,
      unit: '%',
      verdict: below(added, goalPercent),
      note: `median of ${rounds} pairs; ${Math.round(median(rates.noting))} requests/s with it, ${Math.round(median(rates.other))} without; ${written.count} members written down`,
    },
  ]
}

async function rateOf(url: string, tokens: readonly string[]): Promise<number> {
  const requests = tokens.map((token) => ({
    path: '/api/organizations/hot/members?limit=10',
    headers: { authorization: `Bearer ${token}` },
  }))
  const { perSecond, notOk } = await load({ url, seconds: secondsOfRound, connections, requests })
  if (notOk > 0) throw new Error(`${notOk} requests were not answered 2xx`)
  return perSecond
}

async function makeTokens(world: BenchWorld): Promise<string[]> {
  const tokens = Array.from({ length: active }, () => newToken('user'))
  await world.query(
    `insert into access_tokens (id, user_id, hash, name, role, last4, created_at, last_used_at)
     select 'abcd' || right(m.user_id, 20), m.user_id, t.hash, 'bench', 'read', 'abcd', now(), now()
     from unnest($1::bytea[]) with ordinality t(hash, nth)
     join (select user_id, row_number() over (order by user_id) nth from memberships
       where org_id = (select id from organizations where name = 'hot')) m on m.nth = t.nth`,
    [tokens.map(digest)],
  )
  return tokens
}

const pages: [string, string][] = [
  ['those idle the longest', ''],
  ['idle for 90 days', 'idle=90'],
  ['never', 'idle=never'],
  ['admins', 'role=admin'],
  ['search by name', 'search=marsa'],
]

async function measureList(url: string, world: BenchWorld): Promise<Figure[]> {
  await world.query(
    `update member_activity a set api_at = date_trunc('minute', now()) - interval '1 minute' * (('x' || right(a.user_id, 6))::bit(24)::int * 7919 % 260000)
     where org_id = (select id from organizations where name = $1) and right(user_id, 1) <> '0'`,
    [listed],
  )
  await world.query('vacuum analyze member_activity')
  const figures: Figure[] = []
  for (const [name, query] of pages)
    figures.push(
      await timed(
        `activity of 100,000 members, ${name}: p99`,
        `${url}/api/organizations/${listed}/activity?${query}`,
        world,
      ),
    )
  figures.push(
    await timed(
      'activity of 100,000 members, in numbers: p99',
      `${url}/api/organizations/${listed}/activity-summary`,
      world,
    ),
  )
  return figures
}

async function timed(name: string, address: string, world: BenchWorld): Promise<Figure> {
  const headers = { authorization: `Bearer ${world.adminToken}` }
  const times = await timeEach(readings, async () => {
    const reply = await fetch(address, { headers })
    if (!reply.ok) throw new Error(`${address}: ${reply.status}`)
    await reply.arrayBuffer()
  })
  const p99 = percentile(times, 99)
  return {
    name,
    value: p99,
    unit: 'ms',
    verdict: below(p99, listGoalMs),
    note: `median ${median(times).toFixed(1)} ms`,
  }
}
