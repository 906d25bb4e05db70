import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, entriesOf, scopeOf, summaryOf } from './scope.ts'

const on = (type: Entry['type'], name: string, ...permissions: Entry['permissions']): Entry => ({
  type,
  name,
  permissions,
})

test('a scope is said in one sentence', () => {
  const rows: [Entry[], string][] = [
    [[], 'Can read public repositories only.'],
    [[on('model', 'acme/a', 'repo.content.read')], 'Can read acme/a, within your own access.'],
    [
      [on('model', 'acme/a', 'repo.content.read', 'repo.write'), on('user', 'ada', 'repo.content.read')],
      'Can read your own repositories and write to acme/a, within your own access.',
    ],
    [
      [
        on('org', 'acme', 'repo.write', 'org.read', 'resourceGroup.write'),
        on('resource-group', 'acme/speech', 'resourceGroup.write'),
      ],
      'Can write to all repositories of acme, read members and settings of acme, manage resource groups of acme, and manage the group acme/speech, within your own access.',
    ],
    [
      ['a', 'b', 'c', 'd', 'e'].map((name) => on('model', `acme/${name}`, 'repo.content.read')),
      'Can read acme/a, acme/b, acme/c, and 2 more, within your own access.',
    ],
  ]
  for (const [entries, sentence] of rows) assert.equal(summaryOf(entries), sentence)
  const gated = 'Can read public gated repositories that you have access to, within your own access.'
  assert.equal(summaryOf([], { readsGated: true }), gated)
})

test('what the owner can no longer see is left out of the form, and things keep their IDs', () => {
  const seen = { _id: '0123456789abcdef01234567', type: 'model' as const, name: 'acme/a' }
  const entries = entriesOf({
    scoped: [
      { entity: seen, permissions: ['repo.write'] },
      { entity: { _id: seen._id, type: 'model' }, permissions: ['repo.write'] },
    ],
  })
  assert.deepEqual(scopeOf(entries), {
    canReadGatedRepos: false,
    scoped: [{ entity: { type: 'model', _id: seen._id }, permissions: ['repo.write'] }],
  })
})
