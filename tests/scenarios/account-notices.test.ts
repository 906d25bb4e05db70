import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { now } from '../../server/kernel/clock.ts'
import { setAccountState } from '../../server/users/accounts/accounts.ts'
import { holding } from '../holding.ts'
import { type Person, startTestHub, testPassword } from '../hub.ts'
import { linkIn, signedIn, type Visitor, visitor } from '../visitor.ts'
import { untilWaiting } from '../waiting.ts'

// What is done to an account is told to all of its verified addresses, and ends what was let in before.
const hub = await startTestHub()
const day = 86_400_000
const operator = await hub.person('opal', { operator: true })

interface Owner {
  person: Person
  browser: Visitor
  /** The verified addresses: the primary one, and one verified long ago. */
  addresses: string[]
}

async function owner(name: string): Promise<Owner> {
  const person = await hub.person(name)
  const browser = await signedIn(hub, name)
  const second = `${name}.home@example.org`
  const { body } = await browser.send('POST', '/api/settings/emails', { address: second })
  await hub.db
    .updateTable('emails')
    .set({ verified_at: new Date(now().getTime() - 2 * day) })
    .where('id', '=', body.id)
    .execute()
  return { person, browser, addresses: [person.email, second] }
}

async function emailId({ browser }: Owner, address: string): Promise<string> {
  const { body } = await browser.send('GET', '/api/settings/emails')
  return body.find((email: { address: string }) => email.address === address).id
}

async function authenticator({ browser }: Owner): Promise<(steps: number) => Promise<string>> {
  const { secret } = (await browser.send('POST', '/api/settings/two-factor')).body
  return (steps) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) + steps * 30 })
}

async function enrol(of: Owner): Promise<void> {
  const code = await authenticator(of)
  await of.browser.send('POST', '/api/settings/two-factor/confirm', { code: await code(0) })
}

interface Deed {
  what: string
  subject: string
  prepare?: (of: Owner) => Promise<unknown>
  act: (of: Owner) => Promise<{ status: number; body: unknown }>
  /** Ends the links that set a password. */
  endsLinks: boolean
  /** Ends other sessions, and the cookie of this one. */
  endsSessions?: true
}

const deeds: Deed[] = [
  {
    what: 'an address is added',
    subject: 'An email address was added',
    act: ({ browser, person }) =>
      browser.send('POST', '/api/settings/emails', { address: `${person.name}.new@example.org` }),
    endsLinks: true,
  },
  {
    what: 'an address is verified',
    subject: 'An email address was verified',
    prepare: ({ browser, person }) =>
      browser.send('POST', '/api/settings/emails', { address: `${person.name}.more@example.org` }),
    act: async ({ browser, person }) =>
      browser.send('POST', '/api/verify-email', { token: await linkIn(hub, `${person.name}.more@example.org`) }),
    endsLinks: true,
  },
  {
    what: 'another address becomes the primary one',
    subject: 'Your primary email address was changed',
    act: async (of) =>
      of.browser.send('POST', `/api/settings/emails/${await emailId(of, of.addresses[1] ?? '')}/primary`),
    endsLinks: true,
  },
  {
    what: 'an address is removed',
    subject: 'An email address was removed',
    act: async (of) => of.browser.send('DELETE', `/api/settings/emails/${await emailId(of, of.addresses[1] ?? '')}`),
    endsLinks: true,
  },
  {
    what: 'the password is changed',
    subject: 'Your password was changed',
    act: ({ browser }) =>
      browser.send('PATCH', '/api/settings/account', {
        currentPassword: testPassword,
        newPassword: 'an altogether new one',
      }),
    endsLinks: true,
    endsSessions: true,
  },
  {
    what: '2FA is turned on',
    subject: 'Two-factor authentication (2FA) was turned on',
    act: async (of) => {
      const code = await authenticator(of)
      return of.browser.send('POST', '/api/settings/two-factor/confirm', { code: await code(0) })
    },
    endsLinks: true,
    endsSessions: true,
  },
  {
    what: '2FA is turned off',
    subject: 'Two-factor authentication (2FA) was turned off',
    prepare: enrol,
    act: ({ browser }) => browser.send('DELETE', '/api/settings/two-factor'),
    endsLinks: true,
    endsSessions: true,
  },
  {
    what: 'recovery codes are made',
    subject: 'New recovery codes were created',
    prepare: enrol,
    act: ({ browser }) => browser.send('POST', '/api/settings/two-factor/recovery-codes'),
    endsLinks: true,
  },
  {
    what: 'a token is created',
    subject: 'An access token was created',
    act: ({ browser }) => browser.send('POST', '/api/settings/tokens', { name: 'laptop', role: 'write' }),
    endsLinks: false,
  },
  {
    what: 'a token is created on the server',
    subject: 'An access token was created',
    act: ({ person }) =>
      hub.console('POST', `/api/operator/people/${person.name}/tokens`, { name: 'robot', role: 'read' }),
    endsLinks: false,
  },
  {
    what: 'the account is suspended',
    subject: '',
    act: async ({ person }) =>
      (await signedIn(hub, operator.name)).send('PATCH', `/api/operator/people/${person.name}`, { suspended: true }),
    endsLinks: true,
  },
]

