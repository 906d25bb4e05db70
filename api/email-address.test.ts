import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AddressDomain, DomainName, EmailAddress } from './email-address.ts'

const label63 = 'a'.repeat(63)

describe('an email address', () => {
  const taken: Record<string, string> = {
    'ada@example.org': 'ada@example.org',
    ' Ada.Lovelace+hub@Example.ORG\n': 'Ada.Lovelace+hub@example.org',
    "o'hara_{x}~#$&*/=a?^`-@example.org": "o'hara_{x}~#$&*/=a?^`-@example.org",
    'grace@müller.example': 'grace@xn--mller-kva.example',
    'grace@MÜLLER.example': 'grace@xn--mller-kva.example',
    'иван@example.org': '',
    'ivan@почта.рф': 'ivan@xn--80a1acny.xn--p1ai',
    'li@例え.テスト': 'li@xn--r8jz45g.xn--zckzah',
    [`${'a'.repeat(64)}@example.org`]: `${'a'.repeat(64)}@example.org`,
    [`${'a'.repeat(65)}@example.org`]: '',
    [`a@${label63}.example`]: `a@${label63}.example`,
    [`a@${label63}a.example`]: '',
    [`a@${`${label63}.`.repeat(4)}org`]: '',
    'a@example': '',
    'a@1.2.3.4': '',
    'a@[1.2.3.4]': '',
    'a@example.1': '',
    'a@-x.example': '',
    'a@x-.example': '',
    'a@x..example': '',
    'a@.example.org': '',
    'a@example.org.': '',
    'a@ex_ample.org': '',
    'a@example.org:25': '',
    'a@user@example.org': '',
    '.a@example.org': '',
    'a.@example.org': '',
    'a..b@example.org': '',
    '"a b"@example.org': '',
    'a b@example.org': '',
    'a,b@example.org': '',
    'Ada <ada@example.org>': '',
    // What other mail servers send on to somewhere else
    'a%evil.example@example.org': '',
    'evil.example!a@example.org': '',
    '|cat@example.org': '',
    '=?utf-8?q?a=40evil.example?=@example.org': '',
    '': '',
    '@example.org': '',
  }
  for (const [typed, address] of Object.entries(taken)) {
    it(`${JSON.stringify(typed.slice(0, 60))} is ${address === '' ? 'none' : address.slice(0, 60)}`, () => {
      assert.equal(EmailAddress.safeParse(typed).data ?? '', address)
    })
  }

  it('has a domain that is one by itself, and reads as itself', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'B', '1', '-', '.', 'ü', '@', '_', 'ß', ' '),
      maxLength: 12,
    })
    fc.assert(
      fc.property(letters, letters, (local, host) => {
        const domain = DomainName.safeParse(host).data
        assert.equal(AddressDomain.safeParse(` @${host}`).data, host.startsWith('@') ? undefined : domain)
        const address = EmailAddress.safeParse(`${local}@${host}`).data
        if (address === undefined) return
        const found = address.slice(address.lastIndexOf('@') + 1)
        assert.equal(found, DomainName.parse(found))
        assert.equal(EmailAddress.parse(address), address)
      }),
    )
  })
})
