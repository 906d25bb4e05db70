import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { bulk } from '../../api/index.ts'
import { verifyChain } from '../../server/audit/verify.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'
import { until } from '../until.ts'

const hub = await startTestHub()
const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin', wil: 'write', rae: 'read' })
const people: Record<string, Person> = { ...made.people }
for (const name of ['kim', 'sam', 'tea', 'uma']) people[name] = await hub.person(name)
await sql`update organizations set plan = 'team' where id = ${made.id}`.execute(hub.db)

type Reached = Omit<Reply, 'body'> & { body: bulk.BulkInvitations & { error?: string } }

const lab = (who: string, method: string, path: string, body?: unknown) =>
  hub.request(people[who], method, `/api/organizations/Lab${path}`, body)
const send = (body: unknown, who = 'ada'): Promise<Reached> => lab(who, 'POST', '/invitations/bulk', body)
const plan = async (body: object, who = 'ada') => {
  const before = await stateOf(hub.db)
  const reply = await send({ mode: 'plan', ...body }, who)
  assert.deepEqual(await stateOf(hub.db), before, 'a plan changes nothing')
  return reply
}
const apply = async (body: object) => {
  const { planHash } = (await send({ mode: 'plan', ...body })).body
  return send({ mode: 'apply', planHash, ...body })
}
const verdicts = ({ body }: Reached) => body.rows.map(({ row, who, verdict }) => [row, who, verdict])
const mailsTo = async (address: string) => (await hub.mails()).filter(({ recipient }) => recipient === address)

async function refused(body: unknown, status: number, sentence: RegExp, who = 'ada'): Promise<void> {
  const before = await stateOf(hub.db)
  const reply = await send(body, who)
  assert.equal(reply.status, status, JSON.stringify(reply.body))
  assert.match(reply.body.error ?? '', sentence)
  assert.deepEqual(await stateOf(hub.db), before, 'a refusal changes nothing')
}

async function groupId(name: string): Promise<string> {
  const reply = await lab('ada', 'POST', '/resource-groups', { name })
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
  const { rows } = await sql<{ id: string }>`select id from resource_groups where name = ${name}`.execute(hub.db)
  return rows[0]?.id ?? ''
}
const research = await groupId('research')
const managed = await groupId('managed')
await sql`update resource_groups set managed_by = 'scim' where id = ${managed}`.execute(hub.db)

