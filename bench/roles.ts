import type autocannon from 'autocannon'
import { atLeast, type Figure, type Load, load } from './measure.ts'
import { type BenchPostgres, startPeer } from './processes.ts'
import { type BenchWorld, hotMembers, spreadPath } from './world.ts'

const connections = 32
const roles = ['contributor', 'read', 'write']

/** Role changes with their audit events: spread over organizations, all in one, and by better-auth's plugin. */
export async function measureRoles(
  hub: string,
  postgres: BenchPostgres,
  world: BenchWorld,
  seconds: number,
): Promise<Figure[]> {
  const change = (path: (index: number) => string) => changeRoles(hub, world.adminToken, path, seconds)
  await change(spreadPath)
  const spread = await change(spreadPath)
  const hot = await change((index) => `/api/organizations/hot/members/person-${1 + (index % (hotMembers - 1))}/role`)
  const peer = await betterAuthRate(postgres, seconds)
  const ratio = spread.perSecond / peer.perSecond
  return [
    withGoal('role change, distinct people in 500 organizations', spread, 1000),
    withGoal('role change, one organization of 2,000', hot, 500),
    {
      name: 'better-auth 1.7, organization plugin, updateMemberRole',
      value: peer.perSecond,
      unit: 'changes/s',
      note: `the peer; it records no event; ${peer.notOk} not answered 2xx`,
    },
    {
      name: 'role change, as a ratio to better-auth',
      value: ratio,
      unit: '×',
      verdict: atLeast(ratio, 5),
      why: 'After the decision a change is three round trips in one transaction (lock and read, write with the event, commit), and its event is hashed into a chain; the peer writes one row, reads a few, and keeps no record.',
    },
  ]
}

function withGoal(name: string, measured: Load, goal: number): Figure {
  const note = `p99 ${measured.p99} ms, ${measured.notOk} not answered 2xx`
  return {
    name,
    value: measured.perSecond,
    unit: 'changes/s',
    verdict: atLeast(measured.perSecond, goal, measured.notOk === 0),
    note,
  }
}

let turn = 0

function changeRoles(hub: string, token: string, path: (index: number) => string, seconds: number): Promise<Load> {
  // Each change differs from what the person had, so that none is a change of nothing.
  const next = (): Pick<autocannon.Request, 'path' | 'body'> => {
    const index = turn++
    const round = Math.floor(index / 1500) % roles.length
    return { path: path(index), body: JSON.stringify({ role: roles[round] }) }
  }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return load({
    url: hub,
    seconds,
    connections,
    requests: [{ method: 'PUT', headers, setupRequest: (request) => ({ ...request, ...next() }) }],
  })
}

async function betterAuthRate(postgres: BenchPostgres, seconds: number): Promise<Load> {
  const peer = await startPeer('better-auth', postgres.url('peer'))
  try {
    const { cookie, organizationId, members } = await fillPeer(peer.url)
    let index = 0
    const next = () => {
      const i = index++
      const role = Math.floor(i / members.length) % 2 === 0 ? 'admin' : 'member'
      return { body: JSON.stringify({ memberId: members[i % members.length], role, organizationId }) }
    }
    const headers = { cookie, origin: peer.url, 'content-type': 'application/json' }
    const path = '/api/auth/organization/update-member-role'
    return await load({
      url: peer.url,
      seconds,
      connections,
      requests: [{ method: 'POST', path, headers, setupRequest: (request) => ({ ...request, ...next() }) }],
    })
  } finally {
    await peer.stop()
  }
}

const peerMembers = 60

async function fillPeer(url: string): Promise<{ cookie: string; organizationId: string; members: string[] }> {
  const call = async (path: string, body: object, cookie = '') => {
    const headers = { 'content-type': 'application/json', origin: url, cookie }
    const response = await fetch(`${url}/api/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`better-auth ${path}: ${response.status} ${await response.text()}`)
    const cookies = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    return {
      body: (await response.json()) as { id: string; user: { id: string }; invitation: { id: string } },
      cookies,
    }
  }
  const person = (name: string) =>
    call('/sign-up/email', { name, email: `${name}@example.org`, password: 'a long password' })
  const owner = await person('owner')
  const { body: organization } = await call('/organization/create', { name: 'Acme', slug: 'acme' }, owner.cookies)
  const members: string[] = []
  for (let i = 0; i < peerMembers; i++) {
    const invited = await call(
      '/organization/invite-member',
      { email: `member${i}@example.org`, role: 'member', organizationId: organization.id },
      owner.cookies,
    )
    const member = await person(`member${i}`)
    const accepted = await call('/organization/accept-invitation', { invitationId: invited.body.id }, member.cookies)
    members.push((accepted.body as unknown as { member: { id: string } }).member.id)
  }
  return { cookie: owner.cookies, organizationId: organization.id, members }
}
