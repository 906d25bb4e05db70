import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { clientSecret, startProvider } from '../openid-provider.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', mia: 'write', ext: 'read' })
const orgId = acme.id
const people: Record<string, Person> = { ...acme.people }
people.nel = await hub.person('nel')
await hub.organization('lab', { lea: 'admin' })
const provider = await startProvider(`${hub.url}/sso/acme/callback`)
const ada = await signedIn(hub, 'ada')
await hub.request(people.ada, 'POST', '/api/repos/create', { name: 'secret', organization: 'acme', private: true })

const at = (org: string, tail: string) => `/api/organizations/${org}${tail}`

async function done(reply: ReturnType<Visitor['send']>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

/** Signs in at the provider as someone, and completes it in a browser. */
async function signInAs(who: Visitor, subject: string, start = '/sso/sign-in') {
  provider.current = subject
  const { location } = await done(
    who.send('POST', at('acme', start), start.endsWith('/test') ? {} : { returnTo: '/acme/secret' }),
  )
  return who.send('POST', at('acme', '/sso/complete'), { query: await provider.answer(location) })
}

const settings = (more: Record<string, unknown> = {}) => ({
  protocol: 'oidc',
  oidc: { issuer: provider.issuer, clientId: 'guildhall', clientSecret },
  emailDomains: ['example.org'],
  rolePath: 'roles',
  roleMapping: [
    { value: 'boss', role: 'admin' },
    { value: 'staff', role: 'write' },
  ],
  ...more,
})

const roleOf = async (name: string) => (await done(ada.send('GET', at('acme', `/members/${name}`)))).role
const lastEvent = async (scope = orgId) => (await hub.events(scope)).at(-1)

describe('before SSO is on', () => {
  it('is set up, and refuses what would lock people out', async () => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [settings({ roleMapping: [{ value: 'staff', role: 'write' }] }), /must map at least one value to admin/],
      [
        settings({ oidc: { issuer: 'https://x.example', clientId: 'c', tokenEndpoint: 'https://x.example/t' } }),
        /or none of them/,
      ],
      [
        settings({ groupPath: 'groups', groupMapping: [{ value: 'g', group: '0'.repeat(24), role: 'read' }] }),
        /not the ID of a resource group/,
      ],
    ]
    for (const [body, words] of cases) {
      const reply = await ada.send('PUT', at('acme', '/settings/sso'), body)
      assert.deepEqual([reply.status, words.test(reply.body.error)], [400, true], JSON.stringify(reply.body))
    }
    const saved = await done(ada.send('PUT', at('acme', '/settings/sso'), settings()))
    assert.equal(saved.oidc.hasClientSecret, true)
    assert.ok(!JSON.stringify(saved).includes(clientSecret))
    assert.equal(saved.missing.length, 2)
    const oidc = { issuer: provider.issuer, clientId: 'guildhall' }
    assert.equal(
      (await done(ada.send('PUT', at('acme', '/settings/sso'), settings({ oidc })))).oidc.hasClientSecret,
      true,
    )
    const endpoint = (name: string) => `https://elsewhere.example/${name}`
    const pasted = {
      ...{ authorizationEndpoint: endpoint('auth'), tokenEndpoint: endpoint('token'), jwksUri: endpoint('jwks') },
    }
    for (const changed of [{ issuer: 'https://elsewhere.example' }, { clientId: 'other' }, pasted]) {
      const reply = await ada.send('PUT', at('acme', '/settings/sso'), settings({ oidc: { ...oidc, ...changed } }))
      assert.deepEqual([reply.status, /clientSecret: is required/.test(reply.body.error)], [400, true])
    }
    assert.equal((await ada.send('PUT', at('acme', '/settings/sso/mode'), { mode: 'enforced' })).status, 409)
    assert.equal((await lastEvent())?.type, 'org.settings.sso')
  })

  it('shows in a test what the provider sent and what it would come to, and changes nothing', async () => {
    provider.claims['sub-ada'] = { email: 'someone@example.org', email_verified: true, roles: ['staff'] }
    assert.equal((await done(signInAs(ada, 'sub-ada', '/settings/sso/test'))).outcome, 'tested')
    const failed = (await done(ada.send('GET', at('acme', '/settings/sso')))).lastTest
    assert.equal(failed.succeeded, false)
    assert.match(failed.report.problems[0], /doesn’t have this verified email address/)
    provider.claims['sub-ada'] = { email: 'Ada@example.org', email_verified: true, roles: ['staff', 'boss'] }
    await done(signInAs(ada, 'sub-ada', '/settings/sso/test'))
    const { lastTest, linked, mode } = await done(ada.send('GET', at('acme', '/settings/sso')))
    assert.deepEqual(
      [lastTest.succeeded, lastTest.report.role, lastTest.report.email],
      [true, 'admin', 'ada@example.org'],
    )
    assert.deepEqual(lastTest.report.attributes.roles, ['staff', 'boss'])
    assert.deepEqual([linked, mode], [0, 'off'])
  })

  it('keeps a test to preview mappings with, but does not count it once the settings have changed', async () => {
    const changed = await done(ada.send('PUT', at('acme', '/settings/sso'), settings({ sessionTimeoutMinutes: 600 })))
    assert.deepEqual([changed.lastTest.succeeded, changed.lastTest.isCurrent], [true, false])
    assert.deepEqual(changed.lastTest.report.attributes.roles, ['staff', 'boss'])
    assert.match(changed.missing[0], /Run a test sign-in/)
    await done(signInAs(ada, 'sub-ada', '/settings/sso/test'))
    const { lastTest } = await done(ada.send('GET', at('acme', '/settings/sso')))
    assert.deepEqual([lastTest.succeeded, lastTest.isCurrent], [true, true])
  })

  it('is enforced by an admin who tested it, once there is a way in without it', async () => {
    const refused = await ada.send('PUT', at('acme', '/settings/sso/mode'), { mode: 'enforced' })
    assert.match(refused.body.error, /break-glass admins|one-time codes/)
    assert.equal((await ada.send('PUT', at('acme', '/settings/sso/break-glass'), { admins: ['mia'] })).status, 400)
    await done(ada.send('PUT', at('acme', '/settings/sso/break-glass'), { admins: ['ada', 'amy'] }))
    const { mode, missing } = await done(ada.send('PUT', at('acme', '/settings/sso/mode'), { mode: 'enforced' }))
    assert.deepEqual([mode, missing], ['enforced', []])
    assert.equal((await lastEvent())?.type, 'org.settings.sso.enable')
  })
})

