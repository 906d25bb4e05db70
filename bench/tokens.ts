import { digest, newToken } from '../server/kernel/secret.ts'
import { below, type Figure, percentile, timeEach } from './measure.ts'
import { type BenchWorld, tabMembers } from './world.ts'

const org = 'tab'
const scoped = 200
const listed = 20_000
const leaked = 1000
const reports = 5
const calls = 300

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
  return [...(await compare(ask, tokens)), await listTokens(ask, world), await reportLeaks(ask, world)]
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
