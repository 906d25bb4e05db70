// What an OpenID provider, or someone in its place, can answer that signs no one in.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { JWTPayload } from 'jose'
import { startTestHub } from '../hub.ts'
import { type Liar, startLiar } from '../openid-liar.ts'
import { clientSecret, startProvider } from '../openid-provider.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const { id: labId } = await hub.organization('lab', { lea: 'admin', grace: 'read', eve: 'read' })
await hub.organization('acme', { ada: 'admin' })
// Of acme, which uses it too
const provider = await startProvider(`${hub.url}/sso/acme/callback`)
const liar = await startLiar()
const at = (org: string, tail: string) => `/api/organizations/${org}${tail}`

async function done(reply: ReturnType<Visitor['send']>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

describe('an answer that can’t be trusted', () => {
  let grace: Visitor
  before(async () => {
    const lea = await signedIn(hub, 'lea')
    const oidc = { issuer: liar.issuer, clientId: 'guildhall', clientSecret: 'x' }
    await done(lea.send('PUT', at('lab', '/settings/sso'), { protocol: 'oidc', oidc }))
    await done(lea.send('PUT', at('lab', '/settings/sso/mode'), { mode: 'optional' }))
    grace = await signedIn(hub, 'grace')
    const ada = await signedIn(hub, 'ada')
    const other = { issuer: provider.issuer, clientId: 'guildhall', clientSecret }
    await done(ada.send('PUT', at('acme', '/settings/sso'), { protocol: 'oidc', oidc: other }))
    await done(ada.send('PUT', at('acme', '/settings/sso/mode'), { mode: 'optional' }))
  })

  // A sign-in that grace began at acme, whose provider answered for her
  async function answerOfAcme(): Promise<string> {
    provider.claims.grace = { email: 'grace@example.org', email_verified: true }
    provider.current = 'grace'
    return provider.answer((await done(grace.send('POST', at('acme', '/sso/sign-in'), {}))).location)
  }

  async function attempt(query: (location: string) => string = liar.answer) {
    const { location } = await done(grace.send('POST', at('lab', '/sso/sign-in'), {}))
    return grace.send('POST', at('lab', '/sso/complete'), { query: query(location) })
  }
  const sessions = async () =>
    (await hub.db.selectFrom('sso_sessions').selectAll().where('org_id', '=', labId).execute()).length
  const past = (claims: JWTPayload) => ({ ...claims, exp: 1, iat: 1 })

  it('makes no session, answers 4xx, and is in the log', async () => {
    const whole = { change: (claims: JWTPayload) => claims, make: liar.sign, userinfo: { sub: 'grace' } }
    const cases: Record<string, Partial<Liar>> = {
      'alg none': { make: liar.unsigned },
      'HS256 under the public key': { make: liar.signWithPublicKey },
      'a changed signature': { make: async (claims, it) => `${(await it.sign(claims, it)).slice(0, -8)}AAAAAAAA` },
      'another issuer': { change: (claims) => ({ ...claims, iss: 'https://evil.example' }) },
      'another organization’s provider': { change: (claims) => ({ ...claims, iss: provider.issuer }) },
      'another audience': { change: (claims) => ({ ...claims, aud: 'someone' }) },
      'another authorized party': { change: (claims) => ({ ...claims, azp: 'someone' }) },
      'several audiences and no party': { change: (claims) => ({ ...claims, aud: ['guildhall', 'someone'] }) },
      'another nonce': { change: (claims) => ({ ...claims, nonce: 'other' }) },
      'no nonce': { change: ({ nonce: _, ...claims }) => claims },
      expired: { change: past },
      'userinfo of someone else': { userinfo: { sub: 'eve', email: 'eve@example.org' } },
      'an address that is not verified': { change: (claims) => ({ ...claims, email_verified: false }) },
      'an address of someone else': { change: (claims) => ({ ...claims, email: 'eve@example.org' }) },
    }
    for (const [name, lie] of Object.entries(cases)) {
      Object.assign(liar, whole, lie)
      const before = (await hub.events(labId)).length
      const reply = await attempt()
      assert.ok(reply.status >= 400 && reply.status < 500, `${name}: ${reply.status} ${JSON.stringify(reply.body)}`)
      assert.doesNotMatch(JSON.stringify(reply.body), /node_modules|\.ts:\d|\bat \w+ \(/, name)
      assert.equal(await sessions(), 0, name)
      const events = (await hub.events(labId)).slice(before)
      assert.deepEqual(
        events.map(({ type }) => type),
        ['org.sso_fail'],
        name,
      )
    }
    Object.assign(liar, whole)
  })

  it('counts once, in the browser that began, for its own state', async () => {
    const { location } = await done(grace.send('POST', at('lab', '/sso/sign-in'), {}))
    const query = liar.answer(location)
    const eve = await signedIn(hub, 'eve')
    const refused = async (what: string, who: Visitor, sent: string, status: number) => {
      const before = (await hub.events(labId)).length
      const reply = await who.send('POST', at('lab', '/sso/complete'), { query: sent })
      const added = (await hub.events(labId)).slice(before)
      assert.deepEqual([reply.status, added.map(({ type }) => type)], [status, ['org.sso_fail']], what)
    }
    const changed = (name: string, value: string, of = query) => {
      const parts = new URLSearchParams(of)
      parts.set(name, value)
      return parts.toString()
    }
    await refused('another browser', eve, query, 400)
    await refused('another state', grace, changed('state', 'other'), 400)
    await refused('the state of another organization', grace, await answerOfAcme(), 400)
    assert.equal(await sessions(), 0)
    await done(grace.send('POST', at('lab', '/sso/complete'), { query }))
    assert.equal(await sessions(), 1)
    await refused('a replayed answer', grace, query, 400)
    const next = liar.answer((await done(grace.send('POST', at('lab', '/sso/sign-in'), {}))).location)
    const code = new URLSearchParams(query).get('code') ?? ''
    await refused('a replayed code', grace, changed('code', code, next), 422)
    const last = liar.answer((await done(grace.send('POST', at('lab', '/sso/sign-in'), {}))).location)
    await refused('a code of no one', grace, changed('code', 'made-up', last), 422)
    assert.equal(await sessions(), 1)
  })

  it('ends sessions at the word of the provider, once, and for no other word', async () => {
    const event = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const base = {
      iss: liar.issuer,
      aud: 'guildhall',
      iat: Math.floor(Date.now() / 1000),
      jti: crypto.randomUUID(),
      sub: 'grace',
      events: event,
    }
    const send = async (token: string) =>
      (
        await hub.request(undefined, 'POST', '/sso/lab/backchannel-logout', `logout_token=${token}`, {
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).status
    assert.equal(await send(await liar.unsigned(base, liar)), 400)
    assert.equal(await send(await liar.signWithPublicKey(base, liar)), 400)
    assert.equal(await send(await liar.sign({ ...base, nonce: 'x' }, liar)), 400)
    assert.equal(await send(await liar.sign({ ...base, aud: 'other' }, liar)), 400)
    assert.equal(await sessions(), 1)
    const good = await liar.sign(base, liar)
    assert.equal(await send(good), 200)
    assert.equal(await sessions(), 0)
    assert.equal((await hub.events(labId)).at(-1)?.type, 'org.sso_logout')
    assert.equal(await send(good), 400, 'a token counts once')
  })
})
