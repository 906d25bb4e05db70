import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { linkIn, signedIn, type Visitor, visitor } from '../visitor.ts'

// Who an address belongs to: the account that asked, with the reader of the mail at its keyboard; or who was invited there.
const hub = await startTestHub()
const { people } = await hub.organization('Corp', { ada: 'admin' })
await hub.request(people.ada, 'POST', '/api/organizations/Corp/domains', { domain: 'corp.example' })

async function signUp(username: string, email: string, more: object = {}): Promise<Visitor> {
  const browser = visitor(hub)
  const reply = await browser.send('POST', '/api/signup', { username, email, password: testPassword, ...more })
  assert.equal(reply.status, 201, JSON.stringify(reply.body))
  return browser
}

const verify = (who: Visitor, token: string) => who.send('POST', '/api/verify-email', { token })
const stateOfAddress = async (address: string) => {
  const rows = hub.db.selectFrom('emails').innerJoin('users', 'users.id', 'emails.user_id')
  return rows.select(['users.name', 'verified_at']).where('address', '=', address).execute()
}

describe('a verification link', () => {
  it('verifies nothing for a thief: not without a session, not in another account, not with a token', async () => {
    const thief = await signUp('thief', 'hire@corp.example')
    const token = await linkIn(hub, 'hire@corp.example')
    const other = await signedIn(hub, (await hub.person('bystander')).name)
    const before = await stateOf(hub.db)
    assert.equal((await verify(visitor(hub), token)).status, 401)
    const refused = await verify(other, token)
    assert.equal(refused.status, 403)
    assert.match(refused.body.error, /for another account/)
    const byToken = await hub.request(await hub.person('bystander'), 'POST', '/api/verify-email', { token })
    assert.deepEqual([byToken.status, byToken.headers.get('x-error-code')], [403, 'SessionRequired'])
    assert.deepEqual(await stateOf(hub.db), before)
    assert.equal((await thief.send('POST', '/api/organizations/Corp/join', {})).status, 403)
  })

  it('names the account, the address, and what it opens, to the reader of the mail', async () => {
    const token = await linkIn(hub, 'hire@corp.example')
    const before = await stateOf(hub.db)
    const { status, body } = await visitor(hub).send('POST', '/api/verify-email/claim', { token })
    assert.equal(status, 200)
    assert.deepEqual(body, {
      email: 'hire@corp.example',
      username: 'thief',
      isYours: false,
      organizations: [{ name: 'Corp', fullname: 'Corp', approvalRequired: false }],
    })
    assert.deepEqual(await stateOf(hub.db), before)
    assert.equal((await visitor(hub).send('POST', '/api/verify-email/claim', { token: 'guess' })).status, 400)
  })

  it('takes the address away from the account that asked: “This wasn’t me”', async () => {
    const token = await linkIn(hub, 'hire@corp.example')
    assert.equal((await visitor(hub).send('POST', '/api/verify-email/reject', { token })).status, 200)
    assert.deepEqual(await stateOfAddress('hire@corp.example'), [])
    const event = (await hub.events('instance')).at(-1)
    assert.equal(event?.type, 'email.reject_claim')
    for (const path of ['/api/verify-email/reject', '/api/verify-email/claim'])
      assert.equal((await visitor(hub).send('POST', path, { token })).status, 400, 'once')
    const thief = await signedIn(hub, 'thief')
    assert.equal((await verify(thief, token)).status, 400)
    const { body } = await thief.send('GET', '/api/settings/account')
    assert.deepEqual([body.email, body.emailVerified], [null, false])
    await thief.send('POST', '/api/settings/emails', { address: 'thief@home.example' })
    assert.equal((await verify(thief, await linkIn(hub, 'thief@home.example'))).status, 200)
    assert.equal((await thief.send('GET', '/api/settings/account')).body.email, 'thief@home.example')
  })

  it('takes no verified address away', async () => {
    const owner = await signUp('owner', 'owner@corp.example')
    const link = await linkIn(hub, 'owner@corp.example')
    await verify(owner, link)
    assert.equal((await visitor(hub).send('POST', '/api/verify-email/reject', { token: link })).status, 400)
    assert.equal((await stateOfAddress('owner@corp.example')).length, 1)
  })

  it('works in a session of the account', async () => {
    const owner = await signUp('rightful', 'hire@corp.example')
    const token = await linkIn(hub, 'hire@corp.example')
    assert.equal((await owner.send('POST', '/api/verify-email/claim', { token })).body.isYours, true)
    assert.equal((await verify(owner, token)).status, 200)
    assert.equal((await owner.send('POST', '/api/organizations/Corp/join', {})).status, 200)
  })
})

