import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { HubError } from '../../kernel/errors.ts'
import { parseFilter, parsePath } from './filter.ts'

const scimTypeOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    return error.extra.body?.scimType
  }
  return 'none'
}

describe('a filter', () => {
  const eq = (path: string, value: unknown) => ({ op: 'eq', path, value })
  const rows: [text: string, filter: unknown][] = [
    ['userName eq "ada@example.com"', eq('username', 'ada@example.com')],
    ['userName EQ "A \\"quoted\\" \\u00e9"', eq('username', 'A "quoted" é')],
    ['userName eq Bob', eq('username', 'Bob')],
    ['active eq True', eq('active', true)],
    ['active eq "true"', eq('active', 'true')],
    ['externalId eq null', eq('externalid', null)],
    ['externalId pr', { op: 'pr', path: 'externalid' }],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"', eq('username', 'a')],
    [
      'emails[type eq "work" and value eq "a@b.c"]',
      { op: 'and', filters: [eq('emails.type', 'work'), eq('emails.value', 'a@b.c')] },
    ],
    [
      'a eq 1 or b eq 2 and not (c eq 3)',
      {
        op: 'or',
        filters: [eq('a', 1), { op: 'and', filters: [eq('b', 2), { op: 'not', filter: eq('c', 3) }] }],
      },
    ],
  ]
  for (const [text, filter] of rows) test(text, () => assert.deepEqual(parseFilter(text), filter))

  const bad: [what: string, text: string][] = [
    ['nothing', ''],
    ['no value', 'userName eq'],
    ['an unknown operator', 'userName is "a"'],
    ['more behind it', 'userName eq "a" "b"'],
    ['an open bracket', '(userName eq "a"'],
    ['an open quote', 'userName eq "a'],
    ['too deep', `${'('.repeat(12)}id pr${')'.repeat(12)}`],
    ['too long', `userName eq "${'a'.repeat(2000)}"`],
    ['too many comparisons', Array.from({ length: 51 }, () => 'id pr').join(' or ')],
    ['a value path in a value path', 'emails[value[x eq 1]]'],
  ]
  for (const [what, text] of bad)
    test(`with ${what} is refused`, () =>
      assert.equal(
        scimTypeOf(() => parseFilter(text)),
        'invalidFilter',
      ))

  test('of any text is read or refused, and fast', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]" \\.notandreq'), maxLength: 200 }), (text) => {
        assert.ok(['none', 'invalidFilter'].includes(String(scimTypeOf(() => parseFilter(text)))))
      }),
    )
  })
})

describe('a path', () => {
  const rows: [text: string, path: unknown][] = [
    ['active', { attribute: 'active' }],
    ['name.givenName', { attribute: 'name', sub: 'givenname' }],
    [
      'emails[type eq "work"].value',
      { attribute: 'emails', filter: { op: 'eq', path: 'emails.type', value: 'work' }, sub: 'value' },
    ],
    ['members[value eq "x"]', { attribute: 'members', filter: { op: 'eq', path: 'members.value', value: 'x' } }],
  ]
  for (const [text, path] of rows) test(text, () => assert.deepEqual(parsePath(text), path))
  for (const text of ['', 'a b', 'emails[', 'emails[type eq "work"]x', 'emails[type eq "work"].a.b'])
    test(`${text || 'nothing'} is refused`, () =>
      assert.equal(
        scimTypeOf(() => parsePath(text)),
        'invalidPath',
      ))
})
