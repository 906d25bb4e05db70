import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digest } from '../../server/kernel/secret.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const made = await hub.organization('Lab', { ada: 'admin', bea: 'admin', wil: 'write' })
const people: Record<string, Person> = { ...made.people, kim: await hub.person('kim'), sam: await hub.person('sam') }
const day = 86_400_000

const at = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body)
const links = (who: string | undefined, method: string, path: string, body?: unknown) =>
  at(who, method, `/api/organizations/Lab/invite-links${path}`, body)
const click = (who: string, token: string) => at(who, 'POST', '/api/join/accept', { token })
const lastEvent = async () => (await hub.events(made.id)).at(-1)
const listed = async (id: string) => (await links('ada', 'GET', '')).body.find((link: { id: string }) => link.id === id)

async function make(body: unknown): Promise<{ id: string; token: string; url: string }> {
  const reply = await links('ada', 'POST', '', body)
  assert.equal(reply.status, 201, JSON.stringify(reply.body))
  return reply.body
}

describe('invite links', () => {
  it('are shown once in full, stored hashed, and let people in with their role, recorded and told', async () => {
    const link = await make({ role: 'contributor', maxUses: 2, label: 'Workshop' })
    assert.equal(link.url, `${hub.running.publicUrl}/join#token=${link.token}`)
    assert.equal((await lastEvent())?.type, 'org.invite_link.create')
    assert.ok(!JSON.stringify(await hub.events(made.id)).includes(link.token))
    const rows = await hub.db.selectFrom('invite_links').selectAll().execute()
    assert.ok(rows[0]?.hash.equals(digest(link.token)))
    assert.ok(!JSON.stringify(rows).includes(link.token))
    assert.ok(!JSON.stringify((await links('ada', 'GET', '')).body).includes(link.token))

    const offer = (await at(undefined, 'POST', '/api/join/view', { token: link.token })).body
    assert.deepEqual([offer.kind, offer.state, offer.role, offer.for], ['link', 'sign_in', 'contributor', 'anyone'])
    assert.equal((await at('kim', 'POST', '/api/join/view', { token: link.token })).body.state, 'ready')
    const reply = await click('kim', link.token)
    assert.deepEqual([reply.status, reply.body], [200, { organization: 'Lab', role: 'contributor' }])
    assert.equal((await lastEvent())?.type, 'org.join.automatic')
    const mail = (await hub.mails()).at(-1)
    assert.deepEqual([mail?.recipient, mail?.subject], ['ada@example.org', 'kim joined Lab'])
    const member = (await at('ada', 'GET', '/api/organizations/Lab/members/kim')).body
    assert.deepEqual([member.role, member.source], ['contributor', 'invitation'])
    assert.equal((await listed(link.id)).uses, 1)
    assert.equal((await click('kim', link.token)).status, 409, 'is a member already')
    assert.equal((await listed(link.id)).uses, 1, 'which is no use')
    assert.equal((await at('kim', 'POST', '/api/join/view', { token: link.token })).body.state, 'member')
  })

  it('with 10 uses admit 10 of 100 who click at the same moment', async () => {
    const link = await make({ maxUses: 10 })
    const crowd: Person[] = []
    for (let i = 0; i < 100; i++) crowd.push(await hub.person(`crowd-${i}`))
    const before = (await hub.events(made.id)).length
    // Who hears that the hub is busy clicks again
    const insist = async (person: Person): Promise<Reply> => {
      const reply = await hub.request(person, 'POST', '/api/join/accept', { token: link.token })
      return reply.status === 503 ? insist(person) : reply
    }
    const replies = await Promise.all(crowd.map(insist))
    const count = (status: number) => replies.filter((reply) => reply.status === status).length
    assert.deepEqual([count(200), count(404)], [10, 90])
    const members = (await at('ada', 'GET', '/api/organizations/Lab/members?search=crowd')).body
    assert.equal(members.length, 10)
    assert.equal((await hub.events(made.id)).length, before + 10)
    const { uses, state } = await listed(link.id)
    assert.deepEqual([uses, state], [10, 'used_up'])
  })

  it('may ask for a verified address in a domain', async () => {
    const link = await make({ emailDomain: 'Elsewhere.example' })
    const before = await stateOf(hub.db)
    const reply = await click('sam', link.token)
    assert.equal(reply.status, 403)
    assert.match(reply.body.error, /elsewhere\.example/)
    assert.deepEqual(await stateOf(hub.db), before)
    assert.equal((await at('sam', 'POST', '/api/join/view', { token: link.token })).body.state, 'verify_email')
    await hub.db
      .updateTable('emails')
      .set({ address: 'sam@not-elsewhere.example' })
      .where('user_id', '=', people.sam?.id ?? '')
      .execute()
    assert.equal((await click('sam', link.token)).status, 403)
    await hub.db
      .updateTable('emails')
      .set({ address: 'sam@ELSEWHERE.example' })
      .where('user_id', '=', people.sam?.id ?? '')
      .execute()
    assert.equal((await click('sam', link.token)).status, 200)
  })

  it('say to who has the secret that they ended, let no one in, and answer like a guess when replaced', async () => {
    people.tom = await hub.person('tom')
    const [answers, endings]: [string[], string[]] = [[], []]
    const look = async (token: string) => {
      const before = await stateOf(hub.db)
      const [view, accept] = [await at('tom', 'POST', '/api/join/view', { token }), await click('tom', token)]
      answers.push(`${accept.status} ${accept.body.error}`)
      if (view.status === 410) endings.push(view.body.error)
      else answers.push(`${view.status} ${view.body.error}`)
      assert.deepEqual(await stateOf(hub.db), before)
    }
    const ended = await make({})
    assert.equal((await links('ada', 'DELETE', `/${ended.id}`)).body.state, 'revoked')
    assert.equal((await lastEvent())?.type, 'org.invite_link.revoke')
    await look(ended.token)
    const replaced = await make({ maxUses: 1 })
    const renewed = await links('ada', 'POST', `/${replaced.id}/regenerate`)
    assert.equal(renewed.status, 200)
    assert.equal((await lastEvent())?.type, 'org.invite_link.regenerate')
    await look(replaced.token)
    const old = await make({ expiresInDays: 1 })
    hub.moveClock(2 * day)
    await look(old.token)
    assert.equal((await listed(old.id)).state, 'expired')
    hub.moveClock(0)
    await look('guessed')
    const orphan = (await links('bea', 'POST', '', {})).body
    await at('ada', 'PUT', '/api/organizations/Lab/members/bea/role', { role: 'write' })
    await look(orphan.token)
    assert.equal((await listed(orphan.id)).state, 'void')
    assert.deepEqual(
      endings,
      ['was revoked', 'has expired', 'no longer works'].map(
        (why) => `This invite link to Lab ${why}. Ask an admin for a new one.`,
      ),
    )
    assert.equal(answers.length, 7)
    assert.equal(new Set(answers).size, 1, answers.join('\n'))
    assert.match(answers[0] ?? '', /^404 /)
    assert.equal((await click('tom', renewed.body.token)).status, 200)
  })

  it('cannot be declined: there is no one they are for', async () => {
    const { token } = await make({})
    assert.equal((await at('sam', 'POST', '/api/join/decline', { token })).status, 404)
  })

  const refused: [string, string | undefined, string, string, unknown, number][] = [
    ['no one signed in', undefined, 'POST', '', {}, 401],
    ['a write member', 'wil', 'POST', '', {}, 403],
    ['a write member who looks', 'wil', 'GET', '', undefined, 403],
    ['the role admin', 'ada', 'POST', '', { role: 'admin' }, 400],
    ['no use', 'ada', 'POST', '', { maxUses: 0 }, 400],
    ['half a use', 'ada', 'POST', '', { maxUses: 1.5 }, 400],
    ['two years', 'ada', 'POST', '', { expiresInDays: 730 }, 400],
    ['a domain that is none', 'ada', 'POST', '', { emailDomain: '@example' }, 400],
    ['an unknown field', 'ada', 'POST', '', { uses: 5 }, 400],
    ['a link that is not there', 'ada', 'DELETE', '/0123456789abcdef01234567', undefined, 404],
    ['a new address for one that is not there', 'ada', 'POST', '/0123456789abcdef01234567/regenerate', {}, 404],
  ]
  for (const [what, who, method, path, body, status] of refused) {
    it(`refuse: ${what}`, async () => {
      const before = await stateOf(hub.db)
      assert.equal((await links(who, method, path, body)).status, status)
      assert.deepEqual(await stateOf(hub.db), before)
    })
  }
})
