import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valuesAt } from '../../../api/index.ts'
import type { Identity } from './identity.ts'
import { judgeAddress, type MappingRules, mappedGroups, mappedRole } from './mapping.ts'

const none: MappingRules = {
  ...{ emailPath: null, emailDomains: [], rolePath: null, roleMapping: [], groupPath: null, groupMapping: [] },
}
const uri = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'
const said = (attributes: Identity['attributes'], email?: string): Identity => ({
  ...{ issuer: 'https://idp.example', subject: 's', email, attributes },
})

test('a path is the name of an attribute, or steps into objects', () => {
  const attributes = {
    [uri]: ['a', 'b'],
    realm: { roles: ['x', 7, true, { no: 1 }, null] },
    'realm.roles': 'whole name',
    own: 'o',
  }
  const cases: [string, string[]][] = [
    [uri, ['a', 'b']],
    ['realm.roles', ['whole name']],
    ['own', ['o']],
    ['realm', []],
    ['realm.nothing', []],
    ['own.length', []],
    ['toString', []],
    ['realm.constructor.name', []],
    ['__proto__.x', []],
  ]
  for (const [path, values] of cases) assert.deepEqual(valuesAt(attributes, path), values, path)
  assert.deepEqual(valuesAt({ realm: attributes.realm }, 'realm.roles'), ['x', '7', 'true'])
})

test('of several values the highest role counts, and of none no role', () => {
  const rules: MappingRules = {
    ...none,
    rolePath: 'roles',
    roleMapping: [
      { value: 'staff', role: 'write' },
      { value: 'boss', role: 'admin' },
      { value: 'all', role: 'read' },
    ],
  }
  const cases: [unknown, string | undefined][] = [
    [['all', 'staff'], 'write'],
    [['staff', 'boss', 'all'], 'admin'],
    ['boss', 'admin'],
    [['BOSS'], undefined],
    [undefined, undefined],
  ]
  for (const [roles, role] of cases) assert.equal(mappedRole(said({ roles }), rules), role, JSON.stringify(roles))
  assert.equal(mappedRole(said({ roles: 'boss' }), { ...rules, rolePath: null }), undefined)
})

test('each group gets the highest role that maps to it', () => {
  const groupMapping = [
    { value: 'a', groupId: 'one', role: 'read' as const },
    { value: 'b', groupId: 'one', role: 'admin' as const },
    { value: 'b', groupId: 'two', role: 'write' as const },
  ]
  const rules = { ...none, groupPath: 'groups', groupMapping }
  assert.deepEqual(mappedGroups(said({ groups: ['a', 'b'] }), rules), [
    { groupId: 'one', role: 'admin' },
    { groupId: 'two', role: 'write' },
  ])
  assert.deepEqual(mappedGroups(said({ groups: [] }), rules), [])
  assert.equal(mappedGroups(said({ groups: ['a'] }), none), undefined)
})

test('an address is taken only where it is known to be the person’s', () => {
  const domains = { ...none, emailDomains: ['lab.example'] }
  const cases: [Identity, MappingRules, string | undefined, RegExp | undefined][] = [
    [said({ email: 'Ada@Lab.example', email_verified: true }), none, 'ada@lab.example', undefined],
    [said({ email: 'ada@lab.example', email_verified: 'true' }), none, 'ada@lab.example', undefined],
    [said({ email: 'ada@lab.example' }), none, 'ada@lab.example', /doesn’t say/],
    [said({ email: 'ada@lab.example' }), domains, 'ada@lab.example', undefined],
    [said({ email: 'ada@lab.example', email_verified: false }), domains, 'ada@lab.example', /not verified/],
    [said({ email: 'ada@lab.example', email_verified: 'false' }), domains, 'ada@lab.example', /not verified/],
    [said({ email: 'ada@other.example', email_verified: true }), domains, 'ada@other.example', /not in a matching/],
    [said({ email: 'ada@sub.lab.example', email_verified: true }), domains, 'ada@sub.lab.example', /not in a matching/],
    [said({ mail: 'ada@lab.example' }), domains, 'ada@lab.example', undefined],
    [said({ email: 'eve@lab.example' }, 'ada@lab.example'), domains, 'ada@lab.example', undefined],
    [
      said({ upn: 'ada@lab.example', email: 'eve@lab.example' }),
      { ...domains, emailPath: 'upn' },
      'ada@lab.example',
      undefined,
    ],
    [
      said({ email: 'eve@lab.example' }, 'eve@lab.example'),
      { ...domains, emailPath: 'upn' },
      undefined,
      /no email address in upn/,
    ],
    [said({}), domains, undefined, /no email address/],
    [said({ email: 'аda@lab.example', email_verified: true }), domains, undefined, /not an email address/],
    [said({ email: 'a@b@lab.example', email_verified: true }), domains, undefined, /not an email address/],
    [said({ email: ['ada@lab.example', 'eve@lab.example'] }), domains, 'ada@lab.example', undefined],
  ]
  for (const [identity, rules, email, problem] of cases) {
    const judged = judgeAddress(identity, rules)
    assert.equal(judged.email, email, JSON.stringify(identity))
    if (problem) assert.match(judged.problem ?? '', problem, JSON.stringify(identity))
    else assert.equal(judged.problem, undefined, JSON.stringify(identity))
  }
})
