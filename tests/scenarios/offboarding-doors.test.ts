// Everything someone could come in by is tried before and after they are offboarded.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { refused, succeeded } from '../clients/expect.ts'
import { type Machine, makeMachine } from '../clients/machine.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'
import { stateOf } from '../state.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const mediaType = 'application/vnd.git-lfs+json'
const bytes = randomBytes(3000)
const object = objectOf(bytes)
const day = 86_400_000

let hub: TestHub
let orgId: string
let people: Record<string, Person>
let kim: Person
let tokens: Record<string, string>
let browser: Visitor
let machine: Machine
let links: Record<string, string>
let offers: Record<string, string>

const at = (who: Person | string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who, method, path, body)
const lab = (who: string, method: string, path: string, body?: unknown) =>
  at(people[who], method, `/api/organizations/Lab${path}`, body)

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

async function joinTokenTo(address: string): Promise<string> {
  const mail = (await hub.mails()).findLast((sent) => sent.recipient === address && /\/join#/.test(sent.text_body))
  return mail?.text_body.match(/\/join#token=([0-9A-Za-z]+)/)?.[1] ?? assert.fail(`no invitation went to ${address}`)
}

/** Asks the LFS door for a link to the object, with any headers. */
async function askLink(operation: string, headers: Record<string, string>): Promise<Reply> {
  const body = { operation, objects: [object], hash_algo: 'sha256' }
  const sent = { 'content-type': mediaType, accept: mediaType, ...headers }
  return hub.request(undefined, 'POST', '/Lab/ours.git/info/lfs/objects/batch', body, sent)
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const follow = async (href = '') => (await fetch(href)).status

async function repository(name: string, group?: string): Promise<void> {
  const body = { name, organization: 'Lab', private: true, resourceGroupId: group }
  await done(at(people.ada, 'POST', '/api/repos/create', body))
}

async function putObject(): Promise<void> {
  const { body } = await askLink('upload', bearer(people.ada?.token ?? ''))
  const [{ actions }] = body.objects
  assert.equal((await fetch(actions.upload.href, { method: 'PUT', body: bytes })).status, 200)
}

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin', rae: 'read' })
  kim = await hub.person('kim')
  ;[orgId, people] = [made.id, { ...made.people, kim, lou: await hub.person('lou') }]
  const group = (await done(lab('ada', 'POST', '/resource-groups', { name: 'nlp' }))).id
  for (const name of ['ours', 'granted']) await repository(name)
  await repository('grouped', group)
  await putObject()
  await done(lab('ada', 'PATCH', '/settings', { allowJoinRequests: true }))
  await done(lab('ada', 'POST', '/invitations', { username: 'kim', role: 'read' }))
  const byName = await joinTokenTo(kim.email)
  await done(lab('ada', 'POST', '/invitations', { email: kim.email, role: 'read' }))
  const byMail = await joinTokenTo(kim.email)
  await done(lab('kim', 'POST', '/join', { message: 'please' }))
  const link = await done(lab('ada', 'POST', '/invite-links', { role: 'read' }))
  offers = { byName, byMail, link: link.token }
  await done(hub.console('POST', '/api/operator/organizations/Lab/members', { username: 'kim', role: 'admin' }))
  // Ended by the way in; put back, so that offboarding has them to end
  await sql`update invitations set state = 'pending' where org_id = ${orgId} and user_id = ${kim.id}`.execute(hub.db)
  await sql`update join_requests set state = 'pending' where org_id = ${orgId} and user_id = ${kim.id}`.execute(hub.db)
  await done(lab('ada', 'POST', `/resource-groups/${group}/users`, { users: [{ user: 'kim', role: 'admin' }] }))
  await done(at(people.ada, 'PUT', '/api/models/Lab/granted/collaborators/kim', { role: 'write' }))
  await done(lab('ada', 'PUT', '/successors', { successors: ['rae', 'kim'] }))
  await done(lab('kim', 'POST', '/invitations', { username: 'lou', role: 'read' }))
  await done(lab('kim', 'POST', '/invite-links', { role: 'read', label: 'for guests' }))
  await done(
    hub.request(kim, 'POST', '/Lab/ours.git/info/lfs/locks', { path: 'weights.bin' }, { 'content-type': mediaType }),
  )
  tokens = { first: kim.token, read: await hub.readToken(kim) }
  browser = await signedIn(hub, 'kim')
  const cookie = browser.cookie ?? ''
  const withToken = await askLink('download', bearer(kim.token))
  const withCookie = await askLink('download', { cookie })
  links = {
    'made with a token': withToken.body.objects[0].actions.download.href,
    'made in a browser': withCookie.body.objects[0].actions.download.href,
  }
  machine = makeMachine(hub.url, kim)
})
after(() => hub.moveClock(0))

const repos = ['ours', 'granted', 'grouped']
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status
const canRead = (token: string, repo: string) => statusOf(at(token, 'GET', `/api/models/Lab/${repo}`))

/** Every way to what the organization keeps private, by name, with what it answers. */
async function waysIn(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const [name, token] of Object.entries(tokens)) {
    for (const repo of repos) found[`${name} token, ${repo}`] = await canRead(token, repo)
    found[`${name} token, git`] = await statusOf(at(token, 'GET', '/Lab/ours.git/info/refs?service=git-upload-pack'))
    found[`${name} token, file`] = await statusOf(at(token, 'GET', '/Lab/ours/resolve/main/.gitattributes'))
    found[`${name} token, LFS`] = await statusOf(askLink('download', bearer(token)))
    found[`${name} token, groups`] = await statusOf(at(token, 'GET', '/api/organizations/Lab/resource-groups'))
  }
  for (const repo of repos) found[`browser, ${repo}`] = await statusOf(browser.send('GET', `/api/models/Lab/${repo}`))
  found['browser, groups'] = await statusOf(browser.send('GET', '/api/organizations/Lab/resource-groups'))
  for (const [how, href] of Object.entries(links)) found[`link ${how}`] = await follow(href)
  return found
}

