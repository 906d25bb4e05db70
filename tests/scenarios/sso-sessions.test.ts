// How SSO sessions end, which logout tokens end them, and what goes on while the identity provider is down.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JWTPayload } from 'jose'
import { type Person, startTestHub } from '../hub.ts'
import { startLiar } from '../openid-liar.ts'
import { clientSecret, startProvider } from '../openid-provider.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const { people } = await hub.organization('lab', { lea: 'admin', grace: 'read' })
await hub.organization('acme', { ada: 'admin' })
const grace = people.grace as Person
await hub.request(people.lea, 'POST', '/api/repos/create', { name: 'secret', organization: 'lab', private: true })
const liar = await startLiar()
const provider = await startProvider(`${hub.url}/sso/acme/callback`)

async function done(reply: ReturnType<Visitor['send']>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

async function setUp(org: string, admin: string, oidc: object) {
  const browser = await signedIn(hub, admin)
  const path = `/api/organizations/${org}/settings/sso`
  await done(browser.send('PUT', path, { protocol: 'oidc', oidc, sessionTimeoutMinutes: 60 }))
  await done(browser.send('PUT', `${path}/mode`, { mode: 'optional' }))
  await done(browser.send('POST', `${path}/break-glass/codes`, {}))
  await hub.db.updateTable('organizations').set({ sso_mode: 'enforced' }).where('name', '=', org).execute()
}
await setUp('lab', 'lea', { issuer: liar.issuer, clientId: 'guildhall', clientSecret: 'x' })
await setUp('acme', 'ada', { issuer: provider.issuer, clientId: 'guildhall', clientSecret })

async function complete(who: Visitor) {
  const { location } = await done(who.send('POST', '/api/organizations/lab/sso/sign-in', {}))
  return who.send('POST', '/api/organizations/lab/sso/complete', { query: liar.answer(location) })
}
const read = async (who: Visitor) => (await who.send('GET', '/api/models/lab/secret')).status
const readByToken = async () => (await hub.request(grace, 'GET', '/api/models/lab/secret')).status

describe('an SSO session', () => {
  it('ends after the session timeout, in the browser and for tokens', async () => {
    const browser = await signedIn(hub, 'grace')
    await done(complete(browser))
    assert.deepEqual([await read(browser), await readByToken()], [200, 200])
    hub.moveClock(59 * 60_000)
    assert.deepEqual([await read(browser), await readByToken()], [200, 200])
    hub.moveClock(61 * 60_000)
    assert.deepEqual([await read(browser), await readByToken()], [403, 403])
    hub.moveClock(0)
  })

  it('does not end by a logout token that can’t be trusted', async () => {
    const browser = await signedIn(hub, 'grace')
    await done(complete(browser))
    const at = Math.floor(Date.now() / 1000)
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const good = () => ({ iss: liar.issuer, aud: 'guildhall', iat: at, jti: crypto.randomUUID(), sub: 'grace', events })
    const { jti: _, ...unnamed } = good()
    const { sub: __, ...aboutNoOne } = good()
    const cases: Record<string, JWTPayload> = {
      'another issuer': { ...good(), iss: provider.issuer },
      'another audience': { ...good(), aud: 'other' },
      'no logout event': { ...good(), events: {} },
      'an ID token': { ...good(), nonce: 'x' },
      'one from long ago': { ...good(), iat: at - 1200 },
      'one without an ID': unnamed,
      'one about no one': aboutNoOne,
    }
    const send = async (token: string) =>
      (
        await hub.request(undefined, 'POST', '/sso/lab/backchannel-logout', `logout_token=${token}`, {
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).status
    for (const [name, claims] of Object.entries(cases)) {
      assert.equal(await send(await liar.sign(claims, liar)), 400, name)
      assert.equal(await read(browser), 200, name)
    }
    assert.equal(await send(await liar.sign({ ...good(), sub: 'someone' }, liar)), 200)
    assert.equal(await read(browser), 200, 'another subject')
    assert.equal(await send(await liar.sign(good(), liar)), 200)
    assert.deepEqual([await read(browser), await readByToken()], [403, 403])
  })
})

describe('an answer of another provider', () => {
  it('is refused where the provider says who answers (RFC 9207)', async () => {
    provider.current = 'ada'
    provider.claims.ada = { email: 'ada@example.org', email_verified: true }
    const ada = await signedIn(hub, 'ada')
    const attempt = async (change: (query: URLSearchParams) => void) => {
      const { location } = await done(ada.send('POST', '/api/organizations/acme/sso/sign-in', {}))
      const query = new URLSearchParams(await provider.answer(location))
      change(query)
      return (await ada.send('POST', '/api/organizations/acme/sso/complete', { query: query.toString() })).status
    }
    assert.equal(await attempt((query) => query.set('iss', liar.issuer)), 422)
    assert.equal(await attempt((query) => query.delete('iss')), 422)
    assert.equal(await attempt(() => undefined), 200)
  })
})

describe('while the identity provider is down', () => {
  it('live sessions go on, break-glass works, and nothing else opens', async () => {
    const [inside, outside, lea] = [
      await signedIn(hub, 'grace'),
      await signedIn(hub, 'grace'),
      await signedIn(hub, 'lea'),
    ]
    await done(complete(inside))
    liar.stop()
    assert.deepEqual([await read(inside), await readByToken(), await read(outside)], [200, 200, 403])
    assert.equal((await complete(outside)).status, 422)
    assert.equal(await read(outside), 403)
    assert.equal(await read(lea), 403)
    await hub.db
      .insertInto('sso_break_glass_admins')
      .columns(['org_id', 'user_id', 'added_at'])
      .expression((eb) =>
        eb
          .selectFrom('memberships')
          .where('user_id', '=', people.lea?.id ?? '')
          .select((of) => ['org_id', 'user_id', of.val(new Date()).as('added_at')]),
      )
      .execute()
    await done(lea.send('POST', '/api/organizations/lab/sso/break-glass', {}))
    assert.equal((await lea.send('GET', '/api/organizations/lab/settings/sso')).status, 200)
    assert.equal(await read(lea), 403)
  })
})
