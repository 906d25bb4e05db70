import assert from 'node:assert/strict'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { openDiskReserve } from './disk.ts'

const folder = tmpdir()
const { bavail, blocks, bsize } = statfsSync(folder)
const [free, all] = [bavail * bsize, blocks * bsize]
const outOfSpace = { code: 'InsufficientStorage', status: 507, message: /out of disk space.*site admin/ }

test('what would touch the reserve is refused, of any size', async () => {
  const reserve = openDiskReserve(2 * free)
  await assert.rejects(reserve.ask(folder, 0), outOfSpace)
  await assert.rejects(reserve.ask(folder, 0), outOfSpace)
  assert.equal(await reserve.has(folder, 1), false)
})

test('what fits beside it is taken, and what is refused stands in no one else’s way', async () => {
  const reserve = openDiskReserve(free / 2)
  await assert.rejects(reserve.ask(folder, free), outOfSpace)
  for (let turn = 0; turn < 5; turn++) await reserve.ask(folder, 500_000)
})

test('without a setting it is 2 % of the disk, at least 1 GiB', async () => {
  const usual = openDiskReserve(undefined)
  const reserveBytes = Math.max(1024 ** 3, all * 0.02)
  // Others write to this disk too
  const slack = 256 * 1024 ** 2
  assert.equal(await usual.has(folder, free - reserveBytes + slack), false)
  assert.equal(await usual.has(folder, Math.max(0, free - reserveBytes - slack)), free > reserveBytes + slack)
})