for (const [n, deed] of deeds.entries())
  test(`${deed.what}: the owner is told, and what was let in before ends`, async () => {
    const of = await owner(`owner-${n}`)
    const { person, browser, addresses } = of
    await deed.prepare?.(of)
    const other = await signedInAgain(of)
    const cookie = browser.cookie
    await hub.request(undefined, 'POST', '/api/password-reset', { email: person.email })
    const link = await linkIn(hub, person.email)
    const before = (await hub.mails()).length
    const done = await deed.act(of)
    assert.ok(done.status < 300, JSON.stringify(done.body))

    const told = (await hub.mails()).slice(before).filter(({ subject }) => subject === deed.subject)
    assert.deepEqual(told.map(({ recipient }) => recipient).sort(), deed.subject === '' ? [] : [...addresses].sort())
    const reset = { token: link, password: 'set with the link' }
    const used = await hub.request(undefined, 'POST', '/api/password-reset/confirm', reset)
    assert.equal(used.status, deed.endsLinks ? 400 : 200)
    if (!deed.endsSessions) return
    assert.equal((await other.send('GET', '/api/settings/account')).status, 401, 'the other session')
    assert.equal((await visitor(hub, cookie).send('GET', '/api/settings/account')).status, 401, 'the cookie before')
    assert.notEqual(browser.cookie, cookie)
    assert.equal((await browser.send('GET', '/api/settings/account')).status, 200)
  })

// Another browser of the same person, in the database alone: signing in would take a code of the moment.
async function signedInAgain({ person }: Owner): Promise<Visitor> {
  const row = await hub.db
    .selectFrom('users')
    .select(['totp_enabled_at'])
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow()
  const users = hub.db.updateTable('users').where('id', '=', person.id)
  await users.set({ totp_enabled_at: null }).execute()
  const browser = await signedIn(hub, person.name)
  await users.set({ totp_enabled_at: row.totp_enabled_at }).execute()
  return browser
}

test('a link to a new password goes to the addresses as stored: the primary one, and those verified for a day', async () => {
  const of = await owner('reset')
  const { browser, addresses } = of
  await browser.send('POST', '/api/settings/emails', { address: 'reset.fresh@example.org' })
  await browser.send('POST', '/api/verify-email', { token: await linkIn(hub, 'reset.fresh@example.org') })
  for (const typed of ['RESET@EXAMPLE.ORG', 'reset.fresh@example.org', 'Reset.Home@example.org']) {
    const before = (await hub.mails()).length
    await hub.request(undefined, 'POST', '/api/password-reset', { email: typed })
    const mailed = (await hub.mails()).slice(before).map(({ recipient }) => recipient)
    assert.deepEqual(mailed, addresses, typed)
  }
  hub.moveClock(day + 60_000)
  const before = (await hub.mails()).length
  await hub.request(undefined, 'POST', '/api/password-reset', { email: 'reset@example.org' })
  assert.equal((await hub.mails()).slice(before).length, 3)
  hub.moveClock(0)
})

test('a link to a new password is not made for an account that is being suspended', async () => {
  const { id, email } = await hub.person('benched')
  const before = (await hub.mails()).length
  const suspending = await holding(hub.db, (tx) => setAccountState(tx, id, 'suspended'))
  const asked = hub.request(undefined, 'POST', '/api/password-reset', { email })
  assert.equal(await untilWaiting(hub.db, asked), true, 'it waits for the suspension')
  await suspending.release()
  assert.equal((await asked).status, 202)
  await hub.request(undefined, 'POST', '/api/password-reset', { email })
  assert.equal((await hub.mails()).length, before)
  const links = await hub.db.selectFrom('account_links').select('hash').where('user_id', '=', id).execute()
  assert.deepEqual(links, [])
})

