import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { billing } from '../../api/index.ts'
import type { Facts } from '../../server/access/facts.ts'
import { openPresence } from '../../server/members/activity/presence.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
const minute = 60_000
const day = 86_400_000
const quarter = 15 * minute
const lfsType = 'application/vnd.git-lfs+json'

let moved = 0
/** Goes on in time, never back: what was seen stays in the past. */
function later(ms: number) {
  moved += ms
  hub.moveClock(moved)
}

/** Goes on to so much after the next beginning of such a span, counted from 1970. */
function laterUntil(span: number, offset: number) {
  const now = Date.now() + moved
  later(span - (now % span) + offset)
}

let number = 0
async function makeOrg(members: Record<string, 'read' | 'write' | 'contributor' | 'admin'> = {}) {
  const suffix = ++number
  const name = `org${suffix}`
  const named = Object.fromEntries(Object.entries(members).map(([who, role]) => [`${who}${suffix}`, role]))
  const { id, people } = await hub.organization(name, { [`ada${suffix}`]: 'admin', ...named })
  const person = (who: string) => people[`${who}${suffix}`] as Person
  const at = (who: string, method: string, path = '', body?: unknown) =>
    hub.request(person(who), method, `/api/organizations/${name}${path}`, body)
  const read = async (query = ''): Promise<billing.MemberActivity[]> => {
    await hub.running.server.presence.flush()
    const reply = await at('ada', 'GET', `/activity${query}`)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    return reply.body
  }
  const of = async (who: string) => (await read()).find(({ user }) => user === person(who).name)
  const users = async (query: string) => (await read(query)).map(({ user }) => user.replace(/\d+$/, ''))
  return { id, name, person, at, read, of, users }
}

const used = (activity: billing.MemberActivity | undefined) =>
  Object.entries(activity?.doors ?? {}).flatMap(([door, time]) => (time === null ? [] : [door]))
const basic = ({ name, token }: Person) => `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`

async function newRepo(who: Person, organization: string, isPrivate: boolean): Promise<string> {
  const body = { name: `repo${++number}`, organization, private: isPrivate }
  assert.equal((await hub.request(who, 'POST', '/api/repos/create', body)).status, 200)
  return `${organization}/${body.name}`
}

