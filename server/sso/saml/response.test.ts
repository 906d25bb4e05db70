import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { getSamlResponse } from 'samlp'
import { attacks } from '../../../tests/saml/attacks.ts'
import {
  answerTo,
  assertionXml,
  bothSides,
  encrypt,
  type Keys,
  posted,
  providerWith,
  requestId,
  responseXml,
  type Sides,
  sign,
  signedAnswer,
} from '../../../tests/saml/idp.ts'
import { SamlRefusal } from './refusal.ts'
import { checkResponse } from './response.ts'
import { createServiceProviderKey } from './service-provider.ts'

const now = new Date('2026-03-01T09:00:00Z')

suite('SAML responses', () => {
  let sides: Sides
  let other: Keys
  before(async () => {
    sides = await bothSides()
    other = await createServiceProviderKey('other.test')
  })
  const check = (samlResponse: string, change: Partial<Sides> = {}, at = now) =>
    checkResponse(samlResponse, { ...sides, ...change, requestId, now: at })

  test('a signed assertion names the person, the attributes, and the session', async () => {
    const sessionUntil = new Date(now.getTime() + 3_600_000)
    assert.deepEqual(await check(posted(signedAnswer(sides, now, { sessionUntil }))), {
      id: '_assertion1',
      expiresAt: new Date(now.getTime() + 6 * 60_000),
      nameId: 'grace@acme.test',
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      attributes: { groups: ['research', 'admins'] },
      sessionIndex: '_session1',
      authenticatedAt: now,
      sessionNotOnOrAfter: sessionUntil,
    })
  })

  test('the response can be signed as well, and the assertion encrypted', async () => {
    const answer = answerTo(sides, now)
    const signed = sign(assertionXml(answer), 'Assertion', sides.keys)
    const gcm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm'
    const cbc = 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'
    const rows: Record<string, string> = {
      'both signed': sign(responseXml(answer, signed), 'Response', sides.keys),
      encrypted: responseXml(answer, await encrypt(signed, sides.sp.certificate)),
      'encrypted as Entra ID does': responseXml(answer, await encrypt(signed, sides.sp.certificate, cbc)),
      'encrypted as Keycloak does': responseXml(
        answer,
        await encrypt(signed, sides.sp.certificate, gcm, 'http://www.w3.org/2009/xmlenc11#rsa-oaep'),
      ),
      'encrypted, both signed': sign(
        responseXml(answer, await encrypt(signed, sides.sp.certificate)),
        'Response',
        sides.keys,
      ),
      'with an XML declaration': `<?xml version="1.0" encoding="UTF-8"?>\n${responseXml(answer, signed)}`,
    }
    for (const [name, xml] of Object.entries(rows))
      assert.equal((await check(posted(xml))).nameId, 'grace@acme.test', name)
  })

  test('during a roll-over, either certificate will do', async () => {
    const both = providerWith(other, sides.keys)
    const answer = answerTo(sides, now)
    for (const keys of [sides.keys, other]) {
      const xml = responseXml(answer, sign(assertionXml(answer), 'Assertion', keys))
      assert.equal((await check(posted(xml), { idp: both })).nameId, 'grace@acme.test')
    }
  })

  test('clocks can differ by 60 seconds', async () => {
    const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
    await check(posted(signedAnswer(sides, now, { issued: at(59), from: at(59) })))
    await check(posted(signedAnswer(sides, now, { until: at(-59) })))
  })

  test('a response of another implementation is read, signed and encrypted', async () => {
    const encrypted = { encryptionCert: sides.sp.certificate, encryptionPublicKey: sides.sp.certificate }
    const gcm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm'
    for (const extra of [{}, { signResponse: true }, { ...encrypted, encryptionAlgorithm: gcm }]) {
      const answer = await check(posted(await answerBySamlp(sides, extra)), {}, new Date())
      assert.equal(answer.nameId, 'grace@acme.test')
      assert.deepEqual(answer.attributes['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress'], [
        'grace@acme.test',
      ])
    }
  })

  test('what no key of the identity provider signed is refused before the whole document is read', async () => {
    const answer = answerTo(sides, now)
    const stranger = posted(responseXml(answer, sign(assertionXml(answer), 'Assertion', other)))
    await assert.rejects(check(stranger), { detail: 'No certificate matches' })
  })

  test('nothing else signs a person in', async () => {
    for (const [name, samlResponse, reason] of await attacks(sides, other, now))
      await assert.rejects(check(samlResponse), (error) => {
        assert.ok(error instanceof SamlRefusal, `${name}: ${error}`)
        assert.equal(`${name}: ${error.reason}`, `${name}: ${reason}`)
        return true
      })
  })
})

function answerBySamlp({ idp, sp, keys }: Sides, extra: Record<string, unknown>): Promise<string> {
  const options = {
    issuer: idp.entityId,
    audience: sp.entityId,
    recipient: sp.acsUrl,
    destination: sp.acsUrl,
    inResponseTo: requestId,
    cert: keys.certificate,
    key: keys.privateKey,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    ...extra,
  }
  const user = { id: 'grace@acme.test', displayName: 'Grace Hopper', emails: [{ value: 'grace@acme.test' }], name: {} }
  return new Promise((resolve, reject) =>
    getSamlResponse(options, user, (error: Error | null, xml: string) => (error ? reject(error) : resolve(xml))),
  )
}