const offboard = (body: object) => lab('ada', 'POST', '/members/kim/offboard', body)
let report: { id: string; hash: string } & Record<string, unknown>

describe('before', () => {
  it('every way in is open', async () => {
    assert.deepEqual([...new Set(Object.values(await waysIn()))], [200], JSON.stringify(await waysIn(), null, 1))
    succeeded(await machine.git(machine.home, 'clone', '-q', `${hub.url}/Lab/ours`, 'mine'))
  })
})

describe('offboarding', () => {
  it('names everything with its count, and mails the person', async () => {
    const { has } = await done(offboard({ mode: 'plan' }))
    const reply = await done(offboard({ mode: 'apply', leaveAsIs: true, reason: 'The contract has ended.' }))
    report = reply.report
    assert.deepEqual(report.removed, has, 'what was planned was removed')
    assert.deepEqual(report.counts, {
      ...{ membership: 1, groupRoles: 1, collaboratorGrants: 1, tokens: 2, invitationsReceived: 1, invitationsSent: 1 },
      ...{ inviteLinks: 1, joinRequests: 1, successorPlace: 1, fileLocks: 1, serviceAccounts: 0 },
      ...{ ssoIdentities: 0, ssoSessions: 0, provisioned: 0 },
      ...{ gatedAccess: 0, gatedRequests: 0 },
    })
    assert.equal(has.successorPlace, 2)
    assert.equal(has.invitationsReceived[0].to, 'kim')
    const event = (await hub.events(orgId)).at(-1)
    assert.equal(event?.type, 'org.offboard')
    assert.deepEqual(event?.data.report, { id: report.id, hash: report.hash })
    const told = (await hub.mails()).findLast(({ recipient }) => recipient === kim.email)
    assert.equal(told?.subject, 'Your access to Lab has ended')
  })

  it('closes every way in, also ten minutes later', async () => {
    for (const ms of [0, 11 * 60_000]) {
      hub.moveClock(ms)
      const found = await waysIn()
      const open = Object.entries(found).filter(([, status]) => status < 400)
      assert.deepEqual(open, [], JSON.stringify(found, null, 1))
    }
    hub.moveClock(0)
    const missing = await at(kim, 'GET', '/api/models/Lab/not-there')
    const kept = await at(kim, 'GET', '/api/models/Lab/ours')
    assert.deepEqual([kept.status, kept.body], [missing.status, missing.body], 'as if it were not there')
    refused(await machine.git(machine.home, 'clone', '-q', `${hub.url}/Lab/ours`, 'again'), /not found|denied|403|404/i)
    const folder = machine.folder('mine')
    machine.file('mine/new.txt', 'new')
    succeeded(await machine.git(folder, 'add', 'new.txt'))
    succeeded(await machine.git(folder, 'commit', '-q', '-m', 'late'))
    refused(await machine.git(folder, 'push', '-q', 'origin', 'main'), /not found|denied|403|404/i)
  })

  it('leaves the account and its tokens alone everywhere else', async () => {
    const who = await done(at(tokens.read, 'GET', '/api/whoami-v2'))
    assert.deepEqual([who.name, who.orgs], ['kim', []])
  })

  const doors: Record<string, () => Promise<Reply>> = {
    'the old invitation by name': () => at(kim, 'POST', '/api/join/accept', { token: offers.byName }),
    'the old invitation by mail': () => at(kim, 'POST', '/api/join/accept', { token: offers.byMail }),
    'an invite link': () => at(kim, 'POST', '/api/join/accept', { token: offers.link }),
    'a request': () => lab('kim', 'POST', '/join', {}),
    'the operator': () =>
      hub.console('POST', '/api/operator/organizations/Lab/members', { username: 'kim', role: 'read' }),
    'a new invitation by name': () => lab('ada', 'POST', '/invitations', { username: 'kim', role: 'read' }),
    'a new grant': () => at(people.ada, 'PUT', '/api/models/Lab/ours/collaborators/kim', { role: 'read' }),
    'a request that waited elsewhere': async () => {
      const id = newId()
      await sql`insert into join_requests (id, org_id, user_id, created_at) values (${id}, ${orgId}, ${kim.id}, ${now()})`.execute(
        hub.db,
      )
      const reply = await lab('ada', 'POST', `/requests/${id}/approve`, { role: 'read' })
      await sql`delete from join_requests where id = ${id}`.execute(hub.db)
      return reply
    },
    'the domain of an address': async () => {
      const id = newId()
      await sql`insert into organization_domains (id, org_id, domain, token, added_at)
        values (${id}, ${orgId}, 'example.org', 'x', ${now()})`.execute(hub.db)
      assert.deepEqual((await lab('kim', 'GET', '/join')).body.mayJoin, false)
      const reply = await lab('kim', 'POST', '/join', {})
      await sql`delete from organization_domains where id = ${id}`.execute(hub.db)
      return reply
    },
    'a new invitation by mail': async () => {
      await done(lab('ada', 'POST', '/invitations', { email: kim.email, role: 'read' }))
      return at(kim, 'POST', '/api/join/accept', { token: await joinTokenTo(kim.email) })
    },
  }
  for (const [door, knock] of Object.entries(doors)) {
    it(`no door lets them in: ${door}`, async () => {
      const reply = await knock()
      const old = door.startsWith('the old')
      assert.equal(reply.status, old ? 404 : 409, JSON.stringify(reply.body))
      const told = /kim was offboarded/.test(reply.body.error)
      assert.equal(told, door === 'a new invitation by name' || door === 'a new grant', reply.body.error)
      const { rows } = await sql`select 1 from memberships where org_id = ${orgId} and user_id = ${kim.id}`.execute(
        hub.db,
      )
      assert.equal(rows.length, 0)
    })
  }

  it('by mail, nothing tells whose the address is', async () => {
    const listed = await done(lab('ada', 'GET', '/invitations?state=pending'))
    assert.ok(
      listed.some(({ email }: { email: string }) => email === kim.email),
      'it waits as if nothing were',
    )
    const mine = await done(at(kim, 'GET', '/api/settings/invitations'))
    assert.equal(mine.length, 1, 'the one sent since')
  })

  it('a second run changes nothing and answers the same report', async () => {
    const before = await stateOf(hub.db)
    for (const mode of ['plan', 'apply']) {
      const reply = await done(offboard({ mode, successor: 'rae', reason: 'again' }))
      assert.deepEqual(reply.report, report)
    }
    assert.deepEqual(await stateOf(hub.db), before)
    assert.deepEqual(await done(lab('amy', 'GET', `/offboardings/${report.id}`)), report)
  })
})