describe('who is active', () => {
  it('is noted by door: the web, the API, git and LFS, signed links too', async () => {
    const org = await makeOrg({ web: 'read', api: 'read', git: 'read', lfs: 'write', link: 'write', idle: 'read' })
    const repo = await newRepo(org.person('ada'), org.name, true)
    const browser = await signedIn(hub, org.person('web').name)
    assert.equal((await browser.send('GET', `/api/models/${repo}`)).status, 200)
    assert.equal((await org.at('api', 'GET', '/members')).status, 200)
    const refs = `/${repo}.git/info/refs?service=git-upload-pack`
    const fetched = await hub.request(undefined, 'GET', refs, undefined, { authorization: basic(org.person('git')) })
    assert.equal(fetched.status, 200)
    const bytes = randomBytes(1000)
    const batch = (who: string) =>
      hub.request(
        org.person(who),
        'POST',
        `/${repo}.git/info/lfs/objects/batch`,
        { operation: 'upload', objects: [objectOf(bytes)], hash_algo: 'sha256' },
        { 'content-type': lfsType, accept: lfsType },
      )
    assert.equal((await batch('lfs')).status, 200)
    laterUntil(quarter, quarter - minute)
    const { href } = (await batch('link')).body.objects[0].actions.upload
    await hub.running.server.presence.flush()
    await sql`update member_activity set git_at = null where org_id = ${org.id}`.execute(hub.db)
    later(2 * minute)
    assert.equal((await fetch(href, { method: 'PUT', body: bytes })).status, 200)
    assert.deepEqual(used(await org.of('link')), ['git'])
    assert.deepEqual(used(await org.of('web')), ['web'])
    assert.deepEqual(used(await org.of('api')), ['api'])
    assert.deepEqual(used(await org.of('idle')), [], 'being looked at is no activity')
    await hub.request(undefined, 'GET', refs, undefined, { authorization: basic(org.person('git')) })
    assert.deepEqual(used(await org.of('git')), ['git'])
    assert.equal((await org.at('ada', 'GET', `/members/${org.person('idle').name}`)).body.lastActiveAt, null)
    const shown = (await org.at('ada', 'GET', `/members/${org.person('api').name}`)).body.lastActiveAt
    assert.equal(shown, (await org.of('api'))?.lastActiveAt)
  })

  it('is no one who is not a member: strangers on public repositories, operators, the command line', async () => {
    const org = await makeOrg()
    const repo = await newRepo(org.person('ada'), org.name, false)
    const [sam, ruth] = [await hub.person('sam'), await hub.person('ruth', { operator: true })]
    for (const who of [sam, ruth, undefined])
      assert.equal((await hub.request(who, 'GET', `/api/models/${repo}`)).status, 200)
    await hub.console('PATCH', `/api/operator/organizations/${org.name}`, { plan: 'team' })
    assert.deepEqual(await org.users(''), ['ada'])
    const { rows } = await sql<{ count: number }>`select count(*)::int from member_activity
      where user_id in (${sam.id}, ${ruth.id})`.execute(hub.db)
    assert.equal(rows[0]?.count, 0)
  })

  it('is told to a quarter of an hour, never before they joined, and moves on', async () => {
    const org = await makeOrg({ kim: 'read' })
    await org.at('kim', 'GET', '/members')
    const first = await org.of('kim')
    assert.equal(first?.lastActiveAt, first?.joinedAt, 'the quarter began before they joined')
    later(quarter)
    await org.at('kim', 'GET', '/members')
    const second = Date.parse((await org.of('kim'))?.lastActiveAt ?? '')
    assert.equal(second % quarter, 0)
    await org.at('kim', 'GET', '/members')
    assert.equal(Date.parse((await org.of('kim'))?.lastActiveAt ?? ''), second)
    later(2 * quarter)
    await org.at('kim', 'GET', '/members')
    assert.equal(Date.parse((await org.of('kim'))?.lastActiveAt ?? ''), second + 2 * quarter)
  })

  it('ends with the membership, and begins again with the next', async () => {
    const org = await makeOrg({ kim: 'read' })
    await org.at('kim', 'GET', '/members')
    assert.deepEqual(used(await org.of('kim')), ['api'])
    const kim = org.person('kim')
    const rows = async () =>
      (await sql`select from member_activity where user_id = ${kim.id}`.execute(hub.db)).rows.length
    assert.equal((await org.at('ada', 'DELETE', `/members/${kim.name}`)).status, 200)
    assert.equal(await rows(), 0)
    await hub.console('POST', `/api/operator/organizations/${org.name}/members`, { username: kim.name, role: 'read' })
    assert.equal((await org.of('kim'))?.lastActiveAt, null)
    later(quarter)
    await org.at('kim', 'GET', '/members')
    assert.deepEqual(used(await org.of('kim')), ['api'])
  })

  it('never waits for who holds a member, and is noted by the next request then', async () => {
    const org = await makeOrg({ kim: 'read', sam: 'read' })
    await hub.running.server.presence.flush()
    await hub.db.transaction().execute(async (tx) => {
      await sql`select from member_activity where user_id = ${org.person('kim').id} for update`.execute(tx)
      await org.at('kim', 'GET', '/members')
      await org.at('sam', 'GET', '/members')
      await hub.running.server.presence.flush()
    })
    assert.deepEqual([used(await org.of('kim')), used(await org.of('sam'))], [[], ['api']])
    await org.at('kim', 'GET', '/members')
    assert.deepEqual(used(await org.of('kim')), ['api'])
  })

  it('is written when a hub stops, and counted once when several hubs see the same people', async () => {
    const org = await makeOrg({ kim: 'read', sam: 'read', tea: 'read' })
    const seenBy = (who: string) => {
      const actor = { id: org.person(who).id, via: 'token' }
      return { actor, org: { id: org.id, role: 'read' } } as unknown as Facts
    }
    const hubs = Array.from({ length: 4 }, () => openPresence(hub.db))
    for (const [nth, presence] of hubs.entries())
      for (const who of ['kim', 'sam', 'tea']) presence.note(seenBy(who), nth % 2 === 0)
    await Promise.all(hubs.map(({ close }) => close()))
    for (const presence of hubs) {
      for (const who of ['kim', 'sam', 'tea']) presence.note(seenBy(who), true)
      await presence.close()
    }
    const { rows } = await sql<{ active: number }>`select active from activity_weeks where org_id = ${org.id}`.execute(
      hub.db,
    )
    assert.deepEqual(rows, [{ active: 3 }])
    for (const who of ['kim', 'sam', 'tea']) assert.ok(used(await org.of(who)).includes('git'))
  })
})

