import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { until } from '../until.ts'
import { signedIn } from '../visitor.ts'

// Managed SSO: the organization owns the accounts, and its identity provider is the only way into them.

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', {
  ada: 'admin',
  amy: 'admin',
  mia: 'write',
  bea: 'read',
  ray: 'read',
  ext: 'read',
  far: 'read',
})
await hub.organization('lab', { lea: 'admin', bea: 'read' })
const { mia: miaToken, ray: rayToken } = acme.people as Record<string, Person>
const { provider, ada, at, addDomain, enforce, plan, apply: applyPlan, enter } = await startManagedLab(hub, acme.id)
const lastEvent = async (scope = acme.id) => (await hub.events(scope)).at(-1)

describe('converting', () => {
  test('an organization that does not manage accounts has no such way in', async () => {
    await enforce()
    const reply = await hub.request(undefined, 'POST', at('/sso/managed/sign-in'), {})
    assert.deepEqual([reply.status, /doesn’t manage accounts/.test(reply.body.error)], [409, true])
  })

  test('says what is missing, and refuses until it is there', async () => {
    const before = await done(ada.send('GET', at('/settings/sso/managed')))
    assert.deepEqual([before.managed, before.missing], [false, ['Verify an email domain.']])
    const { planHash } = await plan(true)
    assert.equal((await applyPlan(true, planHash)).status, 409)
    await addDomain('example.org')
    assert.deepEqual((await done(ada.send('GET', at('/settings/sso/managed')))).missing, [])
  })

  test('the preview says what happens to whom and why, and changes nothing', async () => {
    await done(ada.send('PUT', at('/settings/sso/external/ext'), { isExternalCollaborator: true }))
    await hub.db
      .updateTable('emails')
      .set({ address: 'far@elsewhere.example' })
      .where('address', '=', 'far@example.org')
      .execute()
    await done(hub.request(rayToken, 'POST', '/api/repos/create', { name: 'mine' }))
    const { people, counts } = await plan(true)
    const told = Object.fromEntries(
      people.map((p: { user: string; outcome: string; reason: string }) => [p.user, p.reason ?? p.outcome]),
    )
    assert.deepEqual(told, {
      ada: 'break_glass',
      amy: 'break_glass',
      bea: 'other_organization',
      ext: 'external',
      far: 'address',
      ray: 'repositories',
      mia: 'managed',
    })
    assert.deepEqual([counts.managed, counts.own], [1, 6])
    assert.equal((await lastEvent())?.type !== 'org.settings.sso.convert', true)
    assert.equal((await hub.request(miaToken, 'GET', '/api/whoami-v2')).status, 200)
  })

  test('what changed since the preview is not applied', async () => {
    const { planHash } = await plan(true)
    await done(hub.request(rayToken, 'DELETE', '/api/repos/delete', { name: 'mine' }))
    const stale = await applyPlan(true, planHash)
    assert.deepEqual([stale.status, /changed since the preview/.test(stale.body.error)], [409, true])
  })

  test('takes over those accounts: their password, sessions, and 2FA end, and they are told', async () => {
    const mia = await signedIn(hub, 'mia')
    const { planHash } = await plan(true)
    const result = await done(applyPlan(true, planHash))
    assert.deepEqual([result.applied, result.counts.managed], [true, 2])
    const event = await lastEvent()
    assert.deepEqual([event?.type, event?.message.includes('took over 2 accounts')], ['org.settings.sso.convert', true])
    assert.equal((await mia.send('GET', '/api/settings/account')).status, 401)
    const login = await hub.request(undefined, 'POST', '/api/login', { username: 'mia', password: miaToken?.password })
    assert.equal(login.status, 401)
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'mia@example.org')
    assert.equal(mail?.subject, 'acme now manages your account')
    const { since, accounts, managed } = await done(ada.send('GET', at('/settings/sso/managed')))
    assert.deepEqual([managed, accounts, typeof since], [true, 2, 'string'])
  })

  test('no way back to a password, and none around the identity provider', async () => {
    await done(hub.request(undefined, 'POST', '/api/password-reset', { email: 'mia@example.org' }))
    assert.equal(
      (await hub.mails()).some(({ subject }) => /reset/i.test(subject)),
      false,
    )
    for (const [method, tail, body] of [
      ['PUT', '/settings/sso/mode', { mode: 'optional' }],
      ['PUT', '/settings/sso/break-glass', { admins: [] }],
      ['DELETE', '/settings/sso', undefined],
      ['DELETE', '', { confirm: 'acme' }],
    ] as const) {
      const reply = await ada.send(method, at(tail), body)
      assert.deepEqual([reply.status, /manages accounts/.test(reply.body.error)], [409, true], tail)
    }
    const made = await hub.console('PATCH', '/api/operator/people/mia', { operator: true })
    assert.equal(made.status, 409, JSON.stringify(made.body))
  })
})

