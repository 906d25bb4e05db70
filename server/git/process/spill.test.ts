import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { until } from '../../../tests/until.ts'
import { openDiskReserve } from '../../shares/disk.ts'
import { openRoom } from '../../shares/slots.ts'
import { openSpillPlace, spilled } from './spill.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-spill-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const chunkBytes = 65_536
const all = randomBytes(chunkBytes * 600)

/** Pieces of random bytes, and how many of them were taken. */
function source(chunks = all.length / chunkBytes) {
  const given = { count: 0, isOver: false }
  async function* bytes() {
    try {
      for (; given.count < chunks; given.count++)
        yield all.subarray(given.count * chunkBytes, (given.count + 1) * chunkBytes)
    } finally {
      given.isOver = true
    }
  }
  return { given, bytes: bytes() }
}

describe('an answer that is taken slowly', () => {
  it('is whole, and its source ends before it is taken', async () => {
    const { given, bytes } = source()
    const taken: Buffer[] = []
    for await (const chunk of spilled(bytes, openSpillPlace(folder, openDiskReserve(0)))) {
      if (taken.length === 0) await until(() => given.isOver)
      taken.push(chunk)
    }
    assert.ok(Buffer.concat(taken).equals(all))
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is whole when it is taken now faster, now slower', async () => {
    const { bytes } = source()
    const taken: Buffer[] = []
    for await (const chunk of spilled(bytes, openSpillPlace(folder, openDiskReserve(0)))) {
      for (let turns = taken.length % 7; turns > 0; turns--) await nextTurn()
      taken.push(chunk)
    }
    assert.ok(Buffer.concat(taken).equals(all))
  })

  it('keeps its source waiting where there is no room, and gives back what it took', async () => {
    const place = { folder, room: openRoom(2), reserve: openDiskReserve(0) }
    const { given, bytes } = source()
    const pieces = spilled(bytes, place)
    await pieces.next()
    let before = 0
    await until(() => {
      const standsStill = given.count > 200 && given.count === before
      before = given.count
      return standsStill
    })
    assert.ok(given.count < 300 && !given.isOver, `${given.count} pieces`)
    assert.equal(place.room.take({ id: 'hub', isAnonymous: false }, 1), false)
    await pieces.return(undefined)
    await until(() => given.isOver)
    assert.equal(place.room.take({ id: 'hub', isAnonymous: false }, 1), true)
  })

  it('is whole when it comes and ends in one turn, whenever that is', async () => {
    async function* soon(turns: number) {
      for (let turn = 0; turn < turns; turn++) await undefined
      yield Buffer.from('all')
    }
    for (let turns = 0; turns < 30; turns++) {
      const taken: Buffer[] = []
      for await (const chunk of spilled(soon(turns), openSpillPlace(folder, openDiskReserve(0)))) taken.push(chunk)
      assert.equal(String(Buffer.concat(taken)), 'all', `after ${turns} turns`)
    }
  })

  it('fails as its source does, after what came before', async () => {
    async function* broken() {
      yield Buffer.from('half')
      throw new Error('broken')
    }
    const pieces = spilled(broken(), openSpillPlace(folder, openDiskReserve(0)))
    assert.equal(String((await pieces.next()).value), 'half')
    await assert.rejects(pieces.next(), /broken/)
  })
})
