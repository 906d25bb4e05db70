import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSlots } from './slots.ts'

describe('places', () => {
  it('go to the callers in turn', async () => {
    const slots = openSlots(1)
    const order: string[] = []
    const enter = async (who: string) => {
      const leave = await slots.enter(who)
      order.push(who)
      setImmediate(leave)
    }
    await Promise.all(['a', 'a', 'a', 'b', 'c'].map(enter))
    assert.deepEqual(order, ['a', 'a', 'b', 'c', 'a'])
  })

  it('stay free for others beyond the share of one caller, as the queue does', async () => {
    const slots = openSlots(2, { held: 1, waiting: 2 })
    const leave = await slots.enter('greedy')
    const waiting = [slots.enter('greedy'), slots.enter('greedy')]
    await assert.rejects(slots.enter('greedy'), { code: 'Unavailable' })
    const leaveOther = await slots.enter('modest')
    leave()
    const leaveNext = await waiting[0]
    leaveNext?.()
    leaveNext?.()
    ;(await waiting[1])?.()
    leaveOther()
    await Promise.all([slots.enter('greedy'), slots.enter('modest')])
  })
})
