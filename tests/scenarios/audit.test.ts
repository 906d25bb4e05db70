import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import * as api from '../../api/index.ts'
import { authorize } from '../../server/access/authorize.ts'
import type { Caller } from '../../server/access/permit.ts'
import type { Action } from '../../server/access/policy.ts'
import { exportAuditLog } from '../../server/audit/export.ts'
import { maskAddress, type NewEvent, record } from '../../server/audit/record.ts'
import { instanceAuditLog, searchAuditLog } from '../../server/audit/search.ts'
import { verifyChain } from '../../server/audit/verify.ts'
import { HubError } from '../../server/kernel/errors.ts'
import { newId } from '../../server/kernel/ids.ts'
import { digest } from '../../server/kernel/secret.ts'
import { type Db, openDatabase, transaction } from '../../server/store/database.ts'
import { testSecret } from '../hub.ts'
import { silentHub } from '../places.ts'
import { makeDatabase, startTestPostgres } from '../postgres.ts'

const contract = new URL('../../../shared/contract/organizations.json', import.meta.url)
const hub = silentHub('http://hub.test')
const search = (permit: Parameters<typeof searchAuditLog>[1], input: Parameters<typeof searchAuditLog>[2]) =>
  searchAuditLog(db, permit, input, hub)
const exportLog = (permit: Parameters<typeof exportAuditLog>[1], input: Parameters<typeof exportAuditLog>[2]) =>
  exportAuditLog(db, permit, input, hub)
const awkward = 'Zoë 🦜 "quoted" \\ back\u2028slash \ud800 half \u0000 nul'

const { key } = silentHub('http://hub.test', testSecret)
let db: Db
const cleanUp: (() => Promise<void>)[] = []

before(async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  const opened = openDatabase(database.url, () => undefined, '', key)
  db = opened.db
  cleanUp.push(opened.close, database.drop, postgres.stop)
})
after(async () => {
  for (const step of cleanUp) await step()
})

test('PostgreSQL hashes what this program hashes, whatever the text', async () => {
  const lab = await organization('hashes')
  await write(lab, {
    type: 'org.update_settings',
    message: awkward,
    data: { name: awkward, [awkward]: [1.5e300, -0, null] },
  })
  await write(lab, { type: 'org.create', message: 'created the organization' })
  const rows = await db.selectFrom('audit_events').selectAll().where('scope', '=', lab.id).orderBy('seq').execute()
  assert.equal(rows.length, 2)
  let last = Buffer.alloc(32)
  for (const row of rows) {
    assert.equal(row.event, api.canonicalText(JSON.parse(row.event)))
    assert.deepEqual(row.prev_hash, last)
    assert.deepEqual(row.hash, createHash('sha256').update(last).update(row.event, 'utf8').digest())
    assert.equal(row.hash.toString('hex'), await api.linkHash(row.prev_hash.toString('hex'), row.event))
    last = row.hash
  }
})

test('200 events at once make one gapless chain', async () => {
  const lab = await organization('crowd')
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => write(lab, { type: 'org.add_user', message: `added person ${n}` })),
  )
  const { intact, events } = await verifyChain(db, { scope: lab.id })
  assert.deepEqual({ intact, events }, { intact: true, events: 200 })
  const { rows } = await sql<{
    seq: string
  }>`select seq from audit_events where scope = ${lab.id} order by seq`.execute(db)
  assert.deepEqual(
    rows.map((row) => Number(row.seq)),
    Array.from({ length: 200 }, (_, n) => n + 1),
  )
})

test('a transaction that is rolled back leaves no event and no gap', async () => {
  const lab = await organization('undone')
  await write(lab, { type: 'org.create', message: 'created it' })
  const permit = await lab.permit('org.update')
  await assert.rejects(
    transaction(db, async (tx) => {
      await record(tx, permit, { type: 'org.update_settings', message: 'changed it' })
      throw new Error('no')
    }),
  )
  await transaction(db, (tx) => record(tx, permit, { type: 'org.update_settings', message: 'tried it' }), {
    dryRun: true,
  })
  await write(lab, { type: 'org.update_settings', message: 'changed it after all' })
  assert.deepEqual(await verifyChain(db, { scope: lab.id }).then(({ intact, events }) => [intact, events]), [true, 2])
})

