import { atLeast, type Figure, load } from './measure.ts'
import { startPeer } from './processes.ts'
import type { BenchWorld } from './world.ts'

const connections = 32
const goalPerSecond = 5000

/** Reads that ask for a decision, beside a bare Fastify route with one prepared `select 1` on the same PostgreSQL. */
export async function measureRequests(
  hub: string,
  peerDatabase: string,
  world: BenchWorld,
  seconds: number,
): Promise<Figure[]> {
  const headers = { authorization: `Bearer ${world.memberToken}` }
  const group = `${hub}/api/organizations/hot/resource-groups/${world.groupId}`
  await load({ url: `${hub}/api/whoami-v2`, seconds: 2, connections, headers })
  const whoami = await load({ url: `${hub}/api/whoami-v2`, seconds, connections, headers })
  await load({ url: group, seconds: 1, connections, headers })
  const read = await load({ url: group, seconds, connections, headers })
  const peer = await startPeer('bare-fastify', peerDatabase)
  await load({ url: peer.url, seconds: 1, connections })
  const bare = await load({ url: peer.url, seconds, connections })
  await peer.stop()
  return [
    figure('whoami-v2, 32 connections', whoami.perSecond, bare.perSecond),
    figure('one resource group by a member, 32 connections', read.perSecond, bare.perSecond),
    { name: 'bare Fastify route, one prepared select 1', value: bare.perSecond, unit: 'requests/s', note: 'the peer' },
  ]
}

function figure(name: string, perSecond: number, bare: number): Figure {
  return {
    name,
    value: perSecond,
    unit: 'requests/s',
    verdict: atLeast(perSecond, goalPerSecond),
    note: `${(perSecond / bare).toFixed(2)} of the bare route`,
    why: 'Each request is two statements, the decision and the read, where the bare route has one of the cheapest there is.',
  }
}
