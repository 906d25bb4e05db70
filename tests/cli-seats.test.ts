import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', kim: 'read' })
const boss = await hub.person('boss', { operator: true })
const as = (token: string | undefined): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token ?? '' })
const [asAda, asKim, asBoss] = [as(people.ada?.token), as(people.kim?.token), as(boss.token)]
const folder = mkdtempSync(join(tmpdir(), 'guildhall-cli-'))
after(() => rmSync(folder, { recursive: true }))

test('operators set the plan, the limit on seats and their prices', async () => {
  const set = await done(['org', 'set', '--org', 'acme', '--plan', 'team', '--seat-limit', '2'], asBoss)
  assert.equal(set.stdout, 'acme is on the team plan with a limit of 2 seats.\n')
  const refused = await guildhall(['invitations', 'create', '--org', 'acme', '--email', 'x@example.org'], asAda)
  assert.deepEqual([refused.code, /All 2 seats of acme are used/.test(refused.stderr)], [1, true])
  assert.equal((await json(['org', 'set', '--org', 'acme', '--seat-limit', 'none'], asBoss)).seatLimit, null)
  assert.match(
    (await done(['operator', 'prices', '--currency', 'CHF', '--team', '9.50'], asBoss)).stdout,
    /team +9\.50 CHF/,
  )
  assert.deepEqual(await json(['operator', 'prices'], asBoss), {
    currency: 'CHF',
    seatPrices: { team: 950, enterprise: 0, plus: 0 },
  })
})

test('admins see seats and the next invoice', async () => {
  const seats = await done(['billing', 'seats', '--org', 'acme'], asAda)
  assert.match(seats.stdout, /^plan +team\nused +2 \(2 members, 0 pending invitations\)\nlimit +none\n/)
  assert.equal((await json(['billing', 'seats', '--org', 'acme', '--days', '1'], asAda)).history.length, 1)
  assert.match((await done(['billing', 'seats', '--org', 'acme', '--csv'], asAda)).stdout, /^\ufeff"day","plan"/)
  const preview = await done(['billing', 'preview', '--org', 'acme'], asAda)
  assert.match(
    preview.stdout,
    /^team, 9\.50 CHF a seat, .*\n\n.*\n.*\n\ntotal .*\nnext month, with the current seats +19\.00 CHF\n$/,
  )
})

test('admins see who is idle, also as CSV', async () => {
  await hub.running.server.presence.flush()
  const activity = ['members', 'activity', '--org', 'acme']
  assert.match((await done(activity, asAda)).stdout, /\nkim +read +never\n/)
  assert.deepEqual(
    (await json([...activity, '--idle', 'never'], asAda)).map(({ user }: { user: string }) => user),
    ['kim'],
  )
  assert.equal((await done([...activity, '--idle', '90'], asAda)).stdout, 'No members.\n')
  assert.match((await done([...activity, '--csv', '--idle', 'never'], asAda)).stdout, /^\ufeff"user",.*\r\n"kim",/)
  const file = join(folder, 'activity.csv')
  await done([...activity, '--output', file], asAda)
  assert.equal(readFileSync(file, 'utf8').split('\r\n').length, 4)
})

const wrong: [string, string[], Variables, number][] = [
  ['a limit that is no number', ['org', 'set', '--org', 'acme', '--seat-limit', 'few'], asBoss, 2],
  ['nothing to set', ['org', 'set', '--org', 'acme'], asBoss, 2],
  ['a price that is no amount', ['operator', 'prices', '--team', '9,50'], asBoss, 2],
  ['a role in CSV', ['members', 'activity', '--org', 'acme', '--csv', '--role', 'read'], asAda, 2],
  ['idle for 31 days', ['members', 'activity', '--org', 'acme', '--idle', '31'], asAda, 2],
  ['who is not an admin', ['members', 'activity', '--org', 'acme', '--csv'], asKim, 1],
  ['who is no operator', ['org', 'set', '--org', 'acme', '--seat-limit', '5'], asAda, 1],
]
for (const [what, command, who, code] of wrong) {
  test(`refuses: ${what}`, async () => {
    assert.equal((await guildhall(command, who)).code, code)
  })
}

test('the settings of an organization have an option each, and a dry run changes none', async () => {
  const settings = ['org', 'settings', '--org', 'acme']
  const before = await json(settings, asAda)
  const change = [...settings, '--repo-visibility', 'private', '--hide-members', 'true', '--require-2fa-from', 'none']
  const tried = await json([...change, '--dry-run'], asAda)
  assert.deepEqual([tried.repoVisibility, tried.dryRun], ['private', true])
  assert.deepEqual(await json(settings, asAda), before)
  await done(change, asAda)
  assert.deepEqual(await json(settings, asAda), { ...before, repoVisibility: 'private', hideMembers: true })
  const { code, stderr } = await guildhall([...settings, '--repo-visibility', 'secret'], asAda)
  assert.deepEqual([code, /Allowed choices are public, private, private_only/.test(stderr)], [2, true], stderr)
})