describe('a plan', () => {
  it('has one verdict for every kind of row', async () => {
    await lab('ada', 'POST', '/invitations', { email: 'waits@example.net' })
    await hub.console('POST', '/api/operator/organizations/Lab/members', { username: 'uma', role: 'read' })
    const gone = await lab('ada', 'POST', '/members/uma/offboard', { mode: 'apply', reason: 'Left.' })
    assert.equal(gone.status, 200, JSON.stringify(gone.body))
    const csv = [
      '\uFEFFEmail,username,role,groups',
      'new@example.net,,write,research:write',
      'NEW@Example.net,,,',
      'Waits@example.net,,,',
      ',KIM,,',
      ',rae,,',
      ',nobody-here,,',
      '"=cmd|calc",,,',
      'x@@example.net,,,',
      ',,read,',
      'both@example.net,sam,,',
      'king@example.net,,king,',
      'group@example.net,,,research',
      'where@example.net,,,nowhere:read',
      'twice@example.net,,,research:read;Research:write',
      'scim@example.net,,,managed:read',
      ',kim,admin,',
      ',uma,,',
      'last@example.net,,admin,',
    ].join('\r\n')
    const reply = await plan({ csv, role: 'contributor' })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual(verdicts(reply), [
      [2, 'new@example.net', 'invite'],
      [3, 'NEW@example.net', 'duplicate'],
      [4, 'Waits@example.net', 'reinvite'],
      [5, 'kim', 'invite'],
      [6, 'rae', 'already_member'],
      [7, 'nobody-here', 'invalid'],
      [8, '=cmd|calc', 'invalid'],
      [9, 'x@@example.net', 'invalid'],
      [10, '', 'invalid'],
      [11, 'both@example.net', 'invalid'],
      [12, 'king@example.net', 'invalid'],
      [13, 'group@example.net', 'invalid'],
      [14, 'where@example.net', 'invalid'],
      [15, 'twice@example.net', 'invalid'],
      [16, 'scim@example.net', 'not_allowed'],
      [17, 'kim', 'duplicate'],
      [18, 'uma', 'not_allowed'],
      [19, 'last@example.net', 'invite'],
    ])
    assert.deepEqual(reply.body.counts, { rows: 18, mailed: 4, leftOut: 14 })
    const [first, , third] = reply.body.rows
    assert.deepEqual([first?.role, first?.groups], ['write', [{ id: research, name: 'research', role: 'write' }]])
    assert.equal(third?.role, 'contributor')
    for (const { message } of reply.body.rows) assert.match(message, /^[A-Z“a-z].*\.$/)
  })

  it('lets through only one domain where one is asked for', async () => {
    const rows = [{ email: 'a@Lab.example' }, { email: 'b@evil-lab.example' }, { email: 'c@x.lab.example' }]
    const reply = await plan({ rows: [...rows, { username: 'kim' }], emailDomain: 'LAB.example' })
    assert.deepEqual(
      reply.body.rows.map(({ verdict }) => verdict),
      ['invite', 'domain_not_allowed', 'domain_not_allowed', 'domain_not_allowed'],
    )
  })

  it('gives the free seats to the first, and none to who waits already', async () => {
    await sql`update organizations set seat_limit = 7 where id = ${made.id}`.execute(hub.db)
    const rows = ['a@example.net', 'waits@example.net', 'b@example.net', 'c@example.net'].map((email) => ({ email }))
    const reply = await plan({ rows })
    assert.deepEqual(
      reply.body.rows.map(({ verdict }) => verdict),
      ['invite', 'reinvite', 'invite', 'over_seat_limit'],
    )
    await sql`update organizations set seat_limit = null where id = ${made.id}`.execute(hub.db)
  })

  it('tells of a member by address only in a domain that the organization has verified', async () => {
    const rows = [{ email: 'RAE@example.org' }, { email: 'kim@example.org' }, { email: 'nobody@example.org' }]
    const kinds = async () => (await plan({ rows })).body.rows.map(({ verdict }) => verdict)
    assert.deepEqual(await kinds(), ['invite', 'invite', 'invite'])
    await sql`insert into organization_domains (id, org_id, domain, token, state, added_at, verified_at)
      values (${'d'.repeat(24)}, ${made.id}, 'example.org', 'x', 'verified', now(), now())`.execute(hub.db)
    assert.deepEqual(await kinds(), ['already_member', 'invite', 'invite'])
    await sql`delete from organization_domains`.execute(hub.db)
  })

  it('is the same for an address with an account and for one without, and so is what applying answers', async () => {
    const lists = { account: 'sam@example.org', none: 'zoe@example.org' }
    const bodies: string[] = []
    for (const email of Object.values(lists)) {
      const input = { rows: [{ email }], message: 'Hello.' }
      const planned = (await plan(input)).body
      const applied = (await send({ mode: 'apply', planHash: planned.planHash, ...input })).body
      const list = (await lab('ada', 'GET', `/invitations?search=${email}`)).body
      const body = JSON.stringify([planned, applied, list])
        .replaceAll(email, 'EMAIL')
        .replace(/#token=[0-9a-f]{64}/g, '#token=SECRET')
        .replace(/"planHash":"[\w-]{43}"/g, 'HASH')
        .replace(/"(batch|id)":"[0-9a-f]{24}"/g, 'ID')
        .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, 'TIME')
      bodies.push(body)
    }
    assert.equal(bodies[0], bodies[1])
    const [withAccount] = await mailsTo(lists.account)
    const [without] = await mailsTo(lists.none)
    assert.match(withAccount?.text_body ?? '', /View invitation:/)
    assert.match(without?.text_body ?? '', /create an account for /)
  })
})

