import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', grace: 'write', hugo: 'read' })
const asAda: Variables = { HF_ENDPOINT: hub.url, HF_TOKEN: people.ada?.token ?? '' }
const grace = ['--org', 'acme', '--user', 'grace']

test('a person is offboarded: the plan, the report, the list, and allowed to rejoin', async () => {
  await done(['groups', 'create', '--org', 'acme', '--name', 'research'], asAda)
  await done(
    ['groups', 'add-user', '--org', 'acme', '--group', 'research', '--user', 'grace', '--role', 'admin'],
    asAda,
  )
  const plan = await done(['members', 'offboard', ...grace], asAda)
  assert.match(plan.stdout, /membership: 1: write, by manual\n {2}resource groups: 1: research \(admin\)/)
  assert.match(plan.stdout, /Without another owner: resource groups research\.[\s\S]*Nothing was changed/)

  const ownerless = await guildhall(['members', 'offboard', ...grace, '--apply', '--reason', 'Left.'], asAda)
  assert.deepEqual([ownerless.code, /Choose a successor/.test(ownerless.stderr)], [1, true])

  const apply = ['members', 'offboard', ...grace, '--apply', '--successor', 'hugo', '--reason', 'Left.']
  const said = await done(apply, asAda)
  assert.match(said.stdout, /^Report +[0-9a-f]{24}\n[\s\S]*Handed over to hugo: resource groups research\./)
  const { report } = await json(apply, asAda)
  assert.match(said.stdout, new RegExp(`SHA-256 +${report.hash}`))
  const one = ['--org', 'acme', '--id', report.id]
  assert.deepEqual(await json(['members', 'offboardings', ...one], asAda), report)
  assert.match((await done(['members', 'offboardings', '--org', 'acme'], asAda)).stdout, /grace +\S+ +ada +3 /)

  const add = ['members', 'remove', '--org', 'acme', '--user', 'grace']
  assert.equal((await guildhall(add, asAda)).code, 1)
  await done(['members', 'allow-rejoin', ...one], asAda)
  assert.match((await done(['members', 'offboardings', ...one], asAda)).stdout, /an admin allowed them to rejoin/)
})

const wrong: [string, string[], number][] = [
  ['no reason', ['--apply', '--leave-as-is'], 2],
  ['two answers', ['--successor', 'hugo', '--leave-as-is'], 2],
  ['an unknown way with invitations', ['--invitations', 'keep'], 2],
]
for (const [what, options, code] of wrong) {
  test(`refuses: ${what}`, async () => {
    assert.equal((await guildhall(['members', 'offboard', ...grace, ...options], asAda)).code, code)
  })
}
