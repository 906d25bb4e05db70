// SAML over the wire: what an admin sets, what an identity provider posts, and what becomes of everything else it could post.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { now, secondsFromNow } from '../../server/kernel/clock.ts'
import { digest, randomText } from '../../server/kernel/secret.ts'
import { createServiceProviderKey } from '../../server/sso/saml/service-provider.ts'
import { beginSaml } from '../../server/sso/saml-answer.ts'
import { refreshStaleMetadata } from '../../server/sso/saml-refresh.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { attacks } from '../saml/attacks.ts'
import {
  bothSides,
  idpMetadata,
  type Keys,
  posted,
  providerWith,
  requestId,
  requestIn,
  type Sides,
  signedAnswer,
} from '../saml/idp.ts'
import { signedIn, type Visitor } from '../visitor.ts'

suite('SAML', () => {
  let hub: TestHub
  let admin: Visitor
  let member: Person
  let sides: Sides
  let other: Keys
  let orgId: string
  let sessionId: string
  const settings = '/api/organizations/acme/settings/sso/saml'

  before(async () => {
    hub = await startTestHub({ privateNetworks: ['127.0.0.0/8'] })
    const { id, people } = await hub.organization('acme', { ada: 'admin', bea: 'write' })
    ;[orgId, member] = [id, people.bea as Person]
    admin = await signedIn(hub, 'ada')
    other = await createServiceProviderKey('other.test')
    await hub.request(undefined, 'POST', '/api/login', { username: 'bea', password: member.password })
    sessionId = await newestSession(hub, member.id)
  })

  // What the sign-in of a member writes before it sends the browser away.
  const begin = async (isTest = false) => {
    const state = randomText(32)
    const row = { state_hash: digest(state), org_id: orgId, user_id: member.id, session_id: sessionId, is_test: isTest }
    const rest = {
      protocol: 'saml',
      request_id: requestId,
      return_to: '/acme',
      created_at: now(),
      expires_at: secondsFromNow(600),
    }
    await hub.db
      .insertInto('sso_pending')
      .values({ ...row, ...rest })
      .execute()
    return state
  }
  const post = (SAMLResponse: string, RelayState?: string) =>
    fetch(`${hub.url}/sso/acme/acs`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://idp.test', 'sec-fetch-site': 'cross-site', accept: 'text/html' },
      body: new URLSearchParams({ SAMLResponse, ...(RelayState === undefined ? {} : { RelayState }) }),
    })
  const pendingOf = (state: string) =>
    hub.db.selectFrom('sso_pending').selectAll().where('state_hash', '=', digest(state)).executeTakeFirst()

  test('an admin sets the identity provider by its metadata, and finds what that needs to know', async () => {
    sides = await bothSides()
    const empty = await admin.send('GET', settings)
    assert.deepEqual([empty.status, empty.body.identityProvider, empty.body.certificate], [200, null, null])
    assert.equal((await hub.request(undefined, 'GET', '/sso/acme/metadata')).status, 404)
    const bad = await admin.send('PUT', settings, { metadata: '<a/>' })
    assert.deepEqual([bad.status, bad.body.fields[0].field], [400, 'metadata'])
    assert.equal((await admin.send('PUT', settings, {})).status, 400)
    assert.equal((await hub.request(member, 'PUT', settings, { metadata: idpMetadata(sides) })).status, 403)

    const set = await admin.send('PUT', settings, { metadata: idpMetadata(sides) })
    assert.equal(set.status, 200, JSON.stringify(set.body))
    const [certificate] = sides.idp.certificates
    assert.deepEqual(set.body.identityProvider, {
      entityId: sides.idp.entityId,
      ssoUrl: sides.idp.ssoUrl,
      certificates: [
        {
          subject: certificate?.subject,
          fingerprint: certificate?.fingerprint,
          notBefore: certificate?.notBefore.toISOString(),
          expiresAt: certificate?.notAfter.toISOString(),
        },
      ],
      metadataUrl: null,
      fetchedAt: null,
    })
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.settings.sso')
    const xml = await (await fetch(`${hub.url}/sso/acme/metadata`)).text()
    assert.ok(xml.includes(`entityID="${set.body.entityId}"`) && xml.includes(`Location="${set.body.acsUrl}"`))
    const { entityId, acsUrl } = set.body
    sides = { ...sides, sp: { ...sides.sp, entityId, acsUrl, certificate: set.body.certificate.pem } }
    const again = await admin.send('PUT', settings, { metadata: idpMetadata(sides) })
    assert.equal(again.body.certificate.pem, sides.sp.certificate, 'the own certificate stays')
  })

  test('a sign-in begins with a signed request, which the response must name', async () => {
    const { key } = hub.running.server.hub
    const begun = await beginSaml(
      hub.db,
      { key, publicUrl: hub.running.publicUrl },
      { id: orgId, name: 'acme' },
      { relayState: 'state1', asksAgain: false },
    )
    const address = new URL(begun.location)
    const request = inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
    assert.ok(begun.location.startsWith(`${sides.idp.ssoUrl}?`))
    assert.ok(request.includes(`ID="${begun.requestId}"`) && request.includes(sides.sp.acsUrl))
    assert.deepEqual([address.searchParams.get('RelayState'), address.searchParams.has('Signature')], ['state1', true])
  })

  test('a checked response is kept until the browser comes back, and counts once', async () => {
    const state = await begin()
    const answer = posted(signedAnswer(sides, now()))
    const reply = await post(answer, state)
    assert.equal(reply.status, 302)
    assert.equal(reply.headers.get('location'), `${hub.running.publicUrl}/sso/acme/callback?state=${state}`)
    assert.equal(reply.headers.get('set-cookie'), null)
    assert.ok((await pendingOf(state))?.identity)

    assert.equal((await post(answer, state)).status, 403, 'the sign-in was answered')
    const replayed = await begin()
    const refused = await post(answer, replayed)
    assert.equal(refused.status, 403)
    assert.match(await refused.text(), /already used/)
    assert.equal(await pendingOf(replayed), undefined)
  })

  test('a sign-in that starts at the identity provider is refused with a page', async () => {
    const reply = await post(posted(signedAnswer(sides, now(), { id: '_unsolicited' })))
    assert.equal(reply.status, 403)
    assert.match(reply.headers.get('content-type') ?? '', /text\/html/)
    assert.match(await reply.text(), /must start in Guildhall/)
    const last = (await hub.events('instance')).at(-1)
    assert.deepEqual([last?.type, last?.data.reason], ['session.fail', 'unsolicited'])
  })

  // Refused by its size alone, before it is known which sign-in it answers
  const unread = ['huge']

  test('nothing else signs a person in: a 4xx, no session, one event', async () => {
    for (const [name, samlResponse, reason] of await attacks(sides, other, now())) {
      const state = await begin()
      const reply = await post(samlResponse, state)
      assert.ok(reply.status >= 400 && reply.status < 500, `${name}: ${reply.status}`)
      const page = await reply.text()
      assert.ok(!/<script|node_modules|\bat \//.test(page), name)
      if (!unread.includes(name)) {
        assert.equal(reply.status, 403, name)
        const last = (await hub.events(orgId)).at(-1)
        assert.deepEqual([last?.type, last?.data.reason], ['org.sso_fail', reason], name)
        assert.equal(await pendingOf(state), undefined, name)
      }
    }
    assert.deepEqual(await hub.db.selectFrom('sso_sessions').selectAll().execute(), [])
  })

  test('a test sign-in says what was wrong in detail', async () => {
    const answer = posted(signedAnswer(sides, now(), { id: '_wrong', entityId: 'https://wrong.test' }))
    assert.doesNotMatch(await (await post(answer, await begin())).text(), /wrong\.test/)
    assert.match(await (await post(answer, await begin(true))).text(), /wrong\.test/)
  })

  test('the metadata is fetched by URL, and again every day', async () => {
    let metadata = idpMetadata(sides)
    const site = createServer((_request, reply) => reply.end(metadata)).listen(0, '127.0.0.1')
    after(() => site.close())
    await new Promise((done) => site.once('listening', done))
    const address = site.address()
    const metadataUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/metadata`
    assert.equal((await admin.send('PUT', settings, { metadataUrl })).status, 200)

    metadata = idpMetadata({ idp: providerWith(sides.keys, other) })
    const refreshed = await admin.send('POST', `${settings}/refresh`)
    assert.equal(refreshed.body.identityProvider.certificates.length, 2)
    const { outbound } = hub.running.server.hub
    metadata = idpMetadata({ idp: providerWith(other) })
    await refreshStaleMetadata(hub.db, outbound)
    assert.equal((await admin.send('GET', settings)).body.identityProvider.certificates.length, 2)
    hub.moveClock(25 * 3_600_000)
    await refreshStaleMetadata(hub.db, outbound)
    hub.moveClock(0)
    const { body } = await admin.send('GET', settings)
    assert.deepEqual(
      body.identityProvider.certificates.map((one: { fingerprint: string }) => one.fingerprint),
      providerWith(other).certificates.map(({ fingerprint }) => fingerprint),
    )

    metadata = metadata.replace('https://idp.test/metadata', 'https://evil.test')
    const changed = await admin.send('POST', `${settings}/refresh`)
    assert.equal(changed.status, 409)
    metadata = 'no'
    assert.equal((await admin.send('POST', `${settings}/refresh`)).status, 400)
  })

  test('a member signs in: linked, mapped, and with a session', async () => {
    await admin.send('PUT', settings, { metadata: idpMetadata(sides) })
    const roleMapping = [
      { value: 'admins', role: 'admin' },
      { value: 'research', role: 'contributor' },
    ]
    const rules = { protocol: 'saml', emailDomains: ['example.org'], rolePath: 'groups', roleMapping }
    const set = await admin.send('PUT', '/api/organizations/acme/settings/sso', rules)
    assert.equal(set.status, 200, JSON.stringify(set.body))
    await hub.db.updateTable('organizations').set({ sso_mode: 'optional' }).where('id', '=', orgId).execute()
    const browser = await signedIn(hub, 'bea')
    const answered = async (groups: string[], id: string) => {
      const begun = await browser.send('POST', '/api/organizations/acme/sso/sign-in', {})
      assert.equal(begun.status, 200, JSON.stringify(begun.body))
      const { requestId: asked, relayState } = requestIn(begun.body.location)
      const named = { requestId: asked, nameId: member.email, id, attributes: { groups } }
      const reply = await post(posted(signedAnswer(sides, now(), named)), relayState)
      assert.equal(reply.status, 302, await reply.text())
      return new URL(reply.headers.get('location') ?? '').search
    }
    const complete = (query: string, by = browser) => by.send('POST', '/api/organizations/acme/sso/complete', { query })

    const query = await answered(['research'], '_first')
    assert.equal((await complete(query, admin)).status, 400, 'another browser')
    const done = await complete(query)
    assert.deepEqual([done.status, done.body.outcome, done.body.role], [200, 'signed_in', 'contributor'])
    assert.equal((await complete(query)).status, 400, 'once')
    assert.equal((await complete(await answered(['research', 'admins'], '_second'))).body.role, 'admin')
    const [session] = await hub.db.selectFrom('sso_sessions').selectAll().execute()
    assert.deepEqual([session?.subject, session?.sid], [member.email, '_session1'])
  })

  test('another identity provider is refused while single sign-on is on', async () => {
    await hub.db.updateTable('organizations').set({ sso_mode: 'optional' }).where('id', '=', orgId).execute()
    const metadata = idpMetadata(sides).replace('https://idp.test/metadata', 'https://evil.test')
    assert.equal((await admin.send('PUT', settings, { metadata })).status, 409)
    assert.equal((await admin.send('PUT', settings, { metadata: idpMetadata(sides) })).status, 200)
  })
})

async function newestSession(hub: TestHub, userId: string): Promise<string> {
  const { id } = await hub.db
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  return id
}
