import { below, type Figure, percentile } from './measure.ts'
import type { BenchWorld } from './world.ts'

const org = 'members-10000'
const groupRoles = 200
const grants = 100
const tokens = 20
const rounds = 10
const firstPerson = 100

interface Caller {
  url: string
  token: string
}

/** Offboarding a person who has very much, beside taking the same away one by one. */
export async function measureOffboarding(url: string, world: BenchWorld): Promise<Figure[]> {
  await fill(world)
  const caller = { url, token: world.adminToken }
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const person = firstPerson + round
    await equip(world, person)
    const answer = await timed(() => offboard(caller, person))
    const { counts } = answer.result.report
    if (counts.groupRoles !== groupRoles || counts.collaboratorGrants !== grants || counts.tokens !== tokens)
      throw new Error(`not everything was there: ${JSON.stringify(counts)}`)
    times.push(answer.ms)
  }
  await equip(world, firstPerson + rounds)
  const single = (await timed(() => oneByOne(caller, world, firstPerson + rounds))).ms
  const [median, slowest] = [percentile(times, 50), Math.max(...times)]
  return [
    {
      name: `offboarding: ${groupRoles} group roles, ${grants} grants, ${tokens} tokens`,
      value: median,
      unit: 'ms',
      verdict: below(slowest, 300),
      note: `median of ${rounds}; the slowest, which the goal is about, ${Math.round(slowest)} ms`,
    },
    {
      name: 'the same person, taken away one by one by the API',
      value: single,
      unit: 'ms',
      note: `${groupRoles + grants + 1} requests, one after the other, without the tokens, an offboarding report, or being kept out`,
    },
    { name: 'offboarding, as a ratio to one by one', value: single / median, unit: '× as fast' },
  ]
}

async function fill(world: BenchWorld): Promise<void> {
  await world.query(
    `insert into resource_groups (id, org_id, name, created_at)
     select 'eeeeeeeeeeeeeeee' || lpad(to_hex(i), 8, '0'), o.id, 'Group ' || i, now()
     from generate_series(1, ${groupRoles}) i, organizations o where o.name = $1`,
    [org],
  )
  await world.query(
    `insert into repositories (id, type, org_id, name, private, created_at, updated_at)
     select 'ffffffffffffffff' || lpad(to_hex(i), 8, '0'), 'model', o.id, 'repo-' || i, true, now(), now()
     from generate_series(1, ${grants}) i, organizations o where o.name = $1`,
    [org],
  )
  await world.query(
    `insert into repository_names (owner_id, type, lower_name, repo_id, current)
     select org_id, type, name, id, true from repositories where id like 'ffffffffffffffff%'`,
  )
}

async function equip(world: BenchWorld, person: number): Promise<void> {
  const name = `person-${person}`
  await world.query(
    `insert into group_roles (group_id, org_id, user_id, source, role, added_at)
     select g.id, g.org_id, u.id, 'manual', 'write', now()
     from resource_groups g, users u where g.id like 'eeeeeeeeeeeeeeee%' and u.name = $1`,
    [name],
  )
  await world.query(
    `insert into repo_collaborators (repo_id, user_id, role, added_at)
     select r.id, u.id, 'write', now() from repositories r, users u where r.id like 'ffffffffffffffff%' and u.name = $1`,
    [name],
  )
  await world.query(
    `insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
     select substr(md5(u.id || i), 1, 24), u.id, sha256((u.id || i)::bytea), 'token ' || i, 'write', 'abcd', now()
     from generate_series(1, ${tokens}) i, users u where u.name = $1`,
    [name],
  )
}

async function offboard(caller: Caller, person: number): Promise<{ report: { counts: Record<string, number> } }> {
  const body = { mode: 'apply', leaveAsIs: true, reason: 'measured' }
  return call(caller, 'POST', `/api/organizations/${org}/members/person-${person}/offboard`, body)
}

async function oneByOne(caller: Caller, world: BenchWorld, person: number): Promise<void> {
  const groups = await world.query<{ id: string }>(`select id from resource_groups where id like 'eeeeeeeeeeeeeeee%'`)
  for (const { id } of groups)
    await call(caller, 'DELETE', `/api/organizations/${org}/resource-groups/${id}/users/person-${person}`)
  for (let repo = 1; repo <= grants; repo++)
    await call(caller, 'DELETE', `/api/models/${org}/repo-${repo}/collaborators/person-${person}`)
  await call(caller, 'DELETE', `/api/organizations/${org}/members/person-${person}`)
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const begun = performance.now()
  const result = await work()
  return { result, ms: performance.now() - begun }
}

async function call<Reply>({ url, token }: Caller, method: string, path: string, body?: object): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const reply = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Reply
}