test('searches find newest first, by filters and words, page by page', async () => {
  const lab = await organization('search')
  for (const n of [1, 2, 3]) await write(lab, { type: 'org.add_user', message: `added person ${n} "in quotes" 100%` })
  await write(lab, { type: 'org.change_role', message: 'changed a role', data: { note: 'Grünkohl' } })
  const cases: [string | undefined, number[]][] = [
    [undefined, [4, 3, 2, 1]],
    ['', [4, 3, 2, 1]],
    [`author:${lab.author.toUpperCase()}`, [4, 3, 2, 1]],
    ['author:nobody', []],
    ['token:none type:org.add_user', []],
    ['ip:203.0.113.0', [4, 3, 2, 1]],
    ['ip:203.0.113.77', [4, 3, 2, 1]],
    ['ip:198.51.100.0', []],
    ['type:org.change_role', [4]],
    ['type:org.change_role type:org.add_user "person 2"', [2]],
    [`TOKEN:${lab.tokenId} TYPE:org.change_role`, [4]],
    ['grünKOHL', [4]],
    ['"person 2"', [2]],
    ['token:last person added', [3, 2, 1]],
    ['100%', [3, 2, 1]],
    ['1_0', []],
    ['after:2001-01-31', [4, 3, 2, 1]],
    ['before:2001-01-31', []],
    ['after:2001-01-31T10:00Z before:2001-01-31T10:00:00.000+01:00', []],
  ]
  for (const [q, expected] of cases) assert.deepEqual(await seqs(lab, { q, limit: 100 }), expected, q)

  const permit = await lab.permit('audit.search')
  const first = await search(permit, { org: 'search', limit: 3 })
  assert.equal(first.items.length, 3)
  const second = await search(permit, { org: 'search', limit: 3, cursor: first.next })
  assert.deepEqual([second.items.map((event) => event.data.chain.seq), second.next], [[1], undefined])
  assert.equal(first.items[0]?.ip, '203.0.113.0')
})

test('a malformed search is a 400 that names the field', async () => {
  const lab = await organization('malformed')
  const permits = { search: await lab.permit('audit.search'), export: await lab.permit('audit.export') }
  const bad = [
    'autor:ada',
    'author:',
    'type:""',
    '"open',
    'wo"rd',
    'after:yesterday',
    'before:2026-02-30',
    'after:2026-1-1',
    'ip:nowhere',
    'http://x',
  ]
  for (const q of [...bad, 'word '.repeat(21), 'nul\0', '""']) {
    await assert.rejects(search(permits.search, { org: 'malformed', limit: 1, q }), isBadSearch, q)
    await assert.rejects(exportLog(permits.export, { org: 'malformed', format: 'json', q }), isBadSearch, q)
  }
  const cursor = Buffer.from('["x"]').toString('base64url')
  await assert.rejects(search(permits.search, { org: 'malformed', limit: 1, cursor }), {
    code: 'BadRequest',
  })
  assert.equal((await verifyChain(db, { scope: lab.id })).events, 0)
})

