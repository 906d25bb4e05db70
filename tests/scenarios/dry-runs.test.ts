import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', rea: 'read' })
const ada = people.ada as Person
const acme = (who: Person, method: string, path: string, body?: unknown) =>
  hub.request(who, method, `/api/organizations/acme${path}`, body)
const codes = (body: { problems: { code: string }[] }) => body.problems.map(({ code }) => code)

test('a dry run of the 2FA requirement says what applying refuses, and whom it keeps out', async () => {
  const body = { require2fa: true }
  const tried = await acme(ada, 'PATCH', '/settings?dryRun=true', body)
  assert.deepEqual([tried.status, codes(tried.body), tried.body.affected.count], [200, ['LastAdmin'], 2])
  const applied = await acme(ada, 'PATCH', '/settings', body)
  assert.deepEqual([applied.status, applied.body.error], [403, tried.body.problems[0].message])
  const harmless = await acme(ada, 'PATCH', '/settings?dryRun=true', { hideMembers: true })
  assert.deepEqual(codes(harmless.body), [])
})

test('the plan to offboard the last admin says what applying refuses', async () => {
  const offboard = (user: string, mode: string) =>
    acme(ada, 'POST', `/members/${user}/offboard`, { mode, ...(mode === 'apply' && { reason: 'Leaves' }) })
  assert.deepEqual(codes((await offboard('ada', 'plan')).body), ['LastAdmin'])
  assert.equal((await offboard('ada', 'apply')).status, 403)
  assert.deepEqual(codes((await offboard('rea', 'plan')).body), [])
})

test('an unverified account is told that it could request to join once it is verified', async () => {
  const kim = await hub.person('kim')
  const doors = async () => {
    const { mayRequest, mustVerify } = (await acme(kim, 'GET', '/join')).body
    return { mayRequest, mustVerify }
  }
  await hub.db.updateTable('emails').set({ verified_at: null }).where('user_id', '=', kim.id).execute()
  assert.deepEqual(await doors(), { mayRequest: false, mustVerify: false })
  await acme(ada, 'PATCH', '/settings', { allowJoinRequests: true })
  assert.deepEqual(await doors(), { mayRequest: false, mustVerify: true })
  await hub.db.updateTable('emails').set({ verified_at: new Date() }).where('user_id', '=', kim.id).execute()
  assert.deepEqual(await doors(), { mayRequest: true, mustVerify: false })
})
