import { checksum, digest, newToken, randomText } from '../server/kernel/secret.ts'
import { below, type Figure, percentile, timeEach } from './measure.ts'
import { type BenchWorld, tabMembers } from './world.ts'

const org = 'tab'
const scoped = 200
const listed = 20_000
const leaked = 1000
const reports = 5
const calls = 300
const guesses = 10_000

interface Tokens {
  read: string
  fineGrained: string
}

/** What tokens cost: a request with a fine-grained one, the list of an organization, and a report of leaked values. */
export async function measureTokens(url: string, world: BenchWorld): Promise<Figure[]> {
  const ask = asker(url)
  for (let number = 0; number < scoped; number++)
    await ask('/api/repos/create', world.adminToken, { name: `${org}/scoped-${number}`, private: true })
  const tokens = await makeTokens(world)
  const refused = await compareRefusals(url, tokens.read)
  return [...(await compare(ask, tokens)), refused, await listTokens(ask, world), await reportLeaks(ask, world)]
}

type Ask = (path: string, token?: string, body?: unknown) => Promise<void>

function asker(url: string): Ask {
  return async (path, token, body) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const sent = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(url + path, sent)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  }
}

// A read token, and a fine-grained one that may read as many repositories, both of the admin of every organization.
async function makeTokens(world: BenchWorld): Promise<Tokens> {
  const [read, fineGrained] = [newToken('user'), newToken('fineGrained')]
  const insert = (id: string, token: string, role: string) =>
    world.query(
      `insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
       select $1, id, $2, 'bench', $3, '0000', now() from users where name = 'person-0'`,
      [id, digest(token), role],
    )
  await insert('e0'.repeat(12), read, 'read')
  await insert('e1'.repeat(12), fineGrained, 'fineGrained')
  await world.query(
    `insert into token_scopes (token_id, repo_id, permissions)
     select $1, r.id, '{repo.content.read}' from repositories r join organizations o on o.id = r.org_id
     where o.name = '${org}' and r.name like 'scoped-%'`,
    ['e1'.repeat(12)],
  )
  return { read, fineGrained }
}

/** Both tokens in turns, so that what else the machine does falls on both. */
async function compare(ask: Ask, { read, fineGrained }: Tokens): Promise<Figure[]> {
  const figures: Figure[] = []
  const paths = {
    'one repository': `/api/models/${org}/scoped-77`,
    'a list of them': `/api/models?author=${org}&limit=200`,
  }
  for (const [name, path] of Object.entries(paths)) {
    const times: Record<'read' | 'fine', number[]> = { read: [], fine: [] }
    for (const token of [read, fineGrained]) await timeEach(20, () => ask(path, token))
    for (let call = 0; call < calls; call++) {
      times.read.push(...(await timeEach(1, () => ask(path, read))))
      times.fine.push(...(await timeEach(1, () => ask(path, fineGrained))))
    }
    const [plain, fine] = [percentile(times.read, 50), percentile(times.fine, 50)]
    figures.push({
      name: `fine-grained token over ${scoped} repositories: ${name}`,
      value: fine / plain,
      unit: '× a read token',
      verdict: below(fine / plain, 1.2),
      note: `medians ${fine.toFixed(2)} and ${plain.toFixed(2)} ms`,
    })
  }
  return figures
}

/** Whether the time of a refusal tells that a real token begins as a guess does; its first characters are in many logs. */
async function compareRefusals(url: string, real: string): Promise<Figure> {
  const times: Record<'near' | 'far', number[]> = { near: [], far: [] }
  for (let guess = -200; guess < guesses; guess++) {
    const body = real.slice(0, 24) + randomText(12)
    const tokens = { near: body + checksum(body), far: newToken('user') }
    // Each comes first half of the time.
    const order = guess % 2 === 0 ? (['near', 'far'] as const) : (['far', 'near'] as const)
    for (const kind of order) {
      const [time = 0] = await timeEach(1, () => refuse(url, tokens[kind]))
      if (guess >= 0) times[kind].push(time)
    }
  }
  const t = Math.abs(welch(trimmed(times.near), trimmed(times.far)))
  return {
    name: `${guesses.toLocaleString('en')} guesses that begin like a real token, and as many that do not: their times`,
    value: t,
    unit: 'Welch’s t',
    verdict: below(t, 4.5),
    note: `medians ${percentile(times.near, 50).toFixed(3)} and ${percentile(times.far, 50).toFixed(3)} ms; without the slowest 5%, which are the machine’s`,
  }
}

async function refuse(url: string, token: string): Promise<void> {
  const response = await fetch(`${url}/api/whoami-v2`, { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
  if (response.status !== 401) throw new Error(`a guess was answered ${response.status}`)
}

function trimmed(samples: readonly number[]): number[] {
  return samples.toSorted((one, other) => one - other).slice(0, Math.floor(samples.length * 0.95))
}

function welch(one: readonly number[], other: readonly number[]): number {
  const [first, second] = [spread(one), spread(other)]
  return (first.mean - second.mean) / Math.sqrt(first.variance / one.length + second.variance / other.length)
}

function spread(samples: readonly number[]): { mean: number; variance: number } {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (samples.length - 1)
  return { mean, variance }
}

async function listTokens(ask: Ask, world: BenchWorld): Promise<Figure> {
  await world.query(`insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    select 'ee' || substr(m.user_id, 3), m.user_id, sha256(('ee' || m.user_id)::bytea), 'listed', 'write', '0000', now()
    from memberships m join organizations o on o.id = m.org_id where o.name = '${org}' order by m.user_id limit ${listed}`)
  const path = `/api/organizations/${org}/settings/tokens?limit=50`
  await timeEach(10, () => ask(path, world.adminToken))
  const times = await timeEach(50, () => ask(path, world.adminToken))
  return {
    name: `page of the tokens of an organization, ${listed.toLocaleString('en')} tokens, ${tabMembers.toLocaleString('en')} members`,
    value: percentile(times, 50),
    unit: 'ms',
    verdict: below(percentile(times, 99), 100),
    note: `median; p99 ${percentile(times, 99).toFixed(1)} ms, which the goal is for`,
  }
}

async function reportLeaks(ask: Ask, world: BenchWorld): Promise<Figure> {
  const times: number[] = []
  for (let report = 0; report < reports; report++) {
    const values = Array.from({ length: leaked }, () => newToken('user'))
    await world.query(
      `insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
       select 'ef${report}' || substr(u.id, 4), u.id, v.hash, 'leaked', 'write', '0000', now()
       from unnest($1::bytea[]) with ordinality v(hash, nr) join users u on u.name = 'person-' || v.nr`,
      [values.map((value) => digest(value))],
    )
    times.push(...(await timeEach(1, () => ask('/api/credentials/revoke', undefined, { credentials: values }))))
  }
  return {
    name: `report of ${leaked.toLocaleString('en')} leaked tokens of as many people`,
    value: percentile(times, 50) / 1000,
    unit: 's',
    verdict: below(Math.max(...times) / 1000, 1),
    note: `median of ${reports}; the slowest ${(Math.max(...times) / 1000).toFixed(2)} s, which the goal is for`,
  }
}