test('an export is an event itself, complete, oldest first, and verifies without the server', async () => {
  const lab = await organization('export')
  const permit = await lab.permit('org.update', undefined, awkward)
  await transaction(db, async (tx) => {
    for (let n = 1; n <= 2050; n++) await record(tx, permit, { type: 'org.add_user', message: `added person ${n}` })
  })
  const { fileName, contentType, events } = await exported(lab, {})
  assert.match(fileName, /^export-audit-log-\d{4}-\d\d-\d\d\.json$/)
  assert.match(contentType, /^application\/json/)
  assert.deepEqual(
    events.map((event) => event.data.chain.seq),
    Array.from({ length: 2051 }, (_, n) => n + 1),
  )
  const [first, last] = [events[0], events.at(-1)]
  assert.equal(first?.author.avatarUrl, `http://hub.test/api/avatars/${lab.author}`)
  assert.deepEqual([last?.type, last?.data.q, last?.data.format], ['org.audit_log.export', '', 'json'])
  assert.deepEqual(last?.token, { type: 'access_token', id: lab.tokenId, role: 'write', last4: 'last', deleted: false })
  const verdict = await api.verifyExport(events)
  assert.deepEqual(
    [verdict.intact, verdict.complete, verdict.events, verdict.first, verdict.last],
    [true, true, 2051, 1, 2051],
  )
  assert.equal(verdict.head, (await verifyChain(db, { scope: lab.id })).head)

  assert.deepEqual(await seqs(lab, { limit: 1 }), [2050])
  assert.deepEqual(await seqs(lab, { limit: 1, includeExports: true }), [2051])
  assert.deepEqual(await seqs(lab, { limit: 9, q: 'type:org.audit_log.export' }), [2051])
})

test('a filtered export says that events are left out; one event that was touched is named', async () => {
  const lab = await organization('filtered')
  for (const n of [1, 2, 3, 4])
    await write(lab, { type: n % 2 ? 'org.add_user' : 'org.change_role', message: `did ${n}` })
  const { events } = await exported(lab, { q: 'type:org.change_role' })
  assert.deepEqual(
    events.map((event) => event.data.chain.seq),
    [2, 4],
  )
  const verdict = await api.verifyExport(events)
  assert.deepEqual([verdict.intact, verdict.complete, verdict.firstBreak], [true, false, null])

  const all = (await exported(lab, {})).events
  const touched = (change: (events: api.audit.AuditEvent[]) => void) => {
    const copy = structuredClone(all)
    change(copy)
    return api.verifyExport(copy).then((found) => [found.intact, found.firstBreak?.seq])
  }
  const at = (list: api.audit.AuditEvent[], index: number) => list[index] ?? assert.fail()
  assert.deepEqual(await touched(() => undefined), [true, undefined])
  assert.deepEqual(await touched((list) => Object.assign(at(list, 1), { message: 'another' })), [false, 2])
  assert.deepEqual(await touched((list) => Object.assign(at(list, 2).author, { user: 'another' })), [false, 3])
  assert.deepEqual(await touched((list) => Object.assign(at(list, 2).data, { more: 1 })), [false, 3])
  assert.deepEqual(await touched((list) => Object.assign(at(list, 2).data.chain, { hash: '0'.repeat(64) })), [false, 3])
  assert.deepEqual(await touched((list) => Object.assign(at(list, 2).data.chain, { seq: 2 })), [false, 2])
  assert.deepEqual(await touched((list) => list.reverse()), [false, at(all, 4).data.chain.seq])
  assert.deepEqual(await touched((list) => list.push({} as api.audit.AuditEvent)), [false, all.length + 1])
  assert.deepEqual(
    await touched((list) => Object.assign(at(list, 0).author, { avatarUrl: 'elsewhere', deleted: true })),
    [true, undefined],
  )
})

test('CSV holds the same events, and no cell is a formula', async () => {
  const lab = await organization('csv')
  await write(lab, { type: '=type', message: 'did a "thing", and\nmore' }, '=HYPERLINK("http://evil")')
  const download = await exportLog(await lab.permit('audit.export'), { org: 'csv', format: 'csv' })
  assert.match(download.fileName, /\.csv$/)
  const rows = parse(await textOf(download.chunks), { bom: true, columns: true }) as Record<string, string>[]
  assert.deepEqual(
    rows.map((row) => [row.seq, row.type, row.userAgent]),
    [
      ['1', "'=type", `'=HYPERLINK("http://evil")`],
      ['2', 'org.audit_log.export', 'agent'],
    ],
  )
  assert.equal(rows[0]?.message, `${lab.author} did a "thing", and\nmore`)
})