/** The secrets in the link of the newest invitation to an address. */
async function mailedTo(address: string): Promise<{ invitation: string; proof: string; email: string | null }> {
  const mail = (await hub.mails()).findLast(({ recipient }) => recipient === address)
  const [, invitation = '', fragment = ''] = mail?.text_body.match(/\/join#token=([0-9a-f]+)&(\S+)/) ?? []
  const words = new URLSearchParams(fragment)
  return { invitation, proof: words.get('proof') ?? '', email: words.get('email') }
}

const invite = (email: string) =>
  hub.request(people.ada, 'POST', '/api/organizations/Corp/invitations', { email, role: 'read' })

describe('the mail of an invitation', () => {
  it('brings a newcomer in with one mail: its link verifies the address it was sent to', async () => {
    const made = await invite('Nova@corp.example')
    const { invitation, proof, email } = await mailedTo('Nova@corp.example')
    assert.equal(email, 'Nova@corp.example')
    assert.ok(!JSON.stringify(made.body).includes(proof), 'the admin sees the link, and not the proof')
    const nova = await signUp('nova', 'nova@corp.example', { invitation, proof })
    assert.equal((await nova.send('POST', '/api/join/accept', { token: invitation })).status, 200)
    const mails = (await hub.mails()).filter(({ recipient }) => recipient.toLowerCase() === 'nova@corp.example')
    assert.equal(mails.length, 1)
    const [row] = await stateOfAddress('Nova@corp.example')
    assert.ok(row?.verified_at, 'as the invitation spells it')
  })

  it('proves nothing by its token alone, for another address, or with the proof of another invitation', async () => {
    await invite('milo@corp.example')
    await invite('mona@corp.example')
    const milo = await mailedTo('milo@corp.example')
    const mona = await mailedTo('mona@corp.example')
    const tries: [name: string, email: string, came: object][] = [
      ['copied', 'milo@corp.example', { invitation: milo.invitation }],
      ['guessed', 'milo@corp.example', { invitation: milo.invitation, proof: milo.invitation }],
      ['crossed', 'milo@corp.example', { invitation: milo.invitation, proof: mona.proof }],
      ['borrowed', 'milo@corp.example', { invitation: mona.invitation, proof: mona.proof }],
      ['renamed', 'boss@corp.example', { invitation: milo.invitation, proof: milo.proof }],
    ]
    for (const [name, email, came] of tries) {
      const browser = await signUp(name, email, came)
      assert.equal((await browser.send('GET', '/api/settings/account')).body.emailVerified, false, name)
      assert.equal((await browser.send('POST', '/api/organizations/Corp/join', {})).status, 403, name)
    }
  })

  it('proves nothing once the invitation is revoked, renewed or expired', async () => {
    const ends: Record<string, (id: string) => Promise<unknown>> = {
      revoked: (id) => hub.request(people.ada, 'DELETE', `/api/organizations/Corp/invitations/${id}`),
      renewed: (id) => hub.request(people.ada, 'POST', `/api/organizations/Corp/invitations/${id}/resend`),
      expired: (id) =>
        hub.db
          .updateTable('invitations')
          .set({ expires_at: new Date(0) })
          .where('id', '=', id)
          .execute(),
    }
    for (const [how, end] of Object.entries(ends)) {
      const address = `${how}@corp.example`
      const { id } = (await invite(address)).body
      const { invitation, proof } = await mailedTo(address)
      await end(id)
      const browser = await signUp(how, address, { invitation, proof })
      assert.equal((await browser.send('GET', '/api/settings/account')).body.emailVerified, false, how)
    }
  })

  it('makes no second account with the address', async () => {
    await invite('solo@corp.example')
    const { invitation, proof } = await mailedTo('solo@corp.example')
    await signUp('solo', 'solo@corp.example', { invitation, proof })
    const wish = { username: 'second', email: 'solo@corp.example', password: testPassword, invitation, proof }
    assert.equal((await visitor(hub).send('POST', '/api/signup', wish)).status, 409)
  })

  it('carries the proof only to an address without an account', async () => {
    await hub.person('known')
    await invite('known@example.org')
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'known@example.org')
    assert.match(mail?.text_body ?? '', /\/join#token=[0-9a-f]{64}\s/)
    assert.doesNotMatch(mail?.text_body ?? '', /proof=/)
  })
})