async function countNewDevices(recipient: string): Promise<number> {
  const rows = await hub.db
    .selectFrom('mails')
    .select('recipient')
    .where('subject', '=', 'New sign-in to your account')
    .where('recipient', '=', recipient)
    .execute()
  return rows.length
}

test('a sign-in from a browser that had not signed in before is told, until the password changes', async () => {
  await hub.person('nomad')
  const count = () => countNewDevices('nomad@example.org')
  const logIn = async (device?: string, password = testPassword) => {
    const headers = device === undefined ? {} : { cookie: device }
    const credentials = { username: 'nomad', password }
    const reply = await hub.request(undefined, 'POST', '/api/login', credentials, headers as Record<string, string>)
    assert.equal(reply.status, 200)
    return reply.headers.getSetCookie()[1] ?? ''
  }
  const set = await logIn()
  assert.match(set, /^guildhall_device=[\w-]+; .*HttpOnly; SameSite=Lax/)
  assert.equal(await count(), 1)
  const device = set.split(';')[0] ?? ''
  await logIn(device)
  assert.equal(await count(), 1, 'known')
  await hub.person('roommate')
  const both = await hub.request(
    undefined,
    'POST',
    '/api/login',
    { username: 'roommate', password: testPassword },
    { cookie: device },
  )
  await logIn(both.headers.getSetCookie()[1]?.split(';')[0])
  assert.equal(await count(), 1, 'also after someone else signed in there')
  for (const forged of ['guildhall_device=x', 'guildhall_device=', `${device}x`, 'guildhall_device=a.b.c']) {
    const before = await count()
    await logIn(forged)
    assert.equal(await count(), before + 1, forged)
  }
  const browser = await signedIn(hub, 'nomad')
  await browser.send('PATCH', '/api/settings/account', {
    currentPassword: testPassword,
    newPassword: 'an altogether new one',
  })
  const before = await count()
  await logIn(device, 'an altogether new one')
  assert.equal(await count(), before + 1, 'a new password makes every browser new')
})

test('a known browser in which the password is reset stays known, and no other becomes known', async () => {
  await hub.person('reseter')
  const deviceIn = ({ headers }: { headers: Headers }) =>
    headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('guildhall_device='))
      ?.split(';')[0]
  const logIn = async (device: string | undefined, password: string) => {
    const headers: Record<string, string> = device === undefined ? {} : { cookie: device }
    const before = await countNewDevices('reseter@example.org')
    const reply = await hub.request(undefined, 'POST', '/api/login', { username: 'reseter', password }, headers)
    assert.equal(reply.status, 200)
    return { device: deviceIn(reply), told: (await countNewDevices('reseter@example.org')) - before }
  }
  const reset = async (device: string | undefined, password: string) => {
    await hub.request(undefined, 'POST', '/api/password-reset', { email: 'reseter@example.org' })
    const body = { token: await linkIn(hub, 'reseter@example.org'), password }
    const headers: Record<string, string> = device === undefined ? {} : { cookie: device }
    const reply = await hub.request(undefined, 'POST', '/api/password-reset/confirm', body, headers)
    assert.equal(reply.status, 200)
    assert.ok(!reply.headers.getSetCookie().some((cookie) => cookie.startsWith('guildhall_session=')))
    return deviceIn(reply)
  }
  const { device: old } = await logIn(undefined, testPassword)
  const known = await reset(old, 'a sentence set with a link')
  assert.deepEqual(await logIn(known, 'a sentence set with a link').then(({ told }) => told), 0)
  assert.equal(await reset('guildhall_device=forged', 'another sentence set with a link'), undefined)
  assert.equal(await reset(undefined, 'a third sentence set with a link'), undefined)
  assert.equal((await logIn(known, 'a third sentence set with a link')).told, 1, 'the password is new for it too')
})

test('a cookie from just before a daily change of the secret ends with the password too', async () => {
  await hub.person('rota')
  const browser = await signedIn(hub, 'rota')
  const old = browser.cookie
  hub.moveClock(day + 60_000)
  await browser.send('GET', '/api/settings/account')
  assert.notEqual(browser.cookie, old)
  assert.equal((await visitor(hub, old).send('GET', '/api/settings/account')).status, 200, 'for a minute')
  const change = { currentPassword: testPassword, newPassword: 'an altogether new one' }
  assert.equal((await browser.send('PATCH', '/api/settings/account', change)).status, 200)
  assert.equal((await visitor(hub, old).send('GET', '/api/settings/account')).status, 401)
  hub.moveClock(0)
})
