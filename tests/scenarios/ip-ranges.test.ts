import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { refused, succeeded } from '../clients/expect.ts'
import { makeMachine } from '../clients/machine.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'

// The tests are the proxy, and say in its name from where a request comes.
const inside = { 'x-forwarded-for': '203.0.113.7' }
const outside = { 'x-forwarded-for': '198.51.100.7' }
const ranges = ['203.0.113.0/24', '127.0.0.0/8']

let hub: TestHub
let orgId: string
let people: Record<string, Person>
before(async () => {
  hub = await startTestHub({ trustedProxies: ['127.0.0.1'] })
  const acme = await hub.organization('acme', { ada: 'admin', rea: 'read', wes: 'write', ned: 'no_access' })
  ;({ id: orgId, people } = acme)
  for (const name of ['colin', 'stan']) people[name] = await hub.person(name)
  for (const name of ['plain', 'open'])
    await as('ada', 'POST', '/api/repos/create', { name: `acme/${name}`, private: name === 'plain' })
  await as('ada', 'PUT', '/api/models/acme/plain/collaborators/colin', { role: 'read' })
})

function as(
  who: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = inside,
): Promise<Reply> {
  return hub.request(people[who], method, path, body, headers)
}

const settings = '/api/organizations/acme/settings'
const restrict = (body: object, headers = inside) => as('ada', 'PATCH', `${settings}/network-security`, body, headers)

const doors: [method: string, path: string][] = [
  ['GET', '/api/models/acme/plain'],
  ['GET', '/api/models/acme/plain/tree/main'],
  ['POST', '/api/models/acme/plain/preupload/main'],
  ['GET', '/acme/plain/resolve/main/README.md'],
  ['GET', '/acme/plain.git/info/refs?service=git-upload-pack'],
  ['POST', '/acme/plain.git/info/lfs/objects/batch'],
]

async function statuses(who: string, headers: Record<string, string>): Promise<number[]> {
  const replies = doors.map(([method, path]) => as(who, method, path, method === 'POST' ? {} : undefined, headers))
  return (await Promise.all(replies)).map(({ status }) => status)
}

test('an admin cannot lock themselves out, and a range that is none changes nothing', async () => {
  const wrong: [body: object, sentence: RegExp][] = [
    [{ enforceIpRestriction: true, ipRanges: ['192.0.2.0/24'] }, /must include your own address, 203\.0\.113\.7/],
    [{ enforceIpRestriction: true }, /must include your own address/],
    [{ ipRanges: ['203.0.113.0/33'] }, /ipRanges/],
    [{ ipRanges: ['example.org'] }, /ipRanges/],
    [{ ipRanges: Array.from({ length: 101 }, (_, index) => `10.0.${index}.0/24`) }, /ipRanges/],
  ]
  for (const [body, sentence] of wrong) {
    const reply = await restrict(body)
    assert.equal(reply.status, 400, JSON.stringify(reply.body))
    assert.match(reply.body.error, sentence)
  }
  for (const [name, value] of [
    ['highRateLimits', true],
    ['blockedContents', [{ resource: '*', scope: 'x' }]],
  ] as const)
    assert.match((await restrict({ [name]: value })).body.error, new RegExp(`^${name}: must be`))
  const { enforceIpRestriction, ipRanges } = (await as('ada', 'GET', settings)).body
  assert.deepEqual([enforceIpRestriction, ipRanges], [false, []])
})

test('with the restriction, roles and collaborator access count inside alone, from the next request on', async () => {
  assert.deepEqual(await statuses('rea', outside), await statuses('rea', inside))
  const { status, body } = await restrict({ enforceIpRestriction: true, ipRanges: ranges })
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(body, {
    enforceAuth: false,
    enforceIpRestriction: true,
    highRateLimits: false,
    ipRanges: ranges,
    blockedContents: [],
    allowedContents: [],
    keepReposMetadataVisible: false,
  })
  for (const who of ['ada', 'rea', 'wes', 'colin'])
    for (const [method, path] of doors) {
      const reply = await as(who, method, path, method === 'POST' ? {} : undefined, outside)
      assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [403, 'IpNotAllowed'], `${who} ${path}`)
    }
  for (const who of ['ada', 'rea', 'wes', 'colin'])
    assert.equal((await as(who, 'GET', '/api/models/acme/plain')).status, 200)
})

