import { atLeast, below, type Figure, percentile, timeEach } from './measure.ts'
import type { BenchWorld } from './world.ts'

const org = 'tab'
const connections = 4
const people = 10_000
const groups = 500
const groupSize = 100
const largeGroups = [100, 10_000] as const
const patches = 100

/** What an identity provider waits for: people one by one as Entra ID sends them, groups, and one member more or less. */
export async function measureScim(url: string, world: BenchWorld): Promise<Figure[]> {
  const token = await makeScimToken(url, world)
  const ask = asker(`${url}/api/organizations/${org}/scim-provisioning/v2`, token)
  const begun = performance.now()
  const ids = await createPeople(ask)
  const peopleSeconds = (performance.now() - begun) / 1000
  await inParallel(groups, (number) => {
    const members = Array.from({ length: groupSize }, (_, at) => ({ value: ids[(number * groupSize + at) % people] }))
    return ask('POST', '/Groups', { displayName: `group-${number}`, members })
  })
  const seconds = (performance.now() - begun) / 1000
  return [
    {
      name: `filter, then create, ${connections} connections`,
      value: people / peopleSeconds,
      unit: 'people/s',
      verdict: atLeast(people / peopleSeconds, 300),
    },
    {
      name: `${people.toLocaleString('en')} people and ${groups} groups of ${groupSize}`,
      value: seconds,
      unit: 's',
      verdict: below(seconds, 90),
    },
    ...(await patchGroups(ask, ids)),
  ]
}

type Ask = (method: string, path: string, body?: unknown) => Promise<{ id?: string }>

function asker(base: string, token: string): Ask {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const response = await fetch(base + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : (JSON.parse(text) as { id?: string })
  }
}

async function makeScimToken(url: string, { adminToken }: BenchWorld): Promise<string> {
  const response = await fetch(`${url}/api/organizations/${org}/settings/scim/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await response.json()) as { token: string }).token
}

// Members of the organization already, so that mail and seats are not what is measured.
async function createPeople(ask: Ask): Promise<string[]> {
  const ids: string[] = []
  await inParallel(people, async (number) => {
    const email = `person-${number + 1}@example.org`
    await ask('GET', `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`)
    const { id = '' } = await ask('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: email,
      externalId: `external-${number}`,
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
