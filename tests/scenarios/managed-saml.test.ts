// Managed SSO with SAML: the identity provider posts its response to a browser in which no one is signed in.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { createServiceProviderKey } from '../../server/sso/saml/service-provider.ts'
import { type Reply, startTestHub } from '../hub.ts'
import { done, startManagedLab } from '../managed-lab.ts'
import { type Answer, bothSides, idpMetadata, posted, requestIn, type Sides, signedAnswer } from '../saml/idp.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub({ privateNetworks: ['127.0.0.1'] })
const acme = await hub.organization('acme', { ada: 'admin', amy: 'admin', mia: 'write' })
const { ada, at, addDomain, plan, apply } = await startManagedLab(hub, acme.id)
let sides = await bothSides()
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

const eventTypes = async (since: number) => (await hub.events(acme.id)).slice(since).map(({ type }) => type)
const eventCount = async () => (await hub.events(acme.id)).length

/** Posts the response of the identity provider, and answers the query with which the browser comes back. */
async function answer(
  location: string,
  change: Partial<Answer>,
  by = sides,
): Promise<{ status: number; query: string }> {
  const { requestId, relayState } = requestIn(location)
  const response = signedAnswer(by, now(), { id: `_${newId()}`, requestId, ...change })
  const reply = await fetch(`${hub.url}/sso/acme/acs`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: 'https://idp.test', 'sec-fetch-site': 'cross-site', accept: 'text/html' },
    body: new URLSearchParams({ SAMLResponse: posted(response), RelayState: relayState }),
  })
  const to = reply.headers.get('location')
  return { status: reply.status, query: to === null ? '' : new URL(to).search }
}

/** Signs in to a managed account, in a browser of its own. */
async function enter(change: Partial<Answer>, browser?: string, asked: { again?: boolean } = {}) {
  const begun = await done(hub.request(undefined, 'POST', at('/sso/managed/sign-in'), asked))
  assert.equal(requestIn(begun.location).asksAgain, asked.again ?? false)
  const { status, query } = await answer(begun.location, change)
  assert.equal(status, 302)
  const complete = () =>
    hub.request(undefined, 'POST', at('/sso/managed/complete'), { query, browser: browser ?? begun.browser })
  const reply = await complete()
  const cookie = reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const headers = { cookie, 'sec-fetch-site': 'same-origin', origin: hub.url }
  const as = (method: string, path: string, body?: unknown): Promise<Reply> =>
    hub.request(undefined, method, path, body, headers)
  return { reply, as, again: complete }
}

const person = (name: string, roles: string[], fullname?: string): Partial<Answer> => ({
  nameId: `subject-${name}`,
  nameIdFormat: persistent,
  attributes: { mail: [`${name}@example.org`], roles, ...(fullname !== undefined && { displayName: [fullname] }) },
})

describe('an organization whose identity provider speaks SAML', () => {
  test('is converted once SSO is enforced', async () => {
    await addDomain('example.org')
    const set = await done(ada.send('PUT', at('/settings/sso/saml'), { metadata: idpMetadata(sides) }))
    sides = { ...sides, sp: { ...sides.sp, entityId: set.entityId, acsUrl: set.acsUrl } }
    const roleMapping = [
      { value: 'boss', role: 'admin' },
      { value: 'staff', role: 'write' },
    ]
    const emailDomains = ['example.org', 'evil.example']
    await done(ada.send('PUT', at('/settings/sso'), { protocol: 'saml', emailDomains, rolePath: 'roles', roleMapping }))
    const { location } = await done(ada.send('POST', at('/settings/sso/test'), {}))
    const { query } = await answer(location, person('ada', ['boss']))
    assert.equal((await done(ada.send('POST', at('/sso/complete'), { query }))).outcome, 'tested')
    await done(ada.send('PUT', at('/settings/sso/break-glass'), { admins: ['ada', 'amy'] }))
    await done(ada.send('PUT', at('/settings/sso/mode'), { mode: 'enforced' }))
    const mia = await signedIn(hub, 'mia')
    const { counts } = await done(apply(true, (await plan(true)).planHash))
    assert.equal(counts.managed, 1)
    assert.equal((await mia.send('GET', '/api/settings/account')).status, 401)
  })
})