describe('enforced', () => {
  it('walls members without an SSO session, in the browser and with tokens, and no one else', async () => {
    const mia = await signedIn(hub, 'mia')
    const refused = await mia.send('GET', '/api/models/acme/secret')
    assert.deepEqual([refused.status, refused.headers.get('x-error-code')], [403, 'SsoRequired'])
    const byToken = await hub.request(people.mia, 'GET', '/api/models/acme/secret')
    assert.equal(byToken.status, 403)
    assert.ok(byToken.body.error.endsWith(`${hub.url}/sso/acme`), byToken.body.error)
    const org = await done(mia.send('GET', at('acme', '')))
    assert.deepEqual(org.blockedBy, ['sso'])
    const { orgs } = await done(mia.send('GET', '/api/whoami-v2'))
    assert.deepEqual(orgs[0].securityRestrictions, ['sso'])
    assert.equal((await ada.send('GET', '/api/models/acme/secret')).status, 200, 'who enforced it is in')
    assert.equal(
      (await hub.request(people.nel, 'GET', '/api/models/acme/secret')).status,
      404,
      'strangers learn nothing',
    )
  })

  it('lets external collaborators skip it, until that ends', async () => {
    const read = () => hub.request(people.ext, 'GET', '/api/models/acme/secret')
    assert.equal((await read()).status, 403)
    await done(ada.send('PUT', at('acme', '/settings/sso/external/ext'), { isExternalCollaborator: true }))
    assert.equal((await read()).status, 200)
    await done(ada.send('PUT', at('acme', '/settings/sso/external/ext'), { isExternalCollaborator: false }))
    assert.equal((await read()).status, 403)
  })

  it('signs in, maps the role, and brings the person back', async () => {
    const mia = await signedIn(hub, 'mia')
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: ['boss'] }
    const completed = await done(signInAs(mia, 'sub-mia'))
    assert.deepEqual(completed, { outcome: 'signed_in', returnTo: '/acme/secret', role: 'admin' })
    assert.equal((await mia.send('GET', '/api/models/acme/secret')).status, 200)
    assert.equal((await hub.request(people.mia, 'GET', '/api/models/acme/secret')).status, 200, 'tokens work again')
    const elsewhere = await signedIn(hub, 'mia')
    assert.equal((await elsewhere.send('GET', '/api/models/acme/secret')).status, 403, 'another browser has no session')
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: ['nothing'] }
    await done(signInAs(mia, 'sub-mia'))
    assert.equal(await roleOf('mia'), 'read', 'the default role where nothing maps')
  })

  it('sets the resource groups of SSO with each sign-in, and leaves those given by hand', async () => {
    const one = await done(ada.send('POST', at('acme', '/resource-groups'), { name: 'one' }))
    const two = await done(ada.send('POST', at('acme', '/resource-groups'), { name: 'two' }))
    await done(
      ada.send('POST', at('acme', `/resource-groups/${two.id}/users`), { users: [{ user: 'mia', role: 'read' }] }),
    )
    const groupMapping = [{ value: 'g1', group: one.id, role: 'write' }]
    await done(ada.send('PUT', at('acme', '/settings/sso'), settings({ groupPath: 'groups', groupMapping })))
    const mia = await signedIn(hub, 'mia')
    const sources = async () => {
      const rows = await hub.db
        .selectFrom('group_roles')
        .selectAll()
        .where('user_id', '=', people.mia?.id ?? '')
        .execute()
      return rows.map(({ group_id, source, role }) => [group_id === one.id ? 'one' : 'two', source, role]).sort()
    }
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: [], groups: ['g1'] }
    await done(signInAs(mia, 'sub-mia'))
    assert.deepEqual(await sources(), [
      ['one', 'sso', 'write'],
      ['two', 'manual', 'read'],
    ])
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: [] }
    await done(signInAs(mia, 'sub-mia'))
    assert.deepEqual(await sources(), [['two', 'manual', 'read']])
  })

  it('brings a newcomer in by the join link, and refuses invite links', async () => {
    const refused = await ada.send('POST', at('acme', '/invite-links'), { role: 'read', expiresInDays: 7 })
    assert.equal(refused.status, 409)
    assert.match(refused.body.error, /\/sso\/acme/)
    const nel = await signedIn(hub, 'nel')
    provider.claims['sub-nel'] = { email: 'nel@example.org', email_verified: true, roles: ['staff'] }
    assert.deepEqual(await done(signInAs(nel, 'sub-nel')), {
      outcome: 'joined',
      returnTo: '/acme/secret',
      role: 'write',
    })
    assert.equal((await lastEvent())?.type, 'org.sso_join')
    assert.equal(await roleOf('nel'), 'write')
  })

  it('links one account to one identity, until an admin unlinks it', async () => {
    const nel = await signedIn(hub, 'nel')
    provider.claims['sub-other'] = { email: 'nel@example.org', email_verified: true, roles: ['staff'] }
    assert.equal((await signInAs(nel, 'sub-other')).status, 409)
    await done(ada.send('DELETE', at('acme', '/settings/sso/identities/nel')))
    assert.equal((await hub.request(people.nel, 'GET', '/api/models/acme/secret')).status, 403, 'sessions ended')
    assert.equal((await done(signInAs(nel, 'sub-other'))).outcome, 'signed_in')
  })

  it('keeps the last admin, whatever the mapping says', async () => {
    const [first, second] = [await signedIn(hub, 'amy'), ada]
    provider.claims['sub-amy'] = { email: 'amy@example.org', email_verified: true, roles: ['staff'] }
    await done(signInAs(first, 'sub-amy'))
    assert.equal(await roleOf('amy'), 'write')
    provider.claims['sub-ada'] = { email: 'ada@example.org', email_verified: true, roles: ['staff'] }
    assert.equal((await done(signInAs(second, 'sub-ada'))).role, 'admin')
    assert.match((await lastEvent())?.message ?? '', /kept the admin role as the last active admin/)
  })

  it('gets an admin in without SSO for an hour, to the pages that repair it', async () => {
    const browser = await signedIn(hub, 'ada')
    assert.equal((await browser.send('GET', at('acme', '/settings/sso'))).status, 403)
    await done(browser.send('POST', at('acme', '/sso/break-glass'), {}))
    assert.equal((await browser.send('GET', at('acme', '/settings/sso'))).status, 200)
    assert.equal((await browser.send('GET', at('acme', '/members-summary'))).status, 200)
    assert.equal((await browser.send('GET', '/api/models/acme/secret')).status, 403)
    assert.equal((await browser.send('GET', at('acme', '/settings/tokens'))).status, 403)
    assert.equal((await lastEvent())?.type, 'org.sso_break_glass')
    assert.ok((await hub.mails()).some(({ subject }) => subject === 'ada got into acme without SSO'))
    hub.moveClock(61 * 60_000)
    assert.equal((await browser.send('GET', at('acme', '/settings/sso'))).status, 403)
    hub.moveClock(0)
    const mia = await signedIn(hub, 'mia')
    assert.equal((await mia.send('POST', at('acme', '/sso/break-glass'), {})).status, 403, 'only admins')
  })

  it('says in a break-glass session what it reaches, and offers nothing else', async () => {
    const browser = await signedIn(hub, 'ada')
    const before = await done(browser.send('GET', at('acme', '')))
    assert.deepEqual(before.sso, { mode: 'enforced', isSignedIn: false, breakGlassUntil: null })
    const { until } = await done(browser.send('POST', at('acme', '/sso/break-glass'), {}))
    const { may, sso } = await done(browser.send('GET', at('acme', '')))
    assert.deepEqual(sso, { mode: 'enforced', isSignedIn: false, breakGlassUntil: until })
    for (const action of ['sso.update', 'member.changeRole', 'audit.search'])
      assert.ok(may.includes(action), `may ${action}`)
    for (const action of ['org.updateSettings', 'orgToken.list', 'invitation.create', 'repo.create'])
      assert.ok(!may.includes(action), `may not ${action}`)
  })

  it('ends the SSO sessions of a person in all browsers when they sign out of SSO', async () => {
    const [here, there] = [await signedIn(hub, 'mia'), await signedIn(hub, 'mia')]
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: [] }
    for (const browser of [here, there]) await done(signInAs(browser, 'sub-mia'))
    const [mine] = await done(here.send('GET', '/api/settings/sso'))
    assert.equal(mine.organization, 'acme')
    assert.ok(mine.sessions >= 2 && mine.sessionUntil !== null)
    assert.equal((await hub.request(people.mia, 'DELETE', at('acme', '/sso/sessions'))).status, 403, 'not with a token')
    assert.deepEqual(await done(here.send('DELETE', at('acme', '/sso/sessions'))), { ended: mine.sessions })
    assert.equal((await lastEvent())?.type, 'org.sso_logout')
    for (const browser of [here, there])
      assert.equal((await browser.send('GET', '/api/models/acme/secret')).status, 403)
    assert.equal((await hub.request(people.mia, 'GET', '/api/models/acme/secret')).status, 403)
    assert.deepEqual(await done(here.send('DELETE', at('acme', '/sso/sessions'))), { ended: 0 })
    const nel = await signedIn(hub, 'nel')
    assert.equal((await nel.send('DELETE', at('lab', '/sso/sessions'))).status, 403, 'only members')
  })

  it('gets an admin in with a one-time code, once', async () => {
    const { codes } = await done(ada.send('POST', at('acme', '/settings/sso/break-glass/codes'), {}))
    await done(ada.send('PUT', at('acme', '/settings/sso/break-glass'), { admins: [] }))
    const browser = await signedIn(hub, 'ada')
    assert.equal((await browser.send('POST', at('acme', '/sso/break-glass'), {})).status, 403)
    await done(browser.send('POST', at('acme', '/sso/break-glass'), { code: codes[0] }))
    assert.equal((await browser.send('POST', at('acme', '/sso/break-glass'), { code: codes[0] })).status, 403)
    assert.equal((await done(browser.send('GET', at('acme', '/settings/sso')))).breakGlass.codesLeft, 9)
  })

  it('makes an admin by a mapping from before the last admin was lost, on probation, and by no later one', async () => {
    const mia = await signedIn(hub, 'mia')
    provider.claims['sub-mia'] = { email: 'mia@example.org', email_verified: true, roles: ['boss'] }
    await done(hub.console('PATCH', '/api/operator/people/ada', { suspended: true }) as ReturnType<Visitor['send']>)
    await hub.db
      .updateTable('sso_configs')
      .set({ mapping_changed_at: new Date(Date.now() + 60_000) })
      .where('org_id', '=', orgId)
      .execute()
    assert.equal((await done(signInAs(mia, 'sub-mia'))).role, 'read')
    await hub.db
      .updateTable('sso_configs')
      .set({ mapping_changed_at: new Date(0), configured_at: new Date(0) })
      .where('org_id', '=', orgId)
      .execute()
    assert.equal((await done(signInAs(mia, 'sub-mia'))).role, 'admin')
    const row = await hub.db
      .selectFrom('memberships')
      .selectAll()
      .where('org_id', '=', orgId)
      .where('user_id', '=', people.mia?.id ?? '')
      .executeTakeFirstOrThrow()
    assert.ok(row.probation_until !== null && row.probation_until > new Date())
    assert.equal((await mia.send('DELETE', at('acme', '/settings/sso'))).status, 403, 'not during probation')
  })
})