describe('applying', () => {
  const rows = [
    { email: 'one@example.net', role: 'write', groups: [{ id: 'research', role: 'read' }] },
    { email: 'bad' },
    { username: 'tea' },
    { email: 'rae@example.org' },
  ]

  it('invites all at once, records each, mails each, and tells how far the mails are', async () => {
    const events = (await hub.events(made.id)).length
    const reply = await apply({ rows, message: 'Welcome to https://lab.example', expiresInDays: 3 })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual([reply.body.applied, reply.body.counts], [true, { rows: 4, mailed: 3, leftOut: 1 }])
    const written = (await hub.events(made.id)).slice(events)
    assert.deepEqual(
      written.map(({ type, message }) => [type, message]),
      [
        ['org.invite.email', 'ada invited one@example.net with the write role'],
        ['org.invite_user', 'ada invited tea with the read role'],
        ['org.invite.email', 'ada invited rae@example.org with the read role'],
      ],
    )
    const [one] = (await lab('ada', 'GET', '/invitations?search=one@example.net')).body
    assert.deepEqual(
      [one.role, one.groups, one.state, one.message],
      ['write', [{ id: research, name: 'research', role: 'read' }], 'pending', 'Welcome to https://lab.example'],
    )
    assert.ok(JSON.stringify(written[0]?.data).includes(one.id))
    assert.equal((await verifyChain(hub.db, { scope: made.id })).intact, true)

    const [mail] = await mailsTo('one@example.net')
    assert.equal(mail?.subject, 'ada invited you to join Lab')
    assert.ok(!mail?.text_body.includes('https://lab.example'), 'words of people are no links')
    assert.match((await mailsTo('rae@example.org')).at(-1)?.text_body ?? '', /you are already a member/)
    const token = mail?.text_body.match(/\/join#token=([0-9A-Za-z]+)/)?.[1]
    assert.equal((await hub.request(undefined, 'POST', '/api/join/view', { token })).body.role, 'write')
    assert.equal((await hub.request(people.tea, 'GET', '/api/settings/invitations')).body.length, 1)

    const progress = () => lab('ada', 'GET', `/invitations/bulk/${reply.body.batch}`)
    const { body } = await progress()
    assert.deepEqual([body.total, body.createdBy, body.failed, body.waiting + body.sent + body.kept], [3, 'ada', 0, 3])
    await until(async () => (await progress()).body.waiting === 0)
    assert.deepEqual((await progress()).body.kept, 3)
    assert.equal((await lab('rae', 'GET', `/invitations/bulk/${reply.body.batch}`)).status, 403)
    assert.equal((await lab('ada', 'GET', `/invitations/bulk/${made.id}`)).status, 404)
  })

  it('again renews: the old links are dead, and no one is invited twice', async () => {
    const [old] = await mailsTo('one@example.net')
    const reply = await apply({ rows: rows.slice(0, 1) })
    assert.deepEqual(verdicts(reply), [[1, 'one@example.net', 'reinvite']])
    const mails = await mailsTo('one@example.net')
    assert.equal(mails.length, 2)
    const answers = await Promise.all(
      [old, mails[1]].map(async (mail) => {
        const token = mail?.text_body.match(/\/join#token=([0-9A-Za-z]+)/)?.[1]
        return (await hub.request(undefined, 'POST', '/api/join/view', { token })).status
      }),
    )
    assert.deepEqual(answers, [404, 200])
    assert.equal((await lab('ada', 'GET', '/invitations?search=one@example.net')).body.length, 1)
    assert.equal((await hub.events(made.id)).at(-1)?.data.renewed, true)
  })

  it('is undone by its inverse: new invitations are revoked, and what waited offers what it did', async () => {
    await lab('ada', 'POST', '/invitations', { email: 'before@example.net', role: 'read' })
    const pending = async () =>
      (
        await sql<{ who: string; role: string }>`select coalesce(i.address, u.name) who, i.role from invitations i
          left join users u on u.id = i.user_id where i.org_id = ${made.id} and i.state = 'pending'
          and coalesce(i.address, u.name) in ('before@example.net', 'after@example.net', 'sam') order by 1`.execute(
          hub.db,
        )
      ).rows
    const earlier = await pending()
    const done = await apply({
      rows: [
        { email: 'after@example.net', role: 'write' },
        { username: 'sam', role: 'write', groups: [{ id: research, role: 'write' }] },
        { email: 'before@example.net', role: 'write' },
        { email: 'nothing' },
      ],
    })
    assert.equal((await pending()).filter(({ role }) => role === 'write').length, 3)
    assert.equal(done.body.inverse.trimEnd().split(/\r?\n/).length, 4, done.body.inverse)
    const csv = done.body.inverse
    const members = (body: object) => lab('ada', 'POST', '/members/bulk', body) as Promise<Reached>
    const { planHash } = (await members({ mode: 'plan', csv })).body
    const undone = await members({ mode: 'apply', planHash, csv })
    assert.equal(undone.status, 200, JSON.stringify(undone.body))
    assert.deepEqual(await pending(), earlier)
  })

  it('refuses a plan that would come out differently now', async () => {
    const input = { rows: [{ email: 'stale@example.net' }, { username: 'sam' }] }
    const { planHash } = (await plan(input)).body
    await refused({ mode: 'apply', ...input }, 400, /^planHash: is required/)
    await refused({ mode: 'apply', planHash: 'x', ...input }, 409, /changed since this plan/)
    await refused({ mode: 'apply', planHash, ...input, message: 'Other words.' }, 409, /changed since this plan/)
    await refused({ mode: 'apply', planHash, ...input, role: 'write' }, 409, /changed since this plan/)
    await lab('ada', 'POST', '/invitations', { email: 'stale@example.net' })
    await refused({ mode: 'apply', planHash, ...input }, 409, /changed since this plan/)
  })

  it('of one plan twice at once, invites once', async () => {
    const input = { rows: Array.from({ length: 40 }, (_, n) => ({ email: `crowd-${n}@example.net` })) }
    const { planHash } = (await plan(input)).body
    const replies = await Promise.all([1, 2, 3].map(() => send({ mode: 'apply', planHash, ...input })))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409, 409])
    assert.equal((await mailsTo('crowd-7@example.net')).length, 1)
    assert.equal((await lab('ada', 'GET', '/invitations?search=crowd-&limit=1000')).body.length, 40)
    // What was applied is another plan now, even where everybody is invited again
    const again = (await plan(input)).body
    const twice = await Promise.all([1, 2].map(() => send({ mode: 'apply', planHash: again.planHash, ...input })))
    assert.deepEqual(twice.map(({ status }) => status).sort(), [200, 409])
  })

  it('takes no seat twice: of two lists for the same last seats, and single invitations beside them', async () => {
    const seats = async () => (await lab('ada', 'GET', '/billing/seats')).body.used as number
    const limit = (await seats()) + 10
    await sql`update organizations set seat_limit = ${limit} where id = ${made.id}`.execute(hub.db)
    const lists = ['left', 'right'].map((name) => ({
      rows: Array.from({ length: 10 }, (_, n) => ({ email: `${name}-${n}@example.net` })),
    }))
    const hashes = await Promise.all(lists.map(async (input) => (await send({ mode: 'plan', ...input })).body.planHash))
    const replies = await Promise.all([
      ...lists.map((input, n) => send({ mode: 'apply', planHash: hashes[n], ...input })),
      ...[1, 2, 3].map((n) => lab('amy', 'POST', '/invitations', { email: `alone-${n}@example.net` })),
    ])
    for (const { status } of replies) assert.ok([200, 201, 402, 409].includes(status), String(status))
    assert.ok((await seats()) <= limit)
    await sql`update organizations set seat_limit = null where id = ${made.id}`.execute(hub.db)
  })

  it('leaves out who was mailed ten times in an hour', async () => {
    const input = { rows: [{ email: 'often@example.net' }] }
    for (let n = 0; n < 10; n++) assert.deepEqual((await apply(input)).body.counts.mailed, 1)
    const last = await apply(input)
    assert.deepEqual(verdicts(last), [[1, 'often@example.net', 'not_allowed']])
    assert.equal((await mailsTo('often@example.net')).length, 10)
    assert.deepEqual([last.status, last.body.batch], [200, null])
  })

  it('with an Idempotency-Key is done once', async () => {
    const input = { rows: [{ email: 'key@example.net' }] }
    const body = { mode: 'apply', planHash: (await plan(input)).body.planHash, ...input }
    const key = { 'Idempotency-Key': 'bulk-1' }
    const once = () => hub.request(people.ada, 'POST', '/api/organizations/Lab/invitations/bulk', body, key)
    const [first, second] = [await once(), await once()]
    assert.deepEqual([first.status, second.status, second.body], [200, 200, first.body])
    assert.equal((await mailsTo('key@example.net')).length, 1)
  })

  it('holds beside single invitations of the same people', async () => {
    const input = { rows: Array.from({ length: 20 }, (_, n) => ({ email: `mixed-${n}@example.net` })) }
    const { planHash } = (await plan(input)).body
    const replies = await Promise.all([
      send({ mode: 'apply', planHash, ...input }),
      ...input.rows.map((row) => lab('amy', 'POST', '/invitations', row)),
    ])
    for (const { status } of replies.slice(1)) assert.equal(status, 201)
    assert.ok([200, 409].includes(replies[0]?.status ?? 0))
    assert.equal((await lab('ada', 'GET', '/invitations?search=mixed-&limit=1000')).body.length, 20)
    assert.equal((await verifyChain(hub.db, { scope: made.id })).intact, true)
  })
})