describe('a managed account by SAML', () => {
  test('signs in without a password, and keeps its role and name', async () => {
    const { reply, as } = await enter(person('mia', ['staff']))
    assert.deepEqual([reply.status, reply.body.outcome, reply.body.role], [200, 'signed_in', 'write'])
    const account = await done(as('GET', '/api/settings/account'))
    assert.deepEqual([account.name, account.managedBy], ['mia', 'acme'])
    assert.equal((await as('GET', at('/settings'))).status, 200)
  })

  test('is made at the first sign-in, with what the identity provider says, and is the same at the next', async () => {
    const before = await eventCount()
    const { reply, as } = await enter(person('nia.new', ['staff'], 'Nia New'))
    assert.deepEqual([reply.status, reply.body.outcome, reply.body.role], [200, 'joined', 'write'])
    const account = await done(as('GET', '/api/settings/account'))
    assert.deepEqual(
      [account.name, account.fullname, account.email, account.emailVerified],
      ['nia-new', 'Nia New', 'nia.new@example.org', true],
    )
    assert.deepEqual(await eventTypes(before), ['org.managed_account.create', 'org.sso_join', 'session.create'])
    // Another address and name, and the same subject
    const moved = person('nia.moved', ['boss'], 'Nia Moved')
    const next = await enter({ ...moved, nameId: 'subject-nia.new' })
    assert.deepEqual([next.reply.body.outcome, next.reply.body.role], ['signed_in', 'admin'])
    const same = await done(next.as('GET', '/api/settings/account'))
    assert.deepEqual(
      [same.id, same.name, same.fullname, same.email],
      [account.id, 'nia-new', 'Nia Moved', 'nia.moved@example.org'],
    )
  })

  test('confirms with a sign-in that the identity provider asked for', async () => {
    const minutesAgo = (minutes: number) => new Date(now().getTime() - minutes * 60_000)
    const create = (as: Awaited<ReturnType<typeof enter>>['as']) =>
      as('POST', '/api/settings/tokens', { name: 'ci', role: 'read' })
    const cases = [
      { asked: {}, authenticated: minutesAgo(11), status: 200, created: 403 },
      { asked: {}, authenticated: minutesAgo(9), status: 200, created: 201 },
      { asked: { again: true }, authenticated: minutesAgo(11), status: 403, created: 401 },
      { asked: { again: true }, authenticated: minutesAgo(1), status: 200, created: 201 },
    ]
    for (const { asked, authenticated, status, created } of cases) {
      const { reply, as } = await enter({ ...person('mia', ['staff']), authenticated }, undefined, asked)
      assert.deepEqual([reply.status, (await create(as)).status], [status, created], JSON.stringify(reply.body))
    }
  })

  test('ends its SSO session when the identity provider says so', async () => {
    const sessionUntil = new Date(now().getTime() + 30 * 60_000)
    const { as } = await enter({ ...person('mia', ['staff']), sessionUntil })
    assert.equal((await as('GET', at('/settings'))).status, 200)
    hub.moveClock(31 * 60_000)
    assert.equal((await as('GET', at('/settings'))).status, 403)
    hub.moveClock(0)
  })

  test('is made for no one else: another domain, an account of one’s own, a lookalike', async () => {
    const refused: [string, Partial<Answer>, number, RegExp][] = [
      [
        'a domain that is not verified',
        { ...person('ceo', ['boss']), attributes: { mail: ['ceo@evil.example'], roles: ['boss'] } },
        422,
        /not in a verified domain/,
      ],
      [
        'a domain that is not allowed',
        { ...person('ceo', ['boss']), attributes: { mail: ['ceo@other.example'], roles: ['boss'] } },
        403,
        /other\.example|domain/,
      ],
      ['the address of an account of one’s own', person('amy', ['boss']), 409, /account of your own/],
      ['another subject for an account', { ...person('mia', ['staff']), nameId: 'someone' }, 409, /another identity/],
      ['no address', { ...person('mia', ['staff']), nameId: 'none', attributes: {} }, 403, /email/],
      ['a letter that looks alike', person('mi\u0430', ['staff']), 403, /email/],
    ]
    for (const [what, change, status, words] of refused) {
      const [before, accounts] = [await eventCount(), await accountCount()]
      const { reply } = await enter(change)
      assert.deepEqual([reply.status, reply.headers.getSetCookie()], [status, []], `${what} ${reply.body.error}`)
      assert.match(reply.body.error, words, what)
      assert.deepEqual([await eventTypes(before), await accountCount()], [['org.sso_fail'], accounts], what)
    }
  })

  test('is not opened in another browser, nor twice by one response', async () => {
    const other = await enter(person('mia', ['staff']), 'x'.repeat(43))
    assert.deepEqual([other.reply.status, other.reply.headers.getSetCookie()], [400, []])
    const noted = (await hub.events('instance')).at(-1)
    assert.deepEqual([noted?.type, noted?.data.org, noted?.data.user], ['session.fail', 'acme', null])
    const once = await enter(person('mia', ['staff']))
    assert.equal(once.reply.status, 200)
    const twice = await once.again()
    assert.deepEqual([twice.status, twice.headers.getSetCookie()], [400, []])
  })
})

test('a response that can’t be trusted opens nothing, and is in the log', async () => {
  const stranger = await createServiceProviderKey('stranger.test')
  const cases: [string, Sides, Partial<Answer>, string][] = [
    ['signed by a stranger', { ...sides, keys: stranger }, {}, 'signature'],
    ['for another organization', sides, { acsUrl: `${hub.url}/sso/globex/acs` }, 'destination'],
    ['expired', sides, { until: new Date(now().getTime() - 120_000) }, 'expired'],
  ]
  for (const [what, by, change, reason] of cases) {
    const { location, browser } = await done(hub.request(undefined, 'POST', at('/sso/managed/sign-in'), {}))
    const { status, query } = await answer(location, { ...person('mia', ['boss']), ...change }, by)
    assert.deepEqual([status, query], [403, ''], what)
    const last = (await hub.events(acme.id)).at(-1)
    assert.deepEqual([last?.type, last?.data.reason, last?.author?.user], ['org.sso_fail', reason, 'anonymous'], what)
    const { relayState: state } = requestIn(location)
    const reply = await hub.request(undefined, 'POST', at('/sso/managed/complete'), {
      query: `?state=${state}`,
      browser,
    })
    assert.deepEqual([reply.status, reply.headers.getSetCookie()], [400, []], what)
  }
})

async function accountCount(): Promise<number> {
  return (await hub.db.selectFrom('users').select('id').execute()).length
}

describe('converting back', () => {
  test('makes the accounts the people’s own, and closes the way in without an account', async () => {
    const result = await done(apply(false, (await plan(false)).planHash))
    assert.equal(result.managed, false)
    assert.equal((await hub.request(undefined, 'POST', at('/sso/managed/sign-in'), {})).status, 409)
    await done(hub.request(undefined, 'POST', '/api/password-reset', { email: 'nia.moved@example.org' }))
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'nia.moved@example.org')
    assert.match(mail?.subject ?? '', /password/i)
  })
})