test('the chain in the database: every way to tamper is named', async () => {
  const ways: [string, number, string][] = [
    [
      'update audit_events set event = replace(event, $$did 2$$, $$did 9$$) where scope = :scope and seq = 2',
      2,
      'changed after',
    ],
    ['update audit_events set type = $$x$$ where scope = :scope and seq = 2', 2, 'column type'],
    ['update audit_events set author_name = $$x$$ where scope = :scope and seq = 3', 3, 'column author_name'],
    ['update audit_events set ip = $$x$$ where scope = :scope and seq = 3', 3, 'column ip'],
    [
      'update audit_events set created_at = created_at + $$1 ms$$ where scope = :scope and seq = 3',
      3,
      'column created_at',
    ],
    ['update audit_events set event = $$nonsense$$ where scope = :scope and seq = 3', 3, 'changed after'],
    ['update audit_events set prev_hash = hash where scope = :scope and seq = 1', 1, 'does not match'],
    ['delete from audit_events where scope = :scope and seq = 1', 2, 'event 1 is missing'],
    ['delete from audit_events where scope = :scope and seq = 3', 4, 'event 3 is missing'],
    ['delete from audit_events where scope = :scope and seq = 4', 4, 'later ones are missing'],
    ['delete from audit_events where scope = :scope', 1, 'later ones are missing'],
    ['update audit_heads set hash = prev_hash where scope = :scope', 4, 'does not match'],
    ['update audit_heads set seq = 3 where scope = :scope', 4, 'after the last'],
    ['delete from audit_heads where scope = :scope', 5, 'last event is missing'],
    [
      `insert into audit_events select scope, 5, id, created_at, type, author_name, ip, event, hash,
        sha256(hash || convert_to(event, 'UTF8')) from audit_events where scope = :scope and seq = 4`,
      5,
      'after the last',
    ],
    [
      `update audit_events set event = replace(event, $$did 2$$, $$did 9$$),
        hash = sha256(prev_hash || convert_to(replace(event, $$did 2$$, $$did 9$$), 'UTF8')) where scope = :scope and seq = 2`,
      3,
      'does not match',
    ],
  ]
  for (const [index, [statement, seq, reason]] of ways.entries()) {
    const lab = await organization(`tampered${index}`)
    for (const n of [1, 2, 3, 4]) await write(lab, { type: 'org.add_user', message: `did ${n}` })
    assert.equal((await verifyChain(db, { scope: lab.id })).intact, true)
    await sql.raw(statement.replaceAll(':scope', `'${lab.id}'`)).execute(db)
    const { intact, firstBreak } = await verifyChain(db, { scope: lab.id })
    assert.deepEqual([intact, firstBreak?.seq], [false, seq], statement)
    assert.match(firstBreak?.reason ?? '', new RegExp(reason), statement)
  }
})

test('the log of the installation is apart, and shows what is gone as gone', async () => {
  const lab = await organization('gone')
  await write(lab, { type: 'user.update', message: 'changed a name', scope: 'instance' })
  await write(lab, { type: 'org.create', message: 'created it' })
  assert.deepEqual(await seqs(lab, { limit: 9 }), [1])
  await sql`update users set is_operator = true where name = ${lab.author}`.execute(db)
  const operator = await lab.permit('operator.viewAuditLog', {})
  await sql`update users set state = 'deleted' where name = ${lab.author}`.execute(db)
  await sql`delete from access_tokens where id = ${lab.tokenId}`.execute(db)
  const { items } = await instanceAuditLog(db, operator, { limit: 9 }, hub)
  assert.deepEqual(
    items.map((event) => [event.type, event.author.deleted, event.token?.deleted]),
    [['user.update', true, true]],
  )
  assert.equal((await api.verifyExport(items)).intact, true)
})

