import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forgetImports } from '../../server/joining/bulk/imports.ts'
import { type Person, startTestHub } from '../hub.ts'
import { fails } from '../refusals.ts'

const day = 86_400_000
const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', wes: 'write', rea: 'read' })
const { people: others } = await hub.organization('umbrella', { oda: 'admin' })
const ada = people.ada as Person
const acme = (path: string) => `/api/organizations/acme${path}`

/** Applies a bulk change or a bulk invitation. */
async function apply(path: string, body: object): Promise<{ inverse: string }> {
  const { planHash } = (await hub.request(ada, 'POST', acme(path), { mode: 'plan', ...body })).body
  const applied = await hub.request(ada, 'POST', acme(path), { mode: 'apply', planHash, ...body })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  return applied.body
}

const imports = async (who = ada) => (await hub.request(who, 'GET', acme('/imports'))).body
const roleOf = async (name: string) => (await hub.request(ada, 'GET', acme(`/members/${name}`))).body.role

test('bulk changes and invitations are kept with what undoes them; plans and what changes nothing are not', async () => {
  const role = { rows: [{ username: 'rea', role: 'contributor' }] }
  await hub.request(ada, 'POST', acme('/members/bulk'), { mode: 'plan', ...role })
  const changed = await apply('/members/bulk', role)
  await apply('/members/bulk', role)
  const invited = await apply('/invitations/bulk', { rows: [{ email: 'new@example.net' }] })
  const rows = await imports()
  assert.deepEqual(
    rows.map(({ kind, createdBy, counts }: Record<string, unknown>) => [kind, createdBy, counts]),
    [
      ['invitations', 'ada', { changed: 0, invited: 1, removed: 0, revoked: 0 }],
      ['members', 'ada', { changed: 1, invited: 0, removed: 0, revoked: 0 }],
    ],
  )
  const [invitation, change] = rows
  assert.equal(Date.parse(change.keptUntil) - Date.parse(change.createdAt), 30 * day)
  const inverseOf = async ({ id }: { id: string }) =>
    (await hub.request(ada, 'GET', acme(`/imports/${id.toUpperCase()}`))).body.inverse
  assert.equal(await inverseOf(change), changed.inverse)
  assert.equal(await inverseOf(invitation), invited.inverse)
  await apply('/members/bulk', { csv: await inverseOf(change) })
  assert.equal(await roleOf('rea'), 'read')
  await apply('/members/bulk', { csv: await inverseOf(invitation) })
  assert.deepEqual((await hub.request(ada, 'GET', acme('/invitations?state=pending'))).body, [])
  // Undoing an invitation removes no one
  assert.deepEqual((await imports())[0].counts, { changed: 0, invited: 0, removed: 0, revoked: 1 })
})

test('a refused change is not kept', async () => {
  const count = (await imports()).length
  const rows = [{ username: 'ada', role: 'read' }]
  await fails(hub, 409, {
    who: ada,
    method: 'POST',
    path: acme('/members/bulk'),
    body: { mode: 'apply', planHash: 'x', rows },
  })
  assert.equal((await imports()).length, count)
})

test('only admins of the organization see them', async () => {
  const [{ id }] = await imports()
  for (const path of [acme('/imports'), acme(`/imports/${id}`)])
    for (const who of [people.wes, others.oda]) await fails(hub, 403, { who, method: 'GET', path })
  const elsewhere = { who: others.oda, method: 'GET', path: `/api/organizations/umbrella/imports/${id}` }
  await fails(hub, 404, elsewhere)
})

test('they are listed in pages, the newest first', async () => {
  const all = await imports()
  const first = await hub.request(ada, 'GET', acme('/imports?limit=1'))
  assert.deepEqual(first.body, all.slice(0, 1))
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const { pathname, search } = new URL(next)
  assert.deepEqual((await hub.request(ada, 'GET', pathname + search)).body, all.slice(1, 2))
})

test('they end after 30 days: for readers at that moment, and on disk with the next task', async () => {
  const [{ id }] = await imports()
  const kept = async () => (await hub.db.selectFrom('imports').select('id').execute()).length
  const before = await kept()
  hub.moveClock(29.9 * day)
  await forgetImports(hub.db)
  assert.equal(await kept(), before)
  hub.moveClock(30.1 * day)
  assert.deepEqual(await imports(), [])
  await fails(hub, 404, { who: ada, method: 'GET', path: acme(`/imports/${id}`) })
  await forgetImports(hub.db)
  assert.equal(await kept(), 0)
  hub.moveClock(0)
})
