import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { readConfig } from '../../server/config.ts'
import { sql } from '../../server/store/sql.ts'
import type { RateLimits } from '../../server/users/rates/limits.ts'
import { type Person, type Reply, startBeside, startTestHub, type TestHub } from '../hub.ts'

const rates: RateLimits = {
  account: { api: 20, resolvers: 250 },
  plans: { team: { api: 30 } },
  network: { api: 5, resolvers: 5, pages: 3 },
}
const windowMs = 300_000

let hub: TestHub
let beside: TestHub
let ada: Person
before(async () => {
  hub = await startTestHub({ rates })
  beside = await startBeside(hub)
  ada = await hub.person('ada')
  const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'bert', type: 'model' })
  assert.equal(made.status, 200)
})

/** The start of the next window, plus so many seconds: nothing was counted in it yet. */
let windows = 0
function nextWindow(seconds = 0): void {
  const start = (Math.floor(Date.now() / windowMs) + ++windows) * windowMs
  hub.moveClock(start + seconds * 1000 - Date.now())
}

const whoami = (of: TestHub, who: Person | string | undefined): Promise<Reply> =>
  of.request(who, 'GET', '/api/whoami-v2')
const instance = (of: TestHub, headers: Record<string, string> = {}) =>
  of.request(undefined, 'GET', '/api/instance', undefined, headers)
const left = ({ headers }: Reply) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])

async function times(count: number, ask: () => Promise<Reply>): Promise<number[]> {
  return (await Promise.all(Array.from({ length: count }, ask))).map(({ status }) => status)
}

test('an answer says what is left, and the last request within the limit is answered', async () => {
  nextWindow(60)
  const first = await whoami(hub, ada)
  assert.match(first.headers.get('ratelimit') ?? '', /^"api";r=19;t=2\d\d$/)
  assert.equal(first.headers.get('ratelimit-policy'), '"fixed window";"api";q=20;w=300')
  for (let request = 2; request <= 20; request++) assert.equal(left(await whoami(hub, ada)), 20 - request)
  const refused = await whoami(hub, ada)
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('x-error-code'), 'TooManyRequests')
  assert.match(
    refused.body.error,
    /^You made 20 API requests within 5 minutes, which is the limit\. Try again in 2\d\d seconds\.$/,
  )
  assert.equal(refused.headers.get('retry-after'), /t=(\d+)/.exec(refused.headers.get('ratelimit') ?? '')?.[1])
  assert.equal(left(refused), 0)
  nextWindow()
  assert.equal((await whoami(hub, ada)).status, 200)
})

test('two processes let through no more than the limit together', async () => {
  nextWindow()
  const statuses = (await Promise.all([times(30, () => whoami(hub, ada)), times(30, () => whoami(beside, ada))])).flat()
  assert.equal(statuses.filter((status) => status === 200).length, 20)
  assert.equal(statuses.filter((status) => status === 429).length, 40)
})

test('all tokens of an account count together, and those of another apart', async () => {
  nextWindow()
  const other = await hub.readToken(ada)
  assert.deepEqual(new Set(await times(20, () => whoami(hub, other))), new Set([200]))
  assert.equal((await whoami(hub, ada)).status, 429)
  assert.equal((await whoami(hub, await hub.person('bea'))).status, 200)
})

test('members of an organization on a plan have the limit of that plan, from the next window', async () => {
  const { people } = await hub.organization('limits', { olga: 'admin', tess: 'read' })
  await sql`update organizations set plan = 'team' where name = 'limits'`.execute(hub.db)
  nextWindow()
  assert.equal(left(await whoami(hub, people.tess)), 29)
  const statuses = await times(40, () => whoami(hub, people.tess))
  assert.equal(statuses.filter((status) => status === 200).length, 29)
  const refused = await whoami(hub, people.tess)
  assert.match(refused.body.error, /^You made 30 API requests/)
  assert.equal(left(await whoami(hub, await hub.person('tom'))), 19)
  await sql`update memberships set expires_at = now() - interval '1 day'
    where user_id = ${people.tess?.id}`.execute(hub.db)
  nextWindow()
  assert.equal(left(await whoami(hub, people.tess)), 19)
})