describe('coming back', () => {
  it('once an admin allows them to rejoin an invitation lets them in, and the tokens of before stay useless there', async () => {
    await done(lab('ada', 'DELETE', `/offboardings/${report.id}/rejoin-block`))
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.offboard.allow_rejoin')
    const events = (await hub.events(orgId)).length
    await done(lab('ada', 'DELETE', `/offboardings/${report.id}/rejoin-block`))
    assert.equal((await hub.events(orgId)).length, events, 'twice is once')
    assert.equal((await done(lab('ada', 'GET', `/offboardings/${report.id}`))).rejoinBlockedUntil, null)
    await done(lab('ada', 'POST', '/invitations', { username: 'kim', role: 'admin' }))
    await done(browser.send('POST', '/api/join/accept', { token: await joinTokenTo(kim.email) }))
    assert.equal(await statusOf(browser.send('GET', '/api/models/Lab/ours')), 200, 'the browser counts by membership')
    const found = Object.entries(await waysIn()).filter(([way, status]) => way.includes('token') && status < 400)
    assert.deepEqual(found, [])
    const says = await at(kim, 'GET', '/api/organizations/Lab/resource-groups')
    assert.deepEqual([says.status, says.headers.get('x-error-code')], [403, 'TokenRevoked'])
    const [org] = (await done(at(kim, 'GET', '/api/whoami-v2'))).orgs
    assert.deepEqual([org.securityRestrictions, org.resourceGroups], [['token-revoked'], undefined])
    const listed = await done(at(kim, 'GET', '/api/models?author=Lab'))
    assert.deepEqual(listed, [])
  })

  it('a token made since then works', async () => {
    const made = await hub.console('POST', '/api/operator/people/kim/tokens', { name: 'new', role: 'write' })
    assert.equal(await canRead(made.body.token, 'ours'), 200)
  })

  it('the rejoin block ends by itself after 90 days', async () => {
    await done(offboard({ mode: 'apply', leaveAsIs: true, reason: 'once more' }))
    const welcome = () =>
      hub.console('POST', '/api/operator/organizations/Lab/members', { username: 'kim', role: 'read' })
    hub.moveClock(89 * day)
    assert.equal((await welcome()).status, 409)
    hub.moveClock(91 * day)
    assert.equal((await welcome()).status, 201)
    hub.moveClock(0)
  })
})
