import { Agent, request } from 'node:http'
import { atLeast, below, type Figure, percentile, timeEach } from './measure.ts'
import { startPeer, watchMemory } from './processes.ts'
import { countProcessor, type Spent } from './processor.ts'
import type { BenchWorld } from './world.ts'

const org = 'tab'
const managedOrg = 'members-1000'
const connections = 4
const people = Number(process.env.BENCH_PEOPLE ?? 10_000)
const fewPeople = Math.min(people, 1000)
const firstStranger = 60_000
const groups = 500
const groupSize = 100
const largeGroups = [100, people] as const
const patches = 100

/** What an identity provider waits for: people one by one as Entra ID sends them, groups, and one member more or less. */
export async function measureScim(
  url: string,
  world: BenchWorld,
  _connection: string,
  hubPid: number,
): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const ask = asker(agent, `${url}/api/organizations/${org}/scim-provisioning/v2`, await makeScimToken(url, world, org))
  const peer = await measurePeer(agent)
  const memory = watchMemory(hubPid)
  const begun = performance.now()
  const spent = await countProcessor(hubPid, world)
  // Members of the organization already, so that mail and seats are not what is measured.
  const ids = await createPeople(ask, people, (number) => `person-${number + 1}@example.org`)
  const [peopleMs, each] = [performance.now() - begun, inWords(spent(), people)]
  await inParallel(groups, (number) => {
    const members = Array.from({ length: groupSize }, (_, at) => ({ value: ids[(number * groupSize + at) % people] }))
    return ask('POST', '/Groups', { displayName: `group-${number}`, members })
  })
  const seconds = (performance.now() - begun) / 1000
  const megabytes = memory.stop()
  const perSecond = (people / peopleMs) * 1000
  const figures: Figure[] = [
    {
      name: `filter, then create, ${connections} connections`,
      value: perSecond,
      unit: 'people/s',
      verdict: atLeast(perSecond, 300),
      note: `members who get no invitation; ${each}`,
      why: whyOf(each),
    },
    {
      name: 'the same, as a ratio to scimmy-routers in memory',
      value: perSecond / peer,
      unit: '×',
      note: `${Math.round(peer)} people/s there: it keeps them in its own memory only, knows one caller, decides nothing, and records nothing`,
    },
    {
      name: `${people.toLocaleString('en')} people and ${groups} groups of ${groupSize}`,
      value: seconds,
      unit: 's',
      verdict: below(seconds, 90),
      note: `the hub's memory grew by ${Math.round(megabytes)} MB at most`,
    },
    ...(await patchGroups(ask, ids)),
    ...(await measureOthers(agent, url, world, hubPid)),
  ]
  agent.destroy()
  return figures
}

function whyOf(each: string): string {
  return `Each is two requests: both read what the token may do; the second decides again under locks, and has the person, the event with its seal, and the operation on the disk before it answers. That took ${each}, which share the cores`
}

function inWords({ hub, postgres, client }: Spent, count: number): string {
  const ms = (spent: number) => (spent / count).toFixed(1)
  const sum = ms(hub + postgres + client)
  return `${sum} ms of processor time each: ${ms(hub)} of the hub, ${ms(postgres)} of PostgreSQL, ${ms(client)} of the client`
}

// People who are invited, with a mail each, and people who get an account of the organization.
async function measureOthers(agent: Agent, url: string, world: BenchWorld, hubPid: number): Promise<Figure[]> {
  await world.query(`update organizations set managed_since = now() where name = '${managedOrg}'`)
  await world.query(`insert into organization_domains (id, org_id, domain, token, state, added_at, verified_at)
    select id, id, 'corp.example', 'bench', 'verified', now(), now() from organizations where name = '${managedOrg}'`)
  const invited = asker(
    agent,
    `${url}/api/organizations/${org}/scim-provisioning/v2`,
    await makeScimToken(url, world, org),
  )
  const managed = asker(
    agent,
    `${url}/api/organizations/${managedOrg}/scim/v2`,
    await makeScimToken(url, world, managedOrg),
  )
  const rows: [name: string, ask: Ask, email: (number: number) => string][] = [
    ['people who are invited', invited, (number) => `person-${firstStranger + number}@example.org`],
    ['new managed accounts', managed, (number) => `new-${number}@corp.example`],
  ]
  const figures: Figure[] = []
  for (const [name, ask, email] of rows) {
    const spent = await countProcessor(hubPid, world)
    const begun = performance.now()
    await createPeople(ask, fewPeople, email)
    const value = (fewPeople / (performance.now() - begun)) * 1000
    figures.push({ name: `filter, then create, ${name}`, value, unit: 'people/s', note: inWords(spent(), fewPeople) })
  }
  return figures
}

async function measurePeer(agent: Agent): Promise<number> {
  const peer = await startPeer('scimmy-routers', '')
  const ask = asker(agent, `${peer.url}/scim`, 'none')
  const begun = performance.now()
  await createPeople(ask, people, (number) => `person-${number + 1}@example.org`)
  const seconds = (performance.now() - begun) / 1000
  await peer.stop()
  return people / seconds
}

type Ask = (method: string, path: string, body?: unknown) => Promise<{ id?: string }>

// By node:http: it shares the cores with what is measured, and fetch costs twice as much.
function asker(agent: Agent, base: string, token: string): Ask {
  const { hostname, port, pathname } = new URL(base)
  return async (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text !== '' && { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) }),
    }
    const { status, reply } = await exchange({ agent, hostname, port, path: pathname + path, method, headers }, text)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${reply}`)
    return reply === '' ? {} : (JSON.parse(reply) as { id?: string })
  }
}

function exchange(options: Parameters<typeof request>[1], text: string): Promise<{ status: number; reply: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let reply = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (reply += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, reply }))
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

async function makeScimToken(url: string, { adminToken }: BenchWorld, name: string): Promise<string> {
  const response = await fetch(`${url}/api/organizations/${name}/settings/scim/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await response.json()) as { token: string }).token
}

async function createPeople(ask: Ask, count: number, emailOf: (number: number) => string): Promise<string[]> {
  const ids: string[] = []
  await inParallel(count, async (number) => {
    const email = emailOf(number)
    await ask('GET', `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`)
    const { id = '' } = await ask('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: email,
      externalId: `external ${email}`,
      name: { givenName: 'Person', familyName: String(number) },
      emails: [{ value: email, type: 'work', primary: true }],
      active: true,
    })
    ids[number] = id
  })
  return ids
}

async function inParallel(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: connections }, worker))
}

async function patchGroups(ask: Ask, ids: readonly string[]): Promise<Figure[]> {
  const medians: number[] = []
  for (const size of largeGroups) {
    const members = ids.slice(1, size + 1).map((value) => ({ value }))
    const { id } = await ask('POST', '/Groups', { displayName: `large-${size}`, members })
    let at = 0
    const change = () => {
      const op = at++ % 2 === 0 ? 'Add' : 'Remove'
      return ask('PATCH', `/Groups/${id}`, { Operations: [{ op, path: 'members', value: [{ value: ids[0] }] }] })
    }
    await timeEach(10, change)
    medians.push(percentile(await timeEach(patches, change), 50))
  }
  const [small = 0, large = 0] = medians
  return [
    {
      name: `PATCH of one member in a group of ${largeGroups[1].toLocaleString('en')}`,
      value: large,
      unit: 'ms',
      verdict: below(large, 50),
      note: `median of ${patches}; ${small.toFixed(1)} ms in a group of ${largeGroups[0]}`,
    },
    { name: 'the same, against a group of 100', value: large / small, unit: '×', verdict: below(large / small, 1.5) },
  ]
}