test('addresses are recorded without their last part', () => {
  const rows: [string, string][] = [
    ['203.0.113.77', '203.0.113.0'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:db8::1', '2001:db8:0::'],
    ['fe80::1%eth0', 'fe80:0:0::'],
    ['', ''],
    ['somewhere', ''],
  ]
  for (const [given, kept] of rows) assert.equal(maskAddress(given), kept)
})

const noContract = !existsSync(contract) && 'the published schemas are not here'
test('exported events have the published shape', { skip: noContract }, async () => {
  const { paths } = JSON.parse(readFileSync(contract, 'utf8'))
  const operation = paths['/api/organizations/{name}/audit-log/export'].get
  const schema = structuredClone(operation.responses['200'].content['application/json'].schema)
  // The hub records more types of events than the published list has.
  schema.items.properties.type = { type: 'string' }
  const lab = await organization('shape')
  await write(lab, { type: 'org.create', message: 'created it' })
  await write(lab, { type: 'recovery.own_name', message: awkward, data: { before: 1, after: [awkward] } }, '')
  const { events } = await exported(lab, {})
  const validate = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema)
  assert.ok(validate(events), JSON.stringify(validate.errors))
  for (const event of events) assert.doesNotThrow(() => api.audit.AuditEvent.parse(event))
})

interface Lab {
  id: string
  author: string
  tokenId: string
  permit<A extends Action>(action: A, target?: api.Target, userAgent?: string): ReturnType<typeof authorize<A>>
}

// An organization with one admin, who comes with a write token.
async function organization(name: string): Promise<Lab> {
  const [id, userId, tokenId] = [newId(), newId(), newId()]
  const author = `${name}-admin`
  const at = new Date()
  await sql`insert into users (id, name, fullname, created_at) values (${userId}, ${author}, ${author}, ${at})`.execute(
    db,
  )
  await sql`insert into emails (id, user_id, address, verified_at, created_at)
    values (${newId()}, ${userId}, ${`${author}@example.org`}, ${at}, ${at})`.execute(db)
  await sql`insert into organizations (id, name, fullname, plan, created_at) values (${id}, ${name}, ${name}, 'plus', ${at})`.execute(
    db,
  )
  await sql`insert into names (lower_name, name, user_id, org_id, current)
    values (${author}, ${author}, ${userId}, null, true), (${name}, ${name}, null, ${id}, true)`.execute(db)
  await sql`insert into memberships (id, org_id, user_id, role, source, joined_at, search)
    values (${newId()}, ${id}, ${userId}, 'admin', 'manual', ${at}, '')`.execute(db)
  await sql`insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    values (${tokenId}, ${userId}, ${digest(name)}, 'test', 'write', 'last', ${at})`.execute(db)
  const caller = (userAgent: string): Caller => ({
    credential: { kind: 'token', hash: digest(name) },
    request: { id: 'test', ip: '203.0.113.77', userAgent },
  })
  return {
    id,
    author,
    tokenId,
    permit: (action, target = { org: name }, userAgent = 'agent') => authorize(db, caller(userAgent), action, target),
  }
}

async function write(lab: Lab, event: NewEvent, userAgent?: string): Promise<void> {
  const permit = await lab.permit('org.update', undefined, userAgent)
  await transaction(db, (tx) => record(tx, permit, event))
}

type Query = Omit<api.InputOf<typeof api.audit.searchAuditLog>, 'org'>

async function seqs(lab: Lab, query: Query): Promise<number[]> {
  const { items } = await search(await lab.permit('audit.search'), { org: '', ...query })
  return items.map((event) => event.data.chain.seq)
}

async function exported(lab: Lab, query: { q?: string }) {
  const download = await exportLog(await lab.permit('audit.export'), { org: '', format: 'json', ...query })
  return { ...download, events: JSON.parse(await textOf(download.chunks)) as api.audit.AuditEvent[] }
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

function isBadSearch(error: unknown): boolean {
  assert.ok(error instanceof HubError)
  assert.equal(error.status, 400)
  const [problem] = (error.extra.body?.fields ?? []) as { field: string }[]
  assert.equal(problem?.field, 'q')
  return true
}
