// Two processes of one installation: what one has taken away is gone for the other once the answer is there. The long
// form (`npm run soak`) does a thousand trials of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startBeside, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const trials = Number(process.env.GUILDHALL_TRIALS ?? 8)
const one = await startTestHub()
const two = await startBeside(one)
const { people } = await one.organization('acme', { ada: 'admin', ben: 'write', carl: 'read' })
const { ada, ben } = people
await sql`update users set totp_enabled_at = now() where name = 'ada'`.execute(one.db)
const browser = await signedIn(one, 'ben')
let token = ben?.token ?? ''

const member = '/api/organizations/acme/members/ben'
const settings = '/api/organizations/acme/settings'

/** How each right is taken away and given back. */
const ways: Record<string, { take(): Promise<unknown>; giveBack(): Promise<unknown> }> = {
  'a lowered role': {
    take: () => done(one, 'PUT', `${member}/role`, { role: 'read' }),
    giveBack: () => done(one, 'PUT', `${member}/role`, { role: 'write' }),
  },
  'a removed member': {
    take: () => done(one, 'DELETE', member),
    giveBack: () => one.console('POST', '/api/operator/organizations/acme/members', { username: 'ben', role: 'write' }),
  },
  'a revoked token': {
    take: async () => {
      const { body } = await browser.send('GET', '/api/settings/tokens')
      for (const { id } of body) assert.ok((await browser.send('DELETE', `/api/settings/tokens/${id}`)).status < 300)
    },
    giveBack: async () => {
      const wish = { name: 'next', role: 'write' }
      token = (await one.console('POST', '/api/operator/people/ben/tokens', wish)).body.token
    },
  },
  'required two-factor authentication': {
    take: () => done(one, 'PATCH', settings, { require2fa: true }),
    giveBack: () => done(one, 'PATCH', settings, { require2fa: false }),
  },
}

for (const [what, { take, giveBack }] of Object.entries(ways)) {
  test(`${what} counts for the other process as soon as it is answered`, async () => {
    const found = { before: 0, after: [] as number[] }
    for (let trial = 0; trial < trials; trial++) {
      if ((await attempt()) === 200) found.before++
      // Under way at that moment: whatever they answer, none of them may come to stand behind the answer
      const underWay = Array.from({ length: 3 }, attempt)
      await take()
      found.after.push(...(await Promise.all(Array.from({ length: 3 }, attempt))))
      await Promise.all(underWay)
      await giveBack()
    }
    assert.equal(found.before, trials)
    assert.deepEqual(
      found.after.filter((status) => status < 400),
      [],
    )
  })
}

// Ben, by the other process, does what takes the role write.
async function attempt(): Promise<number> {
  const path = '/api/organizations/acme/members/carl/role'
  return (await two.request(token, 'PUT', path, { role: 'read' })).status
}

async function done(hub: TestHub, method: string, path: string, body?: unknown): Promise<void> {
  const reply = await hub.request(ada, method, path, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
}
