import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asCaller, currentCaller, inCallersShare } from './caller.ts'
import { openRoom, openSlots } from './slots.ts'

const account = (id: string) => ({ id, isAnonymous: false })
const network = (id: string) => ({ id, isAnonymous: true })

describe('places', () => {
  it('go to the callers in turn', async () => {
    const slots = openSlots({ places: 1 })
    const order: string[] = []
    const enter = async (who: string) => {
      const leave = await slots.enter(account(who))
      order.push(who)
      setImmediate(leave)
    }
    await Promise.all(['a', 'a', 'a', 'b', 'c'].map(enter))
    assert.deepEqual(order, ['a', 'a', 'b', 'c', 'a'])
  })

  it('stay free for others beyond the share of one caller, as the queue does', async () => {
    const slots = openSlots({ places: 2, share: { held: 1, waiting: 2 } })
    const greedy = account('greedy')
    const leave = await slots.enter(greedy)
    const waiting = [slots.enter(greedy), slots.enter(greedy)]
    await assert.rejects(slots.enter(greedy), { code: 'Unavailable' })
    const leaveOther = await slots.enter(account('modest'))
    leave()
    const leaveNext = await waiting[0]
    leaveNext?.()
    leaveNext?.()
    ;(await waiting[1])?.()
    leaveOther()
    await Promise.all([slots.enter(greedy), slots.enter(account('modest'))])
  })

  it('stay free for people who are signed in, however many networks others come from', async () => {
    const slots = openSlots({ places: 4, mostWaiting: 4, longestWaitMs: 20 })
    const networks = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => slots.enter(network(id)))
    await assert.rejects(slots.enter(network('g')), { code: 'Unavailable' })
    const leave = await slots.enter(account('ada'))
    leave()
    const outcomes = await Promise.allSettled(networks)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'],
    )
  })

  it('are taken in the name of the caller whom the work is for', async () => {
    const slots = openSlots({ places: 4, mostWaiting: 4, longestWaitMs: 20 })
    const enter = (id: string) => asCaller(account(id), async () => slots.enter())
    await Promise.all([enter('a'), enter('a'), enter('b')])
    await assert.rejects(enter('a'), { code: 'Unavailable' })
    await enter('b')
  })
})

describe('room', () => {
  it('is taken by one caller up to a half', () => {
    const room = openRoom(10)
    const [ada, bob, eve] = [account('ada'), account('bob'), account('eve')]
    assert.deepEqual([room.take(ada, 6), room.take(ada, 5), room.take(ada, 1)], [false, true, false])
    assert.deepEqual([room.take(bob, 5), room.take(eve, 1)], [true, false])
    room.giveBack(ada, 5)
    assert.equal(room.take(eve, 5), true)
  })
})

describe('pieces of an answer', () => {
  it('are made in the share of the caller who asked', async () => {
    async function* names() {
      yield currentCaller().id
      await Promise.resolve()
      yield currentCaller().id
    }
    const pieces = asCaller(account('ada'), () => inCallersShare(names()))
    const taken = await asCaller(account('bob'), () => Array.fromAsync(pieces))
    assert.deepEqual(taken, ['ada', 'ada'])
  })
})