test('to all others a private repository stays missing, from everywhere', async () => {
  for (const who of ['stan', 'ned'])
    for (const headers of [inside, outside])
      assert.equal((await as(who, 'GET', '/api/models/acme/plain', undefined, headers)).status, 404)
})

test('what is public stays readable from everywhere, and is written from inside alone', async () => {
  assert.equal((await as('wes', 'GET', '/api/models/acme/open', undefined, outside)).status, 200)
  const create = (headers: Record<string, string>) =>
    as('wes', 'POST', '/api/models/acme/open/branch/next', {}, headers)
  assert.equal((await create(outside)).headers.get('x-error-code'), 'IpNotAllowed')
  assert.equal((await create(inside)).status, 200)
})

test('lists and whoami say the same', async () => {
  const names = async (headers: Record<string, string>) =>
    (await as('rea', 'GET', '/api/models?author=acme', undefined, headers)).body
      .map(({ id }: { id: string }) => id)
      .sort()
  assert.deepEqual(await names(inside), ['acme/open', 'acme/plain'])
  assert.deepEqual(await names(outside), ['acme/open'])
  const acme = async (headers: Record<string, string>) =>
    (await as('rea', 'GET', '/api/whoami-v2', undefined, headers)).body.orgs[0]
  assert.deepEqual((await acme(outside)).securityRestrictions, ['ip'])
  assert.equal((await acme(inside)).securityRestrictions, undefined)
})

test('an address that a client makes up is not believed', async () => {
  const forged = { 'x-forwarded-for': '203.0.113.7, 198.51.100.7' }
  assert.equal((await as('rea', 'GET', '/api/models/acme/plain', undefined, forged)).status, 403)
  const nonsense = { 'x-forwarded-for': '203.0.113.7, nonsense' }
  assert.equal((await as('rea', 'GET', '/api/models/acme/plain', undefined, nonsense)).status, 200)
})

test('a service account is judged by its address as people are, in lists too', async () => {
  const accounts = '/api/organizations/acme/service-accounts'
  const bot = (await as('ada', 'POST', accounts, { name: 'ci' })).body._id
  const reach = { displayName: 'ci', permissions: ['repo.content.read'] }
  const made = await as('ada', 'POST', `${accounts}/${bot}/tokens`, reach)
  assert.ok(made.status < 300, JSON.stringify(made.body))
  const { token } = made.body
  const seen = async (headers: Record<string, string>) => {
    const { status } = await hub.request(token, 'GET', '/api/models/acme/plain', undefined, headers)
    const { body } = await hub.request(token, 'GET', '/api/models?author=acme', undefined, headers)
    const [org] = (await hub.request(token, 'GET', '/api/whoami-v2', undefined, headers)).body.orgs
    return [status, body.length, org.securityRestrictions]
  }
  assert.deepEqual(await seen(inside), [200, 2, undefined])
  assert.deepEqual(await seen(outside), [403, 1, ['ip']])
})

test('the settings of the organization are closed outside too', async () => {
  assert.equal((await restrict({ enforceIpRestriction: false }, outside)).status, 403)
  assert.equal((await as('ada', 'GET', `${settings}/network-security`, undefined, outside)).status, 403)
  assert.equal((await as('ada', 'GET', `${settings}/network-security`)).status, 200)
})

test('real git is in from inside, and reads why it is not from outside', async () => {
  const machine = makeMachine(hub.url, people.rea as Person)
  succeeded(await machine.git(machine.home, 'clone', `${hub.url}/acme/plain`, 'in'))
  await restrict({ ipRanges: ['203.0.113.0/24'] })
  refused(
    await machine.git(machine.home, 'clone', `${hub.url}/acme/plain`, 'out'),
    /can only be accessed from its own networks/,
  )
})

test('a change is an event with the ranges before and after', async () => {
  const event = (await hub.events(orgId)).at(-1)
  assert.equal(event?.type, 'org.settings.network')
  assert.equal(event?.message, 'ada set the IP ranges to 203.0.113.0/24')
  assert.deepEqual(event?.data.before, { ipRanges: ranges })
  const types = (await hub.events(orgId)).map(({ type }) => type)
  assert.ok(types.includes('org.settings.network.ip_restriction.enable'))
})

test('a request on the server itself has no address to judge, so an admin can turn the restriction off', async () => {
  const off = { enforceIpRestriction: false }
  const reply = await hub.console('PATCH', `${settings}/network-security`, off, people.ada?.token)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  assert.equal((await as('rea', 'GET', '/api/models/acme/plain', undefined, outside)).status, 200)
})
