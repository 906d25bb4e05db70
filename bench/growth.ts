import pg from 'pg'
import { digest, newToken } from '../server/kernel/secret.ts'
import { makeDataDir, type Program, startProgram } from '../tests/program.ts'
import { below, type Figure, percentile, timeEach } from './measure.ts'
import { benchSecret, embeddedPostgres, residentMegabytes } from './processes.ts'

const database = 'growth'
const steps = (process.env.BENCH_GROWTH ?? '10,100,1000,3000,10000,30000,100000').split(',').map(Number)
const first = 1000
const calls = 200
const joinsAtOnce = 16
// On a machine that is too slow for the last size, the largest that was reached is measured.
const longestMs = Number(process.env.BENCH_GROWTH_MINUTES ?? 13) * 60_000
const goals = { p99Ms: 20, growth: 1.5, megabytes: 256 }
const org = 'growing'

const reads: Record<string, string> = {
  'first page': `/api/organizations/${org}/members?limit=50`,
  'name search': `/api/organizations/${org}/members?limit=50&search=person-7`,
  'search for one': `/api/organizations/${org}/members?limit=50&search=person-777`,
  'one role': `/api/organizations/${org}/members?limit=50&role=admin`,
  'one group': `/api/organizations/${org}/members?limit=50&group=everyone`,
  'quick search': '/api/quicksearch?q=person-77',
}

interface Moment {
  members: number
  /** Milliseconds of each call, by what was read; `bare` is the peer. */
  times: Map<string, number[]>
  megabytes: number
}

/**
 * Member pages and searches while an organization grows through the API, on a database that nothing ever analyzes. The peer,
 * asked in between, is one row by its key over a connection of its own: what a question costs at least at that moment.
 */
export async function measureGrowth(): Promise<Figure[]> {
  const postgres = await embeddedPostgres()
  const folder = makeDataDir()
  const client = new pg.Client({ connectionString: postgres.url('postgres') })
  await client.connect()
  await client.query('alter system set autovacuum = off')
  await client.query('select pg_reload_conf()')
  await client.query(`create database ${database} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`)
  await client.end()
  const program = await startProgram(folder.path, {
    DATABASE_URL: postgres.url(database),
    GUILDHALL_LOG_LEVEL: 'warn',
    GUILDHALL_SECRET_KEY: benchSecret,
  })
  const pool = new pg.Pool({ connectionString: postgres.url(database), max: 2 })
  try {
    return figuresOf(await grow(program, pool))
  } finally {
    await pool.end()
    program.child.kill('SIGTERM')
    await program.ended
    folder.remove()
    await postgres.stop()
  }
}

async function grow(program: Program, pool: pg.Pool): Promise<Moment[]> {
  const token = await begin(program, pool)
  const ask = asker(program, token)
  const moments: Moment[] = []
  const end = performance.now() + longestMs
  let members = 1
  for (const step of steps) {
    if (performance.now() > end) break
    await addPeople(pool, members, step)
    members = await joinAll(ask, { from: members, to: step, end })
    moments.push({ members, times: await timesOf(ask, pool), megabytes: residentMegabytes(program.child.pid ?? 0) })
    process.stdout.write(`  ${members.toLocaleString('en')} members\n`)
  }
  return moments
}

type Ask = (path: string, body?: unknown) => Promise<void>

function asker(program: Program, token: string): Ask {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (path, body) => {
    const sent = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(program.url + path, sent)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
  }
}

// The first person runs the instance and the organization; everyone who joins is put into its one group.
async function begin(program: Program, pool: pg.Pool): Promise<string> {
  await addPeople(pool, 0, 1)
  await pool.query('update users set is_operator = true')
  await pool.query('update emails set verified_at = now()')
  const token = newToken('user')
  await pool.query(
    `insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
     select id, id, $1, 'bench', 'write', $2, now() from users`,
    [digest(token), token.slice(-4)],
  )
  const ask = asker(program, token)
  await ask('/api/organizations', { name: org })
  await ask(`/api/organizations/${org}/resource-groups`, {
    name: 'everyone',
    autoJoin: { enabled: true, role: 'read', scope: 'all' },
  })
  return token
}

// Addresses are not verified, so that no one is mailed: what one account may have sent in an hour would be reached soon.
async function addPeople(pool: pg.Pool, from: number, to: number): Promise<void> {
  const ids = `'aaaaaaaaaaaaaaaa' || lpad(to_hex(i), 8, '0')`
  const range = `generate_series(${from}, ${to - 1}) i`
  await pool.query(`insert into users (id, name, fullname, created_at)
    select ${ids}, 'person-' || i, 'Person ' || md5(i::text), now() from ${range}`)
  await pool.query(`insert into names (lower_name, name, user_id, current)
    select 'person-' || i, 'person-' || i, ${ids}, true from ${range}`)
  await pool.query(`insert into emails (id, user_id, address, verified_at, is_primary, created_at)
    select ${ids}, ${ids}, 'person-' || i || '@example.org', null, true, now() from ${range}`)
}

// Answers how many are members afterwards.
async function joinAll(ask: Ask, { from, to, end }: { from: number; to: number; end: number }): Promise<number> {
  let next = from
  const work = async () => {
    for (; next < to && performance.now() < end; )
      await ask(`/api/operator/organizations/${org}/members`, { username: `person-${next++}`, role: 'read' })
  }
  await Promise.all(Array.from({ length: joinsAtOnce }, work))
  return next
}

async function timesOf(ask: Ask, pool: pg.Pool): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  for (const [name, path] of Object.entries(reads)) {
    await timeEach(20, () => ask(path))
    times.set(name, await timeEach(calls, () => ask(path)))
  }
  const bare = () => pool.query({ name: 'bare', text: 'select * from users where id = $1', values: ['a'.repeat(24)] })
  times.set('bare', await timeEach(calls, bare))
  return times
}

function figuresOf(moments: Moment[]): Figure[] {
  const start = moments.find(({ members }) => members === first)
  const last = moments.at(-1)
  const of = (moment: Moment | undefined, name: string) => moment?.times.get(name) ?? []
  const reading = Object.keys(reads).flatMap((name): Figure[] => {
    const worst = Math.max(...moments.map((moment) => percentile(of(moment, name), 99)))
    const medians = moments.map((moment) => percentile(of(moment, name), 50).toFixed(1))
    const growth = percentile(of(last, name), 50) / percentile(of(start, name), 50)
    return [
      {
        name: `${name}: the worst p99 at any size`,
        value: worst,
        unit: 'ms',
        verdict: below(worst, goals.p99Ms),
        note: `medians ${medians.join(', ')} ms at ${moments.map(({ members }) => members).join(', ')} members`,
      },
      {
        name: `${name}: ${last?.members.toLocaleString('en')} members as a ratio to 1,000 (medians)`,
        value: growth,
        unit: '×',
        verdict: below(growth, goals.growth),
      },
    ]
  })
  const peer = moments.map((moment) => percentile(of(moment, 'bare'), 50).toFixed(2)).join(', ')
  const megabytes = Math.max(...moments.map((moment) => moment.megabytes))
  return [
    ...reading,
    {
      name: 'one row by its key, the peer',
      value: percentile(of(last, 'bare'), 50),
      unit: 'ms',
      note: `medians ${peer} ms`,
    },
    {
      name: 'memory of the hub, the most at any size',
      value: megabytes,
      unit: 'MB',
      verdict: below(megabytes, goals.megabytes),
      note: `${Math.round(start?.megabytes ?? 0)} MB at 1,000 members`,
    },
  ]
}
