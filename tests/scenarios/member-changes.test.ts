import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startLab, unknownId } from '../lab.ts'

const { hub, orgId, call, state, set, groupsOf } = await startLab()

describe('PATCH member', () => {
  const patch = (who: string, whom: string, body: unknown, query = '') =>
    call(who, 'PATCH', `/members/${whom}${query}`, body)

  it('changes only what is named and tells before and after', async () => {
    await set('rob', 'read', [
      { id: 'nlp', role: 'read' },
      { id: 'vision', role: 'read' },
    ])
    const reply = await patch('ada', 'rob', {
      groups: {
        mode: 'merge',
        roles: [
          { id: 'nlp', role: 'write' },
          { id: 'vision', role: null },
          { id: 'speech', role: 'read' },
        ],
      },
    })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    const names = (record: { groups: { name: string; role: string }[] }) =>
      record.groups.map(({ name, role }) => `${name} ${role}`)
    assert.deepEqual([reply.body.before.role, names(reply.body.before)], ['read', ['nlp read', 'vision read']])
    assert.deepEqual([reply.body.after.role, names(reply.body.after)], ['read', ['nlp write', 'speech read']])
    await patch('ada', 'rob', { role: 'contributor' })
    assert.deepEqual(await groupsOf('rob'), { nlp: 'write', speech: 'read' })
    const replaced = await patch('ada', 'rob', {
      groups: { mode: 'replace', roles: [{ id: 'vision', role: 'admin' }] },
    })
    assert.deepEqual(names(replaced.body.after), ['vision admin'])
    await set('rob', 'read')
  })

  it('changes nothing in a dry run, but tells what would be', async () => {
    const before = await state()
    const reply = await patch('ada', 'rob', { role: 'write' }, '?dryRun=true')
    assert.deepEqual([reply.body.dryRun, reply.body.before.role, reply.body.after.role], [true, 'read', 'write'])
    assert.equal(await state(), before)
  })

  it('sets and removes an expiration of the membership, with its own event', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const reply = await patch('ada', 'rob', { expiresAt })
    assert.equal(reply.body.after.expiresAt, expiresAt)
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.update_member')
    assert.equal((await patch('ada', 'rob', { expiresAt: null })).body.after.expiresAt, null)
  })

  const bad: [string, unknown, number][] = [
    ['an end in the past', { expiresAt: '2001-01-01T00:00:00.000Z' }, 400],
    ['an end that is no time', { expiresAt: 'tomorrow' }, 400],
    ['an unknown field', { rolle: 'read' }, 400],
    ['an unknown group', { groups: { mode: 'merge', roles: [{ id: 'nope', role: 'read' }] } }, 400],
    ['a foreign group', { groups: { mode: 'merge', roles: [{ id: unknownId, role: 'read' }] } }, 403],
    ['an unknown mode', { groups: { mode: 'add', roles: [] } }, 400],
  ]
  for (const [what, body, status] of bad) {
    it(`refuses: ${what}`, async () => {
      const before = await state()
      assert.equal((await patch('ada', 'rob', body)).status, status)
      assert.equal(await state(), before)
    })
  }

  it('holds a write member to the same rules', async () => {
    const before = await state()
    assert.equal((await patch('wil', 'rob', { role: 'admin' })).status, 403)
    assert.equal((await patch('wil', 'wes', { expiresAt: null })).status, 403)
    assert.equal(
      (await patch('wil', 'rob', { groups: { mode: 'merge', roles: [{ id: 'speech', role: 'read' }] } })).status,
      403,
    )
    assert.equal(await state(), before)
    assert.equal(
      (await patch('wil', 'rob', { groups: { mode: 'merge', roles: [{ id: 'nlp', role: 'read' }] } })).status,
      200,
    )
    await set('rob', 'read')
  })
})
