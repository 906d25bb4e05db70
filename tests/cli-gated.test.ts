import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { done, folder, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin' })
const [sam, tia] = [await hub.person('sam'), await hub.person('tia')]
const as = (token: string | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token ?? '' })
const asAda = as(people.ada?.token)
const on = ['--repo', 'acme/weights']

const card = `---
extra_gated_fields:
  Company: text
  I agree: checkbox
---
`

before(async () => {
  const files = [{ path: 'README.md', content: card }]
  const repo = { name: 'weights', organization: 'acme', private: false, files }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', repo)).status, 200)
})

test('a gate is set and shown', async () => {
  assert.equal((await done(['repo', 'gate', 'show', ...on], asAda)).stdout, 'acme/weights is not gated.\n')
  const set = await done(['repo', 'gate', 'set', ...on, '--mode', 'manual', '--notify', 'daily'], asAda)
  assert.equal(set.stdout, 'acme/weights is gated (manual).\n')
  const { stdout } = await done(['repo', 'gate', 'show', ...on], asAda)
  assert.match(stdout, /^acme\/weights is gated: requests are reviewed\.\nYou have access without a request\.\n/)
  assert.match(stdout, /Notifications: once a day, to the first five admins, or the owner\n/)
  const nothing = await guildhall(['repo', 'gate', 'set', ...on], asAda)
  assert.match(nothing.stderr, /Give --mode, --members, --notify, or --notify-email\./)
})

test('access is requested, reviewed, given, and reported', async () => {
  const ask = ['access-requests', 'ask', ...on, '--field', 'Company=Initech', '--field', 'I agree=true']
  assert.equal((await done(ask, as(sam.token))).stdout, 'Requested access to acme/weights.\n')
  const list = (state: string) => done(['access-requests', 'list', ...on, '--state', state], asAda)
  assert.match((await list('pending')).stdout, /^sam +sam@example\.org .+Company: Initech; I agree: true$/m)
  const accepted = await done(['access-requests', 'accept', ...on, '--user', 'sam', '--expires', '90d'], asAda)
  assert.equal(accepted.stdout, 'Accepted sam.\n')
  await done(['access-requests', 'grant', ...on, '--user', 'tia'], asAda)
  assert.match((await list('accepted')).stdout, /^tia .+ada/m)
  await done(['access-requests', 'reject', ...on, '--user', 'sam', 'tia', '--reason', 'Not a lab'], asAda)
  const rejected = await json(['access-requests', 'list', ...on, '--state', 'rejected'], asAda)
  assert.deepEqual(
    rejected.map((row: { rejectionReason: string }) => row.rejectionReason),
    ['Not a lab', 'Not a lab'],
  )
  await done(['access-requests', 'reset', ...on, '--user', 'tia'], asAda)
  assert.equal((await json(['repo', 'gate', 'show', ...on], as(tia.token))).state, 'pending')
  const file = join(folder, 'requests.csv')
  await done(['access-requests', 'report', ...on, '--output', file], asAda)
  assert.match(await readFile(file, 'utf8'), /"sam"/)
})
