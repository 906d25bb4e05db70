import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { groupsCell, readGroupsCell, readRoleCell } from './people-csv.ts'
import { groupRoles } from './shapes.ts'

const group = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{24}$/),
  name: fc.string({ minLength: 1, unit: fc.constantFrom(...' :;-=,"ab\u00e9') }),
  role: fc.constantFrom(...groupRoles),
})

describe('a cell of groups', () => {
  it('reads back what was written, each group by its name or its ID', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 5 }), (groups) => {
        const read = readGroupsCell(groupsCell(groups))
        assert.ok(Array.isArray(read))
        for (const [index, { id, name, role }] of groups.entries()) {
          assert.equal(read[index]?.role, role)
          assert.ok([id, name].includes(read[index]?.id ?? ''))
        }
        assert.equal(read.length, groups.length)
      }),
    )
  })

  const cells: [cell: string, expected: unknown][] = [
    ['', undefined],
    ['-', []],
    [
      'nlp:read; vision : WRITE ;',
      [
        { id: 'nlp', role: 'read' },
        { id: 'vision', role: 'write' },
      ],
    ],
    ['a:b:admin', [{ id: 'a:b', role: 'admin' }]],
    ['nlp=read', { problem: 'groups: “nlp=read” must be name:role. Roles are read, contributor, write, admin.' }],
    [':read', { problem: 'groups: “:read” must be name:role. Roles are read, contributor, write, admin.' }],
  ]
  for (const [cell, expected] of cells) it(`“${cell}”`, () => assert.deepEqual(readGroupsCell(cell), expected))
})

describe('a cell with a role', () => {
  it('is read in any case, or refused', () => {
    assert.equal(readRoleCell('Write'), 'write')
    assert.equal(readRoleCell('No access'), 'no_access')
    assert.equal(readRoleCell('no_access'), 'no_access')
    assert.equal(readRoleCell(''), undefined)
    assert.deepEqual(readRoleCell('emperor'), {
      problem: 'role: “emperor” must be one of no_access, read, contributor, write, admin.',
    })
  })
})
