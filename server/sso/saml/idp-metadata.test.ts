import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { bothSides, idpMetadata, type Keys, providerWith, type Sides } from '../../../tests/saml/idp.ts'
import { MetadataProblem, readIdpMetadata } from './idp-metadata.ts'
import { metadataBytes } from './limits.ts'
import { authnRequestUrl } from './request.ts'
import { createServiceProviderKey, serviceProviderMetadata } from './service-provider.ts'

suite('SAML metadata', () => {
  let sides: Sides
  let other: Keys
  before(async () => {
    sides = await bothSides()
    other = await createServiceProviderKey('other.test')
  })

  test('names the identity provider, where sign-in begins, and every certificate', () => {
    const idp = providerWith(sides.keys, other)
    assert.deepEqual(readIdpMetadata(idpMetadata({ idp })), idp)
    const inList = idpMetadata({ idp }).replace(
      /<EntityDescriptor[\s\S]*/,
      (entity) => `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entity}</EntitiesDescriptor>`,
    )
    assert.equal(readIdpMetadata(inList).entityId, idp.entityId)
  })

  test('is refused with what to change', () => {
    const good = idpMetadata(sides)
    const key = /<KeyDescriptor.*<\/KeyDescriptor>/s
    const rows: [string, RegExp][] = [
      ['hello', /not a SAML metadata document/],
      ['<a/>', /no SAML 2.0 identity provider/],
      [`<!DOCTYPE a>${good.replace(/<\?.*\?>/, '')}`, /DOCTYPE/],
      [good.replace(' entityID="https://idp.test/metadata"', ''), /entityID/],
      [good.replace('HTTP-Redirect', 'SOAP'), /HTTP-Redirect/],
      [good.replace('https://idp.test/sso', 'javascript:alert(1)'), /not a web address/],
      [good.replace(key, ''), /no signing certificate/],
      [good.replace(key, (one) => one.repeat(7)), /more than 6/],
      [good.replace(/MII/, 'AAA'), /cannot be read/],
      [good.replace(/<IDPSSODescriptor.*<\/IDPSSODescriptor>/s, (one) => one + one), /several identity providers/],
      [good.replace('<IDPSSODescriptor', '<a/>'.repeat(9000).concat('<IDPSSODescriptor')), /too many elements/],
      [good + ' '.repeat(metadataBytes), /larger than 256 KB/],
    ]
    for (const [xml, sentence] of rows)
      assert.throws(
        () => readIdpMetadata(xml),
        (error) => error instanceof MetadataProblem && sentence.test(error.message),
        String(sentence),
      )
  })

  test('of an organization has its address, and one certificate to sign and to encrypt', () => {
    const xml = serviceProviderMetadata(sides.sp)
    assert.match(xml, /entityID="https:\/\/hub\.test\/sso\/acme\/metadata"/)
    assert.match(xml, /AuthnRequestsSigned="true"/)
    assert.match(xml, /WantAssertionsSigned="true"/)
    assert.match(xml, /HTTP-POST" Location="https:\/\/hub\.test\/sso\/acme\/acs"/)
    assert.match(xml, /use="signing"[\s\S]*use="encryption"/)
    assert.doesNotMatch(xml, /PRIVATE/)
  })

  test('leads to a signed request', async () => {
    const begin = { id: '_request1', relayState: 'state1', asksAgain: false }
    const address = new URL(await authnRequestUrl(sides.sp, sides.idp, begin))
    assert.equal(address.origin + address.pathname, sides.idp.ssoUrl)
    assert.equal(address.searchParams.get('RelayState'), 'state1')
    assert.equal(address.searchParams.get('SigAlg'), 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    assert.ok(address.searchParams.get('Signature'))
  })
})
