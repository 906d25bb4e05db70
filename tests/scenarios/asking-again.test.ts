import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
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

describe('with an invite link that has ended', () => {
  const links = (path: string) => acme(`/invite-links${path}`)
  const make = async (body: unknown): Promise<{ id: string; token: string; last4: string }> =>
    (await hub.request(people.ada, 'POST', links(''), body)).body
  const pending = async () => (await hub.request(people.ada, 'GET', acme('/requests?state=pending'))).body
  const askedMails = async (who: string) =>
    (await hub.mails()).filter(({ subject }) => subject === `${who} requested to join acme`)

  it('a person asks once: the admins get a request and an email, whatever the setting, and approve it', async () => {
    const link = await make({ label: 'Workshop', role: 'contributor' })
    await hub.request(people.ada, 'DELETE', links(`/${link.id}`))
    assert.equal((await hub.request(people.ada, 'GET', acme('/settings'))).body.allowJoinRequests, false)
    assert.deepEqual((await ask(kim, link.token)).body, { success: true })
    const [request] = await pending()
    const { id, label, last4, role } = request.inviteLink
    assert.deepEqual(
      [request.user.user, request.source, id, label, last4, role],
      ['kim', 'request', link.id, 'Workshop', link.last4, 'contributor'],
    )
    const mails = await askedMails('kim')
    assert.deepEqual(mails.map(({ recipient }) => recipient).sort(), ['ada@example.org', 'amy@example.org'])
    assert.match(
      mails[0]?.text_body ?? '',
      /^kim opened the invite link “Workshop” to acme, which was revoked, and requested to join\./,
    )
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.join_request.create')
    const { notifications } = (await hub.request(people.amy, 'GET', '/api/settings/notifications')).body
    assert.ok(
      notifications.some(({ kind, count }: { kind: string; count: number }) => kind === 'join_requests' && count === 1),
    )

    assert.equal((await ask(kim, link.token)).status, 409, 'is pending')
    assert.equal((await hub.request(kim, 'DELETE', acme('/join'))).status, 200)
    const again = await ask(kim, link.token)
    assert.deepEqual(
      [again.status, again.body.error.slice(0, 45)],
      [409, 'You have already asked with this invite link.'],
    )
    assert.equal((await askedMails('kim')).length, 2)
  })

  it('no one asks who is not named, not verified, a member, of another domain, or blocked, and with a link that works', async () => {
    const sam = await hub.person('sam')
    const dead = await make({ maxUses: 1 })
    await hub.request(sam, 'POST', '/api/join/accept', { token: dead.token })
    const elsewhere = await make({ emailDomain: 'elsewhere.example' })
    await hub.request(people.ada, 'DELETE', links(`/${elsewhere.id}`))
    const live = await make({})
    const lee = await hub.person('lee')
    const offboarded = { mode: 'apply', leaveAsIs: true, reason: 'Left.' }
    await hub.request(lee, 'POST', '/api/join/accept', { token: live.token })
    await hub.request(people.ada, 'POST', acme('/members/lee/offboard'), offboarded)
    const tim = await hub.person('tim')
    await hub.db.updateTable('emails').set({ verified_at: null }).where('user_id', '=', tim.id).execute()
    const cases: [what: string, who: Person | undefined, token: string, status: number, code: string | undefined][] = [
      ['a visitor', undefined, dead.token, 401, undefined],
      ['an account without a verified address', tim, dead.token, 403, 'EmailNotVerified'],
      ['a member', sam, dead.token, 409, undefined],
      ['an address elsewhere', await hub.person('ned'), elsewhere.token, 403, 'EmailNotVerified'],
      ['an offboarded person', lee, dead.token, 409, undefined],
      ['a link that works', await hub.person('pat'), live.token, 200, undefined],
      ['no link', await hub.person('pia'), 'x'.repeat(43), 200, undefined],
    ]
    const before = (await pending()).length
    for (const [what, who, token, status, code] of cases) {
      const reply = await ask(who, token)
      assert.deepEqual([reply.status, reply.headers.get('x-error-code') ?? undefined], [status, code], what)
    }
    assert.equal((await pending()).length, before)
    const view = await hub.request(sam, 'POST', '/api/join/view', { token: dead.token })
    assert.equal(view.body.state, 'member', 'a member sees that they are one')
    const used = await hub.request(undefined, 'POST', '/api/join/view', { token: dead.token })
    assert.deepEqual([used.status, used.headers.get('x-error-code')], [410, 'InviteLinkEnded'])
    assert.match(used.body.error, /^This invite link to acme has reached its maximum number of uses\./)
  })

  it('of several at once one request comes, and an approved one lets the person in', async () => {
    const link = await make({ role: 'write' })
    hub.moveClock(8 * day)
    const ivy = await hub.person('ivy')
    const statuses = (await Promise.all([1, 2, 3].map(() => ask(ivy, link.token)))).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 409, 409])
    const [{ id }] = await pending()
    const approved = await hub.request(people.ada, 'POST', acme(`/requests/${id}/approve`), { role: 'write' })
    assert.deepEqual([approved.status, approved.body.user.user], [200, 'ivy'])
    hub.moveClock(0)
  })
})