describe('the activity of an organization', () => {
  it('is listed by who is idle the longest, with filters and page by page', async () => {
    const org = await makeOrg({ old: 'write', mid: 'read', new: 'read', non: 'read' })
    for (const [who, days] of [
      ['old', 35],
      ['mid', 30],
      ['new', 40],
    ] as const) {
      await org.at(who, 'GET', '/members')
      await hub.running.server.presence.flush()
      later(days * day)
    }
    const late = await hub.person(`late${number}`)
    await hub.console('POST', `/api/operator/organizations/${org.name}/members`, { username: late.name, role: 'read' })
    await org.read()
    assert.deepEqual(await org.users(''), ['non', 'late', 'old', 'mid', 'new', 'ada'])
    assert.deepEqual(await org.users('?idle=never'), ['non', 'late'])
    assert.deepEqual(await org.users('?idle=30'), ['non', 'old', 'mid', 'new'], 'who joined just now is not idle')
    assert.deepEqual(await org.users('?idle=60'), ['non', 'old', 'mid'])
    assert.deepEqual(await org.users('?idle=90'), ['non', 'old'])
    assert.deepEqual(await org.users('?role=write'), ['old'])
    assert.deepEqual(await org.users('?search=mid'), ['mid'])
    assert.deepEqual(await org.users('?search=mi'), ['mid'])
    assert.deepEqual(await org.users('?search=old&idle=90&role=write'), ['old'])

    const names: string[] = []
    let path: string | undefined = `/api/organizations/${org.name}/activity?limit=1`
    while (path !== undefined) {
      const reply: Reply = await hub.request(org.person('ada'), 'GET', path)
      names.push(...reply.body.map(({ user }: { user: string }) => user.replace(/\d+$/, '')))
      path = reply.headers.get('link')?.match(/<https?:\/\/[^/]+([^>]+)>/)?.[1]
    }
    assert.deepEqual(names, ['non', 'late', 'old', 'mid', 'new', 'ada'])

    const summary = (await org.at('ada', 'GET', '/activity-summary')).body
    assert.deepEqual([summary.members, summary.idle], [6, { '30': 4, '60': 3, '90': 2, never: 2 }])
    assert.equal(summary.weeks.length, 12)
    assert.ok(summary.weeks.every(({ from }: { from: string }) => new Date(from).getUTCDay() === 1))
    assert.equal(summary.weeks.at(-1).active, 1, 'only ada this week')
    assert.equal(
      summary.weeks.reduce((sum: number, { active }: { active: number }) => sum + active, 0),
      3,
      'mid, new and ada within twelve weeks',
    )

    const csv = (await org.at('ada', 'GET', '/activity/export?idle=90')).body.split('\r\n')
    assert.equal(csv[0], '"user","fullname","role","joinedAt","lastActiveAt","web","api","git","sso"')
    assert.deepEqual(
      csv.slice(1).map((line: string) => line.split(',')[0]),
      [`"non${number}"`, `"old${number}"`, ''],
    )
  })

  it('counts each member once a week, those who left since too', async () => {
    const org = await makeOrg({ kim: 'read', sam: 'read' })
    const thisWeek = async () => (await org.at('ada', 'GET', '/activity-summary')).body.weeks.at(-1).active
    // 1970 began on a Thursday
    laterUntil(7 * day, day)
    for (let i = 0; i < 3; i++) {
      for (const who of ['kim', 'sam', 'ada']) await org.at(who, 'GET', '/members')
      await hub.running.server.presence.flush()
      later(quarter)
    }
    assert.equal(await thisWeek(), 3)
    await org.at('ada', 'DELETE', `/members/${org.person('sam').name}`)
    assert.equal(await thisWeek(), 3)
    later(7 * day)
    assert.equal(await thisWeek(), 0)
  })

  it('is for admins, and refuses what makes no sense', async () => {
    const org = await makeOrg({ kim: 'write' })
    for (const path of ['/activity', '/activity-summary', '/activity/export'])
      assert.equal((await org.at('kim', 'GET', path)).status, 403)
    const cursor = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const query of ['idle=31', 'idle=', 'role=owner', 'limit=0', 'cursor=x', `cursor=${cursor(['soon', 'x'])}`])
      assert.equal((await org.at('ada', 'GET', `/activity?${query}`)).status, 400, query)
  })
})