test('limits of plans are read with the others, and a mistake is named', () => {
  const read = (GUILDHALL_RATE_LIMITS: string) => readConfig({ GUILDHALL_RATE_LIMITS }).rates
  assert.deepEqual(read('api=10,resolvers=20,team.api=30,plus.resolvers=40'), {
    account: { api: 10, resolvers: 20 },
    plans: { team: { api: 30 }, plus: { resolvers: 40 } },
    network: { api: 30_000, resolvers: 60_000, pages: 30_000 },
  })
  assert.deepEqual(read('off').plans, {})
  assert.throws(() => read('api=10,gold.api=30'), { message: /contains “gold\.api=30”\. The plans are free, team/ })
  assert.throws(() => read('api=10,team.resolvers=30'), { message: /must also limit resolvers for everyone else/ })
  assert.throws(() => read('api=10,team.pages=30'), { message: /contains “pages=30”/ })
})

test('a refused change changes nothing', async () => {
  nextWindow()
  await times(20, () => whoami(hub, ada))
  const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'late', type: 'model' })
  assert.equal(made.status, 429)
  nextWindow()
  assert.equal((await hub.request(ada, 'GET', '/api/models/ada/late')).status, 404)
})

test('downloads and Git have a limit of their own, in the words of Git', async () => {
  nextWindow()
  await times(20, () => whoami(hub, ada))
  const refs = () => hub.request(ada, 'GET', '/ada/bert.git/info/refs?service=git-upload-pack')
  const file = () => hub.request(ada, 'GET', '/ada/bert/resolve/main/.gitattributes')
  const first = await refs()
  assert.equal(first.status, 200)
  // A share of 3 was taken, and one of it is used.
  assert.match(first.headers.get('ratelimit') ?? '', /^"resolvers";r=249;/)
  assert.equal((await times(260, file)).filter((status) => status === 200).length, 249)
  assert.match((await refs()).headers.get('content-type') ?? '', /^text\/plain/)
})

test('those who are not signed in count by their network, whatever they say of themselves', async () => {
  nextWindow()
  const forged = () => instance(hub, { 'x-forwarded-for': `192.0.2.${Math.ceil(Math.random() * 250)}` })
  const statuses = await times(8, forged)
  assert.equal(statuses.filter((status) => status === 200).length, 5)
  const refused = await instance(hub)
  assert.match(
    refused.body.error,
    /^Your network made 5 API requests .* Sign in, or send an access token, for a higher limit\.$/,
  )
  assert.equal((await whoami(hub, ada)).status, 200)
})

test('a bad token counts for its network', async () => {
  nextWindow()
  const guess = () => whoami(hub, 'hf_guess')
  assert.deepEqual((await times(8, guess)).sort(), [401, 401, 401, 401, 401, 429, 429, 429])
})

test('pages count for themselves', async () => {
  nextWindow()
  const page = () => hub.request(undefined, 'GET', '/login', undefined, { accept: 'text/html' })
  assert.deepEqual((await times(5, page)).sort(), [200, 200, 200, 429, 429])
  assert.equal((await instance(hub)).status, 200)
})

test('an account sees what it has used, on every process', async () => {
  nextWindow()
  await times(7, () => whoami(hub, ada))
  const { body } = await beside.request(ada, 'GET', '/api/settings/rate-limits')
  assert.deepEqual(
    body.map(({ bucket, limit, used }: Record<string, unknown>) => [bucket, limit, used]),
    [
      ['api', 20, 8],
      ['resolvers', 250, 0],
    ],
  )
  const resetAt = new Date(body[0].resetAt).getTime()
  assert.equal(resetAt % windowMs, 0)
})

test('the command line of the server itself has no limit', async () => {
  nextWindow()
  const statuses = await times(30, () => hub.console('GET', '/api/operator/people?limit=1'))
  assert.deepEqual(new Set(statuses), new Set([200]))
})

test('a network that asks little leaves no row behind', async () => {
  nextWindow()
  const before = await counted()
  await instance(hub)
  assert.equal(await counted(), before)
})

async function counted(): Promise<number> {
  const { count } = await hub.db
    .selectFrom('attempts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('key', 'like', 'rate %')
    .executeTakeFirstOrThrow()
  return Number(count)
}
