// What two do at once, what many decisions cost, and what stays of answers and rejections.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { makeTemplate, type Template } from '../content.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

let hub: TestHub
let orgId: string
let people: Record<string, Person>
let template: Template

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('acme', { ada: 'admin', wil: 'write' })
  orgId = made.id
  people = { ...made.people }
  for (const name of ['sam', 'tia', 'una', 'gus']) people[name] = await hub.person(name)
  template = await makeTemplate(hub.running.server.hub, hub.db)
})

const ask = (who: string, method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  hub.request(people[who], method, path, body, headers)

/** A gated repository; each test has its own. */
async function gated(name: string, settings: object = { gated: 'manual' }) {
  const body = { name, organization: 'acme', private: false }
  const { id } = (await ask('ada', 'POST', '/api/repos/create', body)).body
  await template.copyTo(id)
  const api = `/api/models/acme/${name}`
  assert.equal((await ask('ada', 'PUT', `${api}/settings`, settings)).status, 200)
  const requests = `${api}/user-access-request`
  return {
    id: String(id),
    api,
    request: (who: string, fields: object = {}) => ask(who, 'POST', requests, { fields }),
    decide: (body: object, by = 'ada') => ask(by, 'POST', `${requests}/handle`, body),
    batch: (body: object) => ask('ada', 'POST', `${requests}/batch`, body),
    grant: (user: string, by = 'ada') => ask(by, 'POST', `${requests}/grant`, { user }),
    withdraw: (who: string) => ask(who, 'POST', `${requests}/cancel`),
    list: async (status: string) => (await ask('ada', 'GET', `${requests}/${status}`)).body,
    file: async (who: string) => (await ask(who, 'GET', `/acme/${name}/resolve/main/data/a.txt`)).status,
    rows: async () => {
      const { rows } = await sql<{ state: string }>`select state from gate_requests where repo_id = ${id}`.execute(
        hub.db,
      )
      return rows.map(({ state }) => state)
    },
  }
}

const statuses = (replies: { status: number }[]) => replies.map(({ status }) => status).toSorted()
const eventsOf = async (type: string, repo: string) =>
  (await hub.events(orgId)).filter(
    (event) => event.type === type && (event.data.repo as { name: string } | undefined)?.name === `acme/${repo}`,
  )
const mailsTo = async (who: string, about: string) => {
  const subjects = (await hub.mails()).filter(({ recipient }) => recipient === people[who]?.email)
  return subjects.filter(({ subject }) => subject.includes(`acme/${about}`)).length
}

describe('two at once', () => {
  it('who accept one request: the first does, the second is told so', async () => {
    const repo = await gated('accepted')
    await repo.request('sam')
    const accept = { user: 'sam', status: 'accepted' }
    const replies = await Promise.all([repo.decide(accept, 'ada'), repo.decide(accept, 'wil')])
    assert.deepEqual(statuses(replies), [200, 404])
    assert.match(replies.find(({ status }) => status === 404)?.body.error, /already accepted/)
    assert.deepEqual([(await eventsOf('gated.accept', 'accepted')).length, await mailsTo('sam', 'accepted')], [1, 1])
  })

  it('who accept and reject one request: the later decision counts, and both are recorded in their order', async () => {
    const repo = await gated('both')
    for (let round = 0; round < 10; round++) {
      await repo.request('sam')
      const replies = await Promise.all([
        repo.decide({ user: 'sam', status: 'accepted' }, 'ada'),
        repo.decide({ user: 'sam', status: 'rejected' }, 'wil'),
      ])
      assert.deepEqual(statuses(replies), [200, 200])
      const decisions = (await hub.events(orgId)).filter(
        ({ type, data }) =>
          ['gated.accept', 'gated.reject'].includes(type) && JSON.stringify(data).includes('acme/both'),
      )
      const last = decisions.at(-1)?.type === 'gated.accept'
      assert.deepEqual([await repo.rows(), await repo.file('sam')], last ? [['accepted'], 200] : [['rejected'], 403])
      await repo.decide({ user: 'sam', status: 'pending' })
      assert.equal((await repo.withdraw('sam')).status, 200)
    }
  })

  it('who grant one person access: the first does, the second is told so', async () => {
    const repo = await gated('granted')
    const replies = await Promise.all([repo.grant('sam', 'ada'), repo.grant('sam', 'wil')])
    assert.deepEqual(statuses(replies), [200, 400])
    assert.equal((await eventsOf('gated.grant', 'granted')).length, 1)
  })

  it('of whom one asks twice: there is one request, and the authors hear of it once', async () => {
    const repo = await gated('asked')
    const replies = await Promise.all([repo.request('sam'), repo.request('sam'), repo.request('sam')])
    assert.deepEqual(statuses(replies), [200, 409, 409])
    assert.deepEqual([await repo.rows(), await mailsTo('ada', 'asked')], [['pending'], 1])
  })

  it('of whom one accepts what the other withdraws: no access is left', async () => {
    const repo = await gated('withdrawn')
    for (let round = 0; round < 10; round++) {
      await repo.request('sam')
      const [accepted, withdrawn] = await Promise.all([
        repo.decide({ user: 'sam', status: 'accepted' }),
        repo.withdraw('sam'),
      ])
      assert.ok([200, 404].includes(accepted.status), String(accepted.status))
      assert.equal(withdrawn.status, 200)
      assert.deepEqual([await repo.rows(), await repo.file('sam')], [[], 403])
    }
  })

  it('of whom one rejects while the other asks: the person has no access, and can’t ask again', async () => {
    const repo = await gated('raced', { gated: 'auto' })
    await repo.request('sam')
    const [, again] = await Promise.all([repo.decide({ user: 'sam', status: 'rejected' }), repo.request('sam')])
    assert.ok([403, 409].includes(again.status), String(again.status))
    assert.deepEqual([await repo.rows(), await repo.file('sam')], [['rejected'], 403])
  })
})

describe('1,000 requests', () => {
  it('are decided all together or not at all, and no more than that', async () => {
    const repo = await gated('many')
    await sql`with made as (
        insert into users (id, name, fullname, password_hash, created_at)
        select 'eeeeeeeeeeeeeeee' || lpad(to_hex(n), 8, '0'), 'many-' || n, '', '', now() from generate_series(1, 1001) n
        returning id, name
      ), named as (insert into names (lower_name, name, user_id, current) select name, name, id, true from made)
      insert into gate_requests (id, repo_id, user_id, state, created_at, asked)
      select 'ffffffffffffffff' || right(id, 8), ${repo.id}, id, 'pending', now(), true from made`.execute(hub.db)
    const named = (count: number) => Array.from({ length: count }, (_, index) => ({ user: `many-${index + 1}` }))
    const count = async () => Map.groupBy(await repo.rows(), (state) => state)
    const tooMany = await repo.batch({ status: 'accepted', requests: named(1001) })
    assert.deepEqual([tooMany.status, (await count()).get('accepted')], [400, undefined])

    const wrong = await repo.batch({ status: 'accepted', requests: [...named(999), { user: 'gus' }] })
    assert.deepEqual([wrong.status, wrong.body.results.length], [404, 1000])
    assert.deepEqual(wrong.body.results.at(-1), { user: 'gus', ok: false, error: 'request_not_found' })
    assert.equal((await count()).get('accepted'), undefined)

    const done = await repo.batch({ status: 'accepted', requests: named(1000) })
    assert.deepEqual([done.status, done.body.length], [200, 1000])
    assert.ok(done.body.every(({ ok }: { ok: boolean }) => ok))
    const after = await count()
    assert.deepEqual([after.get('accepted')?.length, after.get('pending')?.length], [1000, 1])
    assert.equal((await eventsOf('gated.accept', 'many')).length, 1000)
    const found = await repo.list('accepted?search=many-77&limit=5')
    const people = found.map(({ user }: { user: { user: string } }) => user.user)
    assert.ok(people.length === 5 && people.every((name: string) => name.startsWith('many-77')), String(people))
    assert.deepEqual(await repo.list('accepted?search=missing'), [])
  })
})

describe('a card that asks something else', () => {
  const card = (fields: string) => `---\nextra_gated_fields:\n${fields}---\n# Card\n`
  const write = async (repo: Awaited<ReturnType<typeof gated>>, fields: string) => {
    const lines = [
      { key: 'header', value: { summary: 'Ask something else' } },
      { key: 'file', value: { path: 'README.md', content: card(fields) } },
    ]
    const body = lines.map((line) => JSON.stringify(line)).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    const { status } = await ask('ada', 'POST', `${repo.api}/commit/main`, body, headers)
    assert.equal(status, 200)
  }

  it('keeps the answers that were given, and asks the next person the new questions', async () => {
    const repo = await gated('changed')
    await write(repo, '  Company: text\n  Country: country\n')
    assert.equal((await repo.request('sam', { Company: 'Initech', Country: 'CH' })).status, 200)
    await write(repo, '  Employer: text\n')
    const old = { Company: 'Initech', Country: 'CH' }
    assert.deepEqual(
      (await repo.list('pending')).map(({ fields }: { fields: object }) => fields),
      [old],
    )
    assert.equal((await repo.request('tia', { Company: 'Initech', Country: 'CH' })).status, 400)
    assert.equal((await repo.request('tia', { Employer: 'Globex' })).status, 200)
    await repo.decide({ user: 'sam', status: 'accepted' })
    assert.deepEqual((await repo.list('accepted'))[0].fields, old)
    const report = await ask('ada', 'GET', '/acme/changed/user-access-report')
    assert.deepEqual(
      report.body.map(({ fields }: { fields: object }) => fields),
      [old, { Employer: 'Globex' }],
    )
    assert.equal(await repo.file('sam'), 200)
  })
})

describe('a rejected person', () => {
  it('can ask by no door, whatever becomes of the gate and the repository', async () => {
    const repo = await gated('closed')
    await repo.request('sam')
    await repo.decide({ user: 'sam', status: 'rejected', rejectionReason: 'Not a lab' })
    const doors = async (name: string, after: string) => {
      const api = `/api/models/acme/${name}`
      const tries: [path: string, body: unknown, headers?: Record<string, string>][] = [
        [`${api}/user-access-request`, { fields: {} }],
        [`/acme/${name}/ask-access`, {}],
        [`/acme/${name}/ask-access`, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
        [`${api}/user-access-request/cancel`, undefined],
        [`${api}/user-access-request/grant`, { user: 'sam' }],
        [`${api}/user-access-request/handle`, { user: 'sam', status: 'pending' }],
      ]
      for (const [path, body, headers] of tries)
        assert.equal((await ask('sam', 'POST', path, body, headers)).status, 403, `${path} ${after}`)
      const { body } = await ask('sam', 'GET', `${api}/gate`)
      assert.deepEqual([body.state, body.rejectionReason, await repo.rows()], ['rejected', 'Not a lab', ['rejected']])
    }
    const settings = (body: object) => ask('ada', 'PUT', `${repo.api}/settings`, body)
    await doors('closed', 'at once')
    await settings({ gated: 'auto' })
    await doors('closed', 'with an automatic gate')
    await settings({ gated: false })
    await settings({ gated: 'manual' })
    await doors('closed', 'after the gate was off')
    await ask('ada', 'POST', '/api/repos/move', { fromRepo: 'acme/closed', toRepo: 'acme/shut', type: 'model' })
    await doors('shut', 'under another name')
    // A month later too: rejections don't expire
    hub.moveClock(40 * 86_400_000)
    await doors('shut', 'later')
    hub.moveClock(0)
  })
})

describe('an account that is deleted', () => {
  it('leaves no requests and no access behind', async () => {
    const [open, waiting, refused] = [await gated('left-1'), await gated('left-2'), await gated('left-3')]
    await open.grant('gus')
    await waiting.request('gus')
    await refused.request('gus')
    await refused.decide({ user: 'gus', status: 'rejected' })
    const browser = await signedIn(hub, 'gus')
    const gone = await browser.send('DELETE', '/api/settings/account', { confirm: 'gus', repositories: 'delete' })
    assert.equal(gone.status, 200, JSON.stringify(gone.body))
    for (const repo of [open, waiting, refused]) assert.deepEqual(await repo.list('accepted'), [])
    assert.deepEqual([await open.rows(), await waiting.rows()], [[], []])
    assert.deepEqual([await waiting.list('pending'), await refused.list('rejected')], [[], []])
  })
})
