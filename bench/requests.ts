import { atLeast, type Figure, load } from './measure.ts'
import { startPeer } from './processes.ts'
import type { BenchWorld } from './world.ts'

const connections = 32
const goalPerSecond = 5000

/**
 * Reads that ask for a decision, beside a bare Fastify route with one prepared `select 1` on the same PostgreSQL: by one
 * caller, whose requests of one moment share their reads, and with as many tokens as connections.
 */
export async function measureRequests(
  hub: string,
  peerDatabase: string,
  world: BenchWorld,
  seconds: number,
): Promise<Figure[]> {
  const group = `${hub}/api/organizations/hot/resource-groups/${world.groupId}`
  const rate = async (url: string, tokens: readonly string[]) => {
    const asked = { url, connections, tokens }
    await load({ ...asked, seconds: 1 })
    const { perSecond, notOk } = await load({ ...asked, seconds })
    if (notOk > 0) throw new Error(`${notOk} requests were refused`)
    return perSecond
  }
  await load({ url: `${hub}/api/whoami-v2`, seconds: 2, connections, tokens: [world.memberToken] })
  const whoami = await rate(`${hub}/api/whoami-v2`, [world.memberToken])
  const read = await rate(group, [world.memberToken])
  const whoamiOfMany = await rate(`${hub}/api/whoami-v2`, world.otherTokens)
  const readOfMany = await rate(group, world.otherTokens)
  const peer = await startPeer('bare-fastify', peerDatabase)
  const bare = await rate(peer.url, [''])
  await peer.stop()
  return [
    figure('whoami-v2, 32 connections', whoami, bare),
    figure('one resource group by a member, 32 connections', read, bare),
    figure('whoami-v2, 32 connections with 32 tokens', whoamiOfMany, bare),
    figure('one resource group, 32 connections with 32 tokens', readOfMany, bare),
    { name: 'bare Fastify route, one prepared select 1', value: bare, unit: 'requests/s', note: 'the peer' },
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