describe('a list that is none', () => {
  const csvOf = (...lines: string[]) => ({ mode: 'plan', csv: lines.join('\n') })
  const many = Array.from({ length: 5001 }, (_, n) => `person-${n}@example.net`)
  const cases: [string, unknown, number, RegExp][] = [
    ['neither rows nor CSV', { mode: 'plan' }, 400, /rows/],
    ['both', { mode: 'plan', rows: [{ email: 'a@b.org' }], csv: 'email\na@b.org' }, 400, /rows/],
    ['a wrong header', csvOf('adress;role', 'a@example.net;read'), 400, /no column username or email/],
    ['cells of no column', csvOf('email,', 'a@example.net,read'), 400, /more cells in line 2/],
    ['an unknown column', csvOf('email,phone', 'a@example.net,1'), 400, /unknown column “phone”/],
    ['nothing below the header', csvOf('email'), 400, /no rows/],
    ['an unclosed quotation mark', csvOf('email', '"a@example.net'), 400, /not valid CSV/],
    ['Latin-1', csvOf('email', 'zo\uFFFD@example.net'), 400, /not UTF-8/],
    ['5,001 rows of CSV', csvOf('email', ...many), 413, /more than 5000 rows/],
    ['5,001 rows', { mode: 'plan', rows: many.map((email) => ({ email })) }, 400, /rows/],
    ['no mode', { rows: [{ email: 'a@example.net' }] }, 400, /mode/],
  ]
  for (const [what, body, status, sentence] of cases) it(`is refused: ${what}`, () => refused(body, status, sentence))

  it('is refused to who may not invite', async () => {
    const body = { mode: 'plan', rows: [{ email: 'a@example.net' }] }
    for (const who of ['wil', 'rae', 'kim']) await refused(body, 403, /./, who)
  })
})