describe('a managed account', () => {
  test('signs in with the identity provider alone, and finds role and token as they were', async () => {
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: ['staff'], name: 'Mia M' }
    const { reply, as } = await enter('sub-mia')
    assert.deepEqual(
      [reply.status, reply.body.outcome, reply.body.role],
      [200, 'signed_in', 'write'],
      JSON.stringify(reply.body),
    )
    const account = await done(as('GET', '/api/settings/account'))
    assert.deepEqual([account.name, account.managedBy], ['mia', 'acme'])
    assert.equal((await as('GET', at('/settings'))).status, 200)
    assert.equal((await hub.request(miaToken, 'GET', at('/settings'))).status, 200)
  })

  test('confirms with a sign-in that the identity provider asked for, not with one that it remembers', async () => {
    const create = (as: Awaited<ReturnType<typeof enter>>['as']) =>
      as('POST', '/api/settings/tokens', { name: 'ci', role: 'read' })
    const remembered = await enter('sub-mia')
    const refused = await create(remembered.as)
    assert.deepEqual([refused.status, refused.headers.get('x-error-code')], [403, 'RecentSignInRequired'])
    const asked = await enter('sub-mia', { again: true })
    assert.equal((await create(asked.as)).status, 201)
    provider.signedInAt = new Date(Date.now() - 11 * 60_000)
    const skipped = (await enter('sub-mia', { again: true })).reply
    provider.signedInAt = undefined
    assert.deepEqual([skipped.status, /didn’t ask you to sign in again/.test(skipped.body.error)], [403, true])
    assert.equal((await create(asked.as)).status, 201, 'the session before it goes on')
  })

  test('has no life outside its organization', async () => {
    const { as } = await enter('sub-mia')
    const cases: [string, string, unknown][] = [
      ['POST', '/api/organizations', { name: 'mias-own' }],
      ['POST', '/api/repos/create', { name: 'own' }],
      ['POST', '/api/organizations/lab/join', {}],
      ['POST', '/api/settings/emails', { email: 'mia@home.example' }],
      ['DELETE', '/api/settings/account', { confirm: 'mia' }],
      ['POST', at('/leave'), {}],
    ]
    for (const [method, path, body] of cases) {
      const reply = await as(method, path, body)
      assert.deepEqual(
        [reply.status, /manages your account/.test(reply.body.error)],
        [403, true],
        `${path} ${JSON.stringify(reply.body)}`,
      )
    }
    assert.equal((await as('POST', '/api/repos/create', { name: 'ours', organization: 'acme' })).status, 200)
    const invited = await hub.request(await hub.person('lea'), 'POST', '/api/organizations/lab/invitations', {
      username: 'mia',
    })
    assert.equal(invited.status, 409, JSON.stringify(invited.body))
  })

  test('is called what the identity provider calls it', async () => {
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: ['staff'], name: 'Mia Moe' }
    const { as } = await enter('sub-mia')
    const event = (await hub.events(acme.id)).findLast(({ type }) => type === 'org.managed_account.update')
    assert.deepEqual(event?.data.after, { fullname: 'Mia Moe', email: 'mia@example.org' })
    const events = (await hub.events(acme.id)).length
    const refused: [object, RegExp][] = [
      [{ fullname: 'Someone Else' }, /acme manages your account\. Its identity provider decides your full name/],
      [{ newPassword: 'a long new password', currentPassword: 'x' }, /signs you in, without a password/],
    ]
    for (const [body, words] of refused) {
      const reply = await as('PATCH', '/api/settings/account', body)
      assert.deepEqual([reply.status, words.test(reply.body.error)], [403, true], JSON.stringify(reply.body))
    }
    const changed = await done(as('PATCH', '/api/settings/account', { fullname: 'Mia Moe', details: 'Speech.' }))
    assert.deepEqual([changed.fullname, changed.details], ['Mia Moe', 'Speech.'])
    await enter('sub-mia')
    const added = (await hub.events(acme.id)).slice(events).map(({ type }) => type)
    assert.deepEqual(added, ['org.sso_login', 'session.create'])
  })

  test('is made at the first sign-in, with the mapped role', async () => {
    provider.claims['sub-new'] = {
      email: 'Nia.New@example.org',
      email_verified: true,
      roles: ['staff'],
      name: 'Nia New',
    }
    const { reply, as } = await enter('sub-new')
    assert.deepEqual(
      [reply.status, reply.body.outcome, reply.body.role],
      [200, 'joined', 'write'],
      JSON.stringify(reply.body),
    )
    const account = await done(as('GET', '/api/settings/account'))
    assert.deepEqual(
      [account.name, account.fullname, account.email, account.emailVerified],
      ['nia-new', 'Nia New', 'nia.new@example.org', true],
    )
    const types = (await hub.events(acme.id)).slice(-3).map(({ type }) => type)
    assert.deepEqual(types, ['org.managed_account.create', 'org.sso_join', 'session.create'])
    assert.equal((await enter('sub-new')).reply.body.outcome, 'signed_in')
  })

  test('is not made for an address of others, nor signed in by another browser', async () => {
    provider.claims['sub-evil'] = { email: 'ceo@evil.example', email_verified: true, roles: ['boss'] }
    const evil = (await enter('sub-evil')).reply
    assert.deepEqual([evil.status, /verified domain/.test(evil.body.error)], [422, true])
    provider.claims['sub-ada2'] = { email: 'ada@example.org', email_verified: true, roles: ['boss'] }
    const own = (await enter('sub-ada2')).reply
    assert.deepEqual([own.status, /account of your own/.test(own.body.error)], [409, true], JSON.stringify(own.body))
    assert.equal((await lastEvent())?.type, 'org.sso_fail')
    const other = (await enter('sub-mia', { browser: 'x'.repeat(43) })).reply
    assert.deepEqual([other.status, other.headers.getSetCookie()], [400, []])
  })

  test('is not made by a sign-in that a conversion back overtakes', async () => {
    provider.claims['sub-late'] = { email: 'late@example.org', email_verified: true, roles: ['staff'] }
    const { since } = await done(ada.send('GET', at('/settings/sso/managed')))
    let signingIn: ReturnType<typeof enter> | undefined
    await hub.db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`requirements ${acme.id}`}, 0))`.execute(tx)
      await sql`update organizations set managed_since = null where id = ${acme.id}`.execute(tx)
      signingIn = enter('sub-late')
      await until(isWaiting)
    })
    const late = await signingIn
    assert.deepEqual([late?.reply.status, /doesn’t manage accounts/.test(late?.reply.body.error)], [409, true])
    await sql`update organizations set managed_since = ${since}::timestamptz where id = ${acme.id}`.execute(hub.db)
  })
})

async function isWaiting(): Promise<boolean> {
  const { rows } = await sql`select from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`.execute(hub.db)
  return rows.length > 0
}

describe('converting back', () => {
  test('the accounts are the people’s own: they set a password, and SCIM is at the Basic base', async () => {
    const { planHash, counts, people } = await plan(false)
    assert.ok(counts.released > 0)
    assert.ok(people.some((p: { user: string; outcome: string }) => p.user === 'mia' && p.outcome === 'released'))
    const result = await done(applyPlan(false, planHash))
    assert.equal(result.managed, false)
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'mia@example.org')
    assert.equal(mail?.subject, 'acme no longer manages your account')
    await done(hub.request(undefined, 'POST', '/api/password-reset', { email: 'mia@example.org' }))
    assert.match((await hub.mails()).at(-1)?.subject ?? '', /password/i)
    assert.equal((await hub.request(undefined, 'POST', at('/sso/managed/sign-in'), {})).status, 409)
    const account = await done(hub.request(miaToken, 'GET', '/api/settings/account'))
    assert.equal(account.managedBy, null)
    assert.equal((await lastEvent())?.type, 'org.settings.sso.convert')
  })
})
