import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { fails, told } from '../refusals.ts'

const day = 86_400_000
const hub = await startTestHub()
const { id: orgId, people } = await hub.organization('acme', { ada: 'admin', amy: 'admin', rea: 'read' })
const kim = await hub.person('kim')
const acme = (path: string) => `/api/organizations/acme${path}`
const subject = 'New invitation to acme requested'

async function invite(email: string): Promise<{ id: string; token: string }> {
  const { id, link } = (await hub.request(people.ada, 'POST', acme('/invitations'), { email })).body
  return { id, token: link.split('#token=')[1] }
}

const ask = (who: Person | undefined, token: string) => hub.request(who, 'POST', '/api/join/ask', { token })

/** The mails about an invitation: to whom, and the first paragraph. */
async function asked(whom: string): Promise<string[][]> {
  const mails = (await hub.mails()).filter((mail) => mail.subject === subject && mail.text_body.includes(whom))
  return mails.map(({ recipient, text_body }) => [recipient, text_body.split('\n')[0] ?? ''])
}

const states: [what: string, end: (id: string, token: string) => Promise<unknown>, why: string][] = [
  ['revoked', (id) => hub.request(people.ada, 'DELETE', acme(`/invitations/${id}`)), 'was revoked'],
  ['expired', async () => hub.moveClock(8 * day), 'has expired'],
  ['for another account', async () => undefined, 'is still pending'],
]
for (const [what, end, why] of states)
  test(`an invitation that is ${what}: the admins are told once a day, with who asks`, async () => {
    const whom = `${what.replaceAll(' ', '-')}@example.net`
    const { id, token } = await invite(whom)
    await end(id, token)
    assert.deepEqual((await ask(kim, token)).body, { success: true })
    assert.deepEqual((await ask(undefined, token)).body, { success: true })
    const told = await asked(whom)
    assert.deepEqual(told.map(([recipient]) => recipient).sort(), ['ada@example.org', 'amy@example.org'])
    assert.ok(
      told[0]?.[1]?.startsWith(`kim opened the link of the invitation to acme for ${whom}, which ${why}`),
      told[0]?.[1],
    )
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.invite.ask_again')
    hub.moveClock(0)
  })

test('a visitor who is not signed in may ask, too, and again the next day', async () => {
  const { token } = await invite('visitor@example.net')
  await ask(undefined, token)
  hub.moveClock(1.1 * day)
  await ask(undefined, token)
  const told = await asked('visitor@example.net')
  assert.equal(told.length, 4)
  assert.match(told[0]?.[1] ?? '', /^A person who isn’t signed in opened the link/)
  hub.moveClock(0)
})

test('the answer is the same for every link: known, unknown, of an account, of none, and of a deleted organization', async () => {
  const { people: gone, id } = await hub.organization('gone', { ada: 'admin' })
  const made = await hub.request(gone.ada, 'POST', '/api/organizations/gone/invitations', { email: 'x@example.net' })
  await hub.db.updateTable('organizations').set({ deleted_at: new Date() }).where('id', '=', id).execute()
  const tokens = [
    (await invite('nobody@example.net')).token,
    (await invite('kim@example.org')).token,
    (await invite('rea@example.org')).token,
    made.body.link.split('#token=')[1],
    'x'.repeat(64),
  ]
  const mails = (await asked('')).length
  const answers = []
  for (const token of tokens) answers.push(JSON.stringify(told(await ask(kim, token))))
  assert.equal(new Set(answers).size, 1)
  assert.equal((await asked('')).length, mails + 3 * 2, 'of three that are there')
})

test('one network asks 30 times in an hour', async () => {
  hub.moveClock(2 * day)
  for (let n = 0; n < 30; n++) assert.equal((await ask(kim, `unknown-${n}`)).status, 200)
  await fails(hub, 429, { who: kim, method: 'POST', path: '/api/join/ask', body: { token: 'unknown' } })
  hub.moveClock(0)
})
