import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { now, secondsFromNow } from '../../server/kernel/clock.ts'
import { endManagedAccounts } from '../../server/managed/ends.ts'
import type { Tx } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { connect, type Provider, userOf } from '../scim.ts'
import { until } from '../until.ts'

// Users by SCIM where the organization owns the accounts.

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', mia: 'write' })
const adaToken = acme.people.ada as Person
const { provider, ada, at, addDomain, enforce, plan, apply, enter } = await startManagedLab(hub, acme.id)
await addDomain('example.org')
await enforce()
await done(apply(true, (await plan(true)).planHash))

describe('the Managed base of SCIM', () => {
  let idp: Provider
  let id: string
  let ron: Person
  before(async () => {
    idp = await connect(hub, { admin: adaToken, org: 'acme', base: 'scim' })
  })

  test('the other base answers 404, and the page gives this one', async () => {
    const other = await hub.request(idp.token, 'GET', at('/scim-provisioning/v2/Users'))
    assert.equal(other.status, 404)
    const { tenantUrl } = await done(hub.request(adaToken, 'GET', at('/settings/scim')))
    assert.match(tenantUrl, /\/acme\/scim\/v2$/)
  })

  test('creates accounts, named after the part before @, with a number where that is taken', async () => {
    const body = userOf('ron@example.org', { name: { givenName: 'Ron', familyName: 'Roe' } })
    const made = await idp.ask('POST', '/Users', body)
    assert.deepEqual(
      [made.status, made.body.active, made.body.userName],
      [201, true, 'ron@example.org'],
      JSON.stringify(made.body),
    )
    id = made.body.id
    const member = await done(hub.request(adaToken, 'GET', at('/members/ron')))
    assert.deepEqual([member.role, member.source, member.fullname], ['read', 'scim', 'Ron Roe'])
    const second = await idp.ask(
      'POST',
      '/Users',
      userOf('ron@sub.example', { externalId: 'ext-2', emails: [{ value: 'mia.two@example.org' }] }),
    )
    assert.equal(second.status, 201, JSON.stringify(second.body))
    assert.equal((await hub.request(adaToken, 'GET', at('/members/ron-2'))).status, 200)
    assert.equal(
      (await hub.mails()).some(({ recipient }) => recipient === 'ron@example.org'),
      false,
    )
  })

  test('refuses addresses of others, and what exists', async () => {
    await hub.person('own')
    const cases: [object, number, string][] = [
      [userOf('ceo@evil.example'), 400, 'invalidValue'],
      [userOf('ceo@example.org@evil.example'), 400, 'invalidValue'],
      [userOf('ceo%evil.example@example.org'), 400, 'invalidValue'],
      [userOf('a@example.org, ceo'), 400, 'invalidValue'],
      [userOf('c\u0435o@example.org'), 400, 'invalidValue'],
      [userOf('own@example.org'), 409, 'uniqueness'],
      [userOf('ron@example.org'), 409, 'uniqueness'],
    ]
    for (const [body, status, scimType] of cases) {
      const reply = await idp.ask('POST', '/Users', body)
      assert.deepEqual([reply.status, reply.body.scimType], [status, scimType], JSON.stringify(reply.body))
    }
  })

  test('makes one account of a person who is provisioned and signs in twice at once', async () => {
    provider.claims['sub-tia'] = { email: 'tia@example.org', email_verified: true, roles: ['staff'] }
    const held = await holding()
    const work = [enter('sub-tia'), enter('sub-tia')] as const
    const provisioned = idp.ask('POST', '/Users', userOf('tia@example.org'))
    await until(() => areWaiting(3))
    await held.end()
    const entered = (await Promise.all(work)).map(({ reply }) => [reply.status, reply.body.error])
    assert.deepEqual(entered, [
      [200, undefined],
      [200, undefined],
    ])
    assert.equal((await provisioned).status, 201, JSON.stringify((await provisioned).body))
    const { rows } = await sql`select from emails where address = 'tia@example.org'`.execute(hub.db)
    assert.equal(rows.length, 1)
  })

  test('makes no account in an organization that is converted back at this moment', async () => {
    const held = await holding()
    const { rows } = await sql<{ since: Date }>`update organizations set managed_since = null where id = ${acme.id}
      returning now() since`.execute(held.tx)
    const provisioned = idp.ask('POST', '/Users', userOf('left@example.org'))
    await until(() => areWaiting(1))
    await held.end()
    const { status, body } = await provisioned
    assert.deepEqual([status, /scim-provisioning/.test(body.detail)], [404, true], JSON.stringify(body))
    const left = await sql`select from emails where address = 'left@example.org'`.execute(hub.db)
    assert.equal(left.rows.length, 0)
    await sql`update organizations set managed_since = ${rows[0]?.since} where id = ${acme.id}`.execute(hub.db)
  })

  test('renames people, and moves their address, which is free at once', async () => {
    const changed = await idp.patch(`/Users/${id}`, {
      op: 'replace',
      value: { 'name.familyName': 'Rowe', emails: [{ value: 'ron.rowe@example.org', primary: true }] },
    })
    assert.deepEqual(
      [changed.status, changed.body.emails[0].value],
      [200, 'ron.rowe@example.org'],
      JSON.stringify(changed.body),
    )
    assert.equal((await done(hub.request(adaToken, 'GET', at('/members/ron')))).fullname, 'Ron Rowe')
    const taken = await idp.patch(`/Users/${id}`, {
      op: 'replace',
      path: 'emails[type eq "work"].value',
      value: 'mia@example.org',
    })
    assert.deepEqual([taken.status, taken.body.scimType], [409, 'uniqueness'])
    const foreign = await idp.patch(`/Users/${id}`, {
      op: 'replace',
      path: 'emails',
      value: [{ value: 'ron@evil.example' }],
    })
    assert.deepEqual([foreign.status, foreign.body.scimType], [400, 'invalidValue'])
  })

  test('active=false ends the account on the web, the API, Git, and Git LFS at the next request', async () => {
    const claims = { email: 'ron.rowe@example.org', email_verified: true, roles: ['staff'], name: 'R. Rowe' }
    provider.claims['sub-ron'] = claims
    const { as } = await enter('sub-ron', { again: true })
    const account = await done(as('GET', '/api/settings/account'))
    assert.equal(account.fullname, 'Ron Rowe', 'SCIM has the name')
    const token = (await done(as('POST', '/api/settings/tokens', { name: 't', role: 'write' }))).token
    ron = { name: 'ron', id: account.id, token } as Person
    await done(as('POST', '/api/repos/create', { name: 'rons', organization: 'acme', private: true }))
    const basic = { authorization: `Basic ${Buffer.from(`ron:${token}`).toString('base64')}` }
    const lfs = { ...basic, 'content-type': 'application/vnd.git-lfs+json' }
    const doors = async () =>
      (
        await Promise.all([
          as('GET', '/api/models/acme/rons'),
          hub.request(ron, 'GET', '/api/models/acme/rons'),
          hub.request(undefined, 'GET', '/acme/rons.git/info/refs?service=git-upload-pack', undefined, basic),
          hub.request(
            undefined,
            'POST',
            '/acme/rons.git/info/lfs/objects/batch',
            { operation: 'download', objects: [] },
            lfs,
          ),
          hub.request(ron, 'GET', '/api/whoami-v2'),
        ])
      ).map(({ status }) => status)
    assert.deepEqual(await doors(), [200, 200, 200, 200, 200])
    const off = await idp.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })
    assert.equal(off.body.active, false)
    assert.deepEqual(await doors(), [401, 401, 401, 401, 401])
    const again = (await enter('sub-ron')).reply
    assert.deepEqual([again.status, /deactivated/.test(again.body.error)], [403, true], JSON.stringify(again.body))
    await hub.console('PATCH', '/api/operator/people/ron', { suspended: true })
    await hub.console('PATCH', '/api/operator/people/ron', { suspended: false })
    assert.equal((await hub.request(ron, 'GET', '/api/whoami-v2')).status, 401)
    await done(idp.patch(`/Users/${id}`, { op: 'replace', value: { active: true } }))
    assert.equal((await done(hub.request(adaToken, 'GET', at('/members/ron')))).role, 'write')
    // Its SSO session ended with it, and the token waits for the next one
    assert.deepEqual((await doors()).slice(-1), [200])
    await enter('sub-ron')
    assert.equal((await hub.request(ron, 'GET', '/api/models/acme/rons')).status, 200)
  })

  test('suspended by a site admin, an account is not opened by its identity provider', async () => {
    await done(hub.console('PATCH', '/api/operator/people/ron', { suspended: true }))
    await done(idp.patch(`/Users/${id}`, { op: 'replace', value: { active: false } }))
    await done(idp.patch(`/Users/${id}`, { op: 'replace', value: { active: true } }))
    assert.equal((await hub.request(ron, 'GET', '/api/whoami-v2')).status, 401)
    await done(hub.console('PATCH', '/api/operator/people/ron', { suspended: false }))
    assert.equal((await hub.request(ron, 'GET', '/api/whoami-v2')).status, 200)
  })

  test('DELETE ends it at once and for good after 30 days; the repositories stay, the address is free', async () => {
    assert.equal((await idp.ask('DELETE', `/Users/${id}`)).status, 204)
    assert.equal((await hub.request(ron, 'GET', '/api/whoami-v2')).status, 401)
    const next = await idp.ask('POST', '/Users', userOf('ron.rowe@example.org', { userName: 'ron@example.org' }))
    assert.equal(next.status, 201, JSON.stringify(next.body))
    const stateOf = async () =>
      (await hub.db.selectFrom('users').select('state').where('id', '=', ron.id).executeTakeFirst())?.state
    await endManagedAccounts(hub.db)
    assert.equal(await stateOf(), 'deprovisioned')
    await hub.db
      .updateTable('users')
      .set({ ends_at: secondsFromNow(-1) })
      .where('id', '=', ron.id)
      .execute()
    await endManagedAccounts(hub.db)
    assert.equal(await stateOf(), 'deleted')
    const repo = await done(ada.send('GET', '/api/models/acme/rons'))
    assert.equal(repo.id, 'acme/rons')
    const name = await hub.db
      .selectFrom('names')
      .select(['current', 'kept_until'])
      .where('lower_name', '=', 'ron')
      .executeTakeFirst()
    const days = ((name?.kept_until?.getTime() ?? 0) - now().getTime()) / 86_400_000
    assert.deepEqual([name?.current, Math.round(days)], [false, 60])
  })

  test('too many accounts at once are held back with 503, and stay as they are', async () => {
    const made: string[] = []
    for (let number = 0; number < 7; number++) made.push(await idp.provision(`many-${number}@example.org`))
    const ended = []
    for (const each of made) ended.push((await idp.ask('DELETE', `/Users/${each}`)).status)
    assert.deepEqual(ended.slice(-2), [503, 503], String(ended))
    assert.equal((await hub.request(adaToken, 'GET', at('/members/many-6'))).status, 200)
    const held = await done(hub.request(adaToken, 'GET', at('/settings/scim/held')))
    const id = held.find(({ summary }: { summary: string }) => summary === 'deprovision many-6')?.id
    await done(hub.request(adaToken, 'POST', at(`/settings/scim/held/${id}/approve`)))
    assert.equal((await hub.request(adaToken, 'GET', at('/members/many-6'))).status, 404)
    const row = await hub.db.selectFrom('users').select('state').where('name', '=', 'many-6').executeTakeFirst()
    assert.equal(row?.state, 'deprovisioned')
  })
})

// Changes of the organization wait, as for one of what it requires.
async function holding() {
  const started = Promise.withResolvers<Tx>()
  const ended = Promise.withResolvers<void>()
  const done = hub.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`requirements ${acme.id}`}, 0))`.execute(tx)
    started.resolve(tx)
    await ended.promise
  })
  const end = async () => {
    ended.resolve()
    await done
  }
  return { tx: await started.promise, end }
}

async function areWaiting(most: number): Promise<boolean> {
  const { rows } = await sql`select from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and not l.granted`.execute(hub.db)
  return rows.length >= most
}
