// Which admins an organization can count on while SSO is enforced, and how it gets one again by a role mapping.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { holding } from '../holding.ts'
import { startTestHub } from '../hub.ts'
import { clientSecret, startProvider } from '../openid-provider.ts'
import { signedIn, type Visitor } from '../visitor.ts'
import { untilWaiting } from '../waiting.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
await hub.person('opal', { operator: true })
const { id: orgId, people } = await hub.organization('acme', {
  ada: 'admin',
  amy: 'admin',
  mia: 'write',
  ned: 'read',
})
const provider = await startProvider(`${hub.url}/sso/acme/callback`)
const [ada, amy] = [await signedIn(hub, 'ada'), await signedIn(hub, 'amy')]
const at = (tail: string) => `/api/organizations/acme${tail}`

async function done(reply: ReturnType<Visitor['send']>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

async function signInAs(who: Visitor, name: string, roles: string[], start = '/sso/sign-in') {
  provider.current = name
  provider.claims[name] = { email: `${name}@example.org`, email_verified: true, roles }
  const { location } = await done(who.send('POST', at(start), {}))
  return done(who.send('POST', at('/sso/complete'), { query: await provider.answer(location) }))
}

const usable = async (by = ada) => (await done(by.send('GET', at('/members-summary')))).usableAdmins

async function refusedAsLast(reply: ReturnType<Visitor['send']>, words = /once they have signed in with SSO/) {
  const events = (await hub.events(orgId)).length
  const { status, body, headers } = await reply
  assert.deepEqual([status, headers.get('x-error-code')], [403, 'LastAdmin'], JSON.stringify(body))
  assert.match(body.error, words)
  assert.equal((await hub.events(orgId)).length, events)
}

describe('admins while SSO is enforced', () => {
  it('counts only admins who have a way in', async () => {
    const oidc = { issuer: provider.issuer, clientId: 'guildhall', clientSecret }
    const roleMapping = [
      { value: 'boss', role: 'admin' },
      { value: 'staff', role: 'write' },
    ]
    const emailDomains = ['example.org']
    await done(
      ada.send('PUT', at('/settings/sso'), { protocol: 'oidc', oidc, emailDomains, rolePath: 'roles', roleMapping }),
    )
    assert.equal(await usable(), 2)
    await signInAs(ada, 'ada', ['boss'], '/settings/sso/test')
    await done(ada.send('POST', at('/settings/sso/break-glass/codes'), {}))
    await done(ada.send('PUT', at('/settings/sso/mode'), { mode: 'enforced' }))
    assert.equal(await usable(), 1, 'amy has never signed in with SSO, and a code counts for no one')
    const alone = (await hub.mails()).filter(({ subject }) => subject === 'You are the only admin of acme')
    assert.deepEqual(
      alone.map(({ recipient }) => recipient),
      ['ada@example.org'],
    )
  })

  it('keeps the last of them, although another member has the role', async () => {
    await refusedAsLast(ada.send('DELETE', at('/members/ada')))
    await refusedAsLast(ada.send('PUT', at('/members/ada/role'), { role: 'write' }))
    await refusedAsLast(ada.send('DELETE', at('/settings/sso/identities/ada')))
    const { problems } = await done(ada.send('POST', at('/members/ada/offboard'), { mode: 'plan', reason: 'test' }))
    assert.deepEqual(
      problems.map(({ code }: { code: string }) => code),
      ['LastAdmin'],
    )
  })

  it('counts break-glass admins, and does not let the last of them go', async () => {
    await done(ada.send('PUT', at('/settings/sso/break-glass'), { admins: ['amy'] }))
    assert.equal(await usable(), 2)
    await done(ada.send('DELETE', at('/settings/sso/identities/ada')))
    await done(ada.send('POST', at('/sso/break-glass'), { code: await oneCode() }))
    assert.equal(await usable(), 1)
    await refusedAsLast(ada.send('PUT', at('/settings/sso/break-glass'), { admins: [] }))
  })

  it('counts who signs in with SSO, and external collaborators', async () => {
    await signInAs(ada, 'ada', ['boss'])
    await done(ada.send('PUT', at('/settings/sso/break-glass'), { admins: [] }))
    assert.equal(await usable(), 1)
    await done(ada.send('PUT', at('/settings/sso/external/amy'), { isExternalCollaborator: true }))
    assert.equal(await usable(), 2)
    await done(amy.send('DELETE', at('/settings/sso/identities/ada')))
    await refusedAsLast(amy.send('PUT', at('/settings/sso/external/amy'), { isExternalCollaborator: false }))
    await signInAs(ada, 'ada', ['boss'])
    await done(ada.send('PUT', at('/settings/sso/external/amy'), { isExternalCollaborator: false }))
    await signInAs(amy, 'amy', ['boss'])
    assert.equal(await usable(), 2)
  })
})

async function oneCode(): Promise<string> {
  // Those from before are printed, not kept: new ones need a session that gets in
  await signInAs(ada, 'ada', ['boss'])
  const { codes } = await done(ada.send('POST', at('/settings/sso/break-glass/codes'), {}))
  await done(ada.send('DELETE', at('/settings/sso/identities/ada')))
  return codes[0]
}

describe('a change under way while the identity provider ends the session', () => {
  const cases: [string, (what: object) => Promise<{ status: number; body: { error: string } }>][] = [
    ['in a browser', (what) => ada.send('PATCH', at(''), what)],
    ['with a token', (what) => hub.request(people.ada, 'PATCH', at(''), what)],
  ]
  for (const [name, send] of cases)
    it(`is refused ${name}`, async () => {
      await signInAs(ada, 'ada', ['boss'])
      const ended = await holding(hub.db, (tx) =>
        tx
          .deleteFrom('sso_sessions')
          .where('user_id', '=', people.ada?.id ?? '')
          .execute(),
      )
      const reply = send({ details: `changed ${name}` })
      const waited = await untilWaiting(hub.db, reply)
      await ended.release()
      assert.ok(waited, 'the change waits')
      const { status, body } = await reply
      assert.equal(status, 403, JSON.stringify(body))
      assert.match(body.error, /single sign-on \(SSO\)/)
      await signInAs(ada, 'ada', ['boss'])
      assert.notEqual((await done(ada.send('GET', at('')))).details, `changed ${name}`)
    })
})

describe('an organization whose admins left', () => {
  it('gets an admin again by the role mapping, on probation, and those concerned are told', async () => {
    const mia = await signedIn(hub, 'mia')
    await signInAs(mia, 'mia', ['staff'])
    for (const name of ['amy', 'ada'])
      await done(
        hub.console('PATCH', `/api/operator/people/${name}`, { suspended: true }) as ReturnType<Visitor['send']>,
      )
    const health = async () => (await done(mia.send('GET', at('/successors')))).health
    assert.equal(await health(), 'adminless')
    const told = (await hub.mails()).length

    assert.equal((await signInAs(mia, 'mia', ['boss'])).role, 'admin')
    assert.equal(await health(), 'at_risk')
    const mails = (await hub.mails()).slice(told).filter(({ subject }) => subject === 'mia is now an admin of acme')
    assert.deepEqual(mails.map(({ recipient }) => recipient).sort(), [
      'ada@example.org',
      'amy@example.org',
      'mia@example.org',
      'opal@example.org',
    ])
    const events = (await hub.events(orgId)).slice(-3).map(({ type }) => type)
    assert.deepEqual(events, ['org.change_role', 'org.sso_login', 'org.recovery.complete'])
    const { body } = await mia.send('PUT', at('/settings/sso/mode'), { mode: 'off' })
    assert.match(body.error, /probation/)
    await done(mia.send('PUT', at('/members/ned/role'), { role: 'write' }))
  })
})
