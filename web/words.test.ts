import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupRoleSource, MemberSource, OrgRole } from '../api/index.ts'
import {
  accessSourceWords,
  counted,
  groupSourceWords,
  listed,
  memberSourceWords,
  roleNames,
  roleSentences,
} from './words.ts'

test('counted: one, many, none, and thousands', () => {
  assert.equal(counted(1, 'member'), '1 member')
  assert.equal(counted(0, 'member'), '0 members')
  assert.equal(counted(1200, 'member'), '1,200 members')
  assert.equal(counted(2, 'repository', 'repositories'), '2 repositories')
  assert.equal(counted(1, 'member loses', 'members lose'), '1 member loses')
})

test('listed: with a comma before “and” from three on', () => {
  assert.equal(listed([]), '')
  assert.equal(listed(['a']), 'a')
  assert.equal(listed(['a', 'b']), 'a and b')
  assert.equal(listed(['a', 'b', 'c']), 'a, b, and c')
})

test('every role has a name without an underscore, and a sentence', () => {
  for (const role of OrgRole.options) {
    assert.doesNotMatch(roleNames[role], /_/)
    assert.match(roleSentences[role], /^[A-Z].*\.$/)
  }
})

test('every way into an organization or a group has words that are no code', () => {
  for (const source of MemberSource.options) assert.doesNotMatch(memberSourceWords[source], /_/)
  for (const source of GroupRoleSource.options) assert.doesNotMatch(groupSourceWords[source], /_/)
})

test('accessSourceWords: what gives access, and how it was given', () => {
  const ground = { id: null, sentence: '', link: null }
  assert.equal(accessSourceWords({ ...ground, kind: 'membership', source: 'domain' }), 'member, email domain')
  assert.equal(accessSourceWords({ ...ground, kind: 'group_role', source: 'auto_join' }), 'resource group, auto-join')
  assert.equal(accessSourceWords({ ...ground, kind: 'public' }), 'public')
  // A word of the other list is left out rather than shown as code.
  assert.equal(accessSourceWords({ ...ground, kind: 'group_role', source: 'domain' }), 'resource group')
})
