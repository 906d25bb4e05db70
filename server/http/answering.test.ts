import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import * as api from '../../api/index.ts'
import { inShareOf } from './answering.ts'

const caller = (id: string) => ({ id, isAnonymous: false })

function counted() {
  const now = { atWork: 0, most: 0, made: 0 }
  const make = async () => {
    now.most = Math.max(now.most, ++now.atWork)
    for (let turn = 0; turn < 3; turn++) await setImmediate()
    now.atWork--
    now.made++
  }
  return { now, make }
}

test('of a hundred lists that one caller asks for, six are in the making at once, and all are made', async () => {
  const { now, make } = counted()
  await Promise.all(Array.from({ length: 100 }, () => inShareOf(caller('eve'), api.files.listTree, make)))
  assert.deepEqual(now, { atWork: 0, most: 6, made: 100 })
})

test('the lists of one caller hold up no one else', async () => {
  const order: string[] = []
  const list = (who: string) => inShareOf(caller(who), api.files.listTree, async () => void order.push(who))
  await Promise.all([...Array.from({ length: 50 }, () => list('eve')), list('ada')])
  assert.ok(order.indexOf('ada') <= 6, String(order.indexOf('ada')))
})

test('what is sent piece by piece, and what changes something, waits for nothing', async () => {
  for (const operation of [api.git.infoRefs, api.repos.updateRepoSettings]) {
    const { now, make } = counted()
    await Promise.all(Array.from({ length: 20 }, () => inShareOf(caller('eve'), operation, make)))
    assert.equal(now.most, 20)
  }
})

test('an answer that fails gives back its place', async () => {
  const fails = () => Promise.reject(new Error('no'))
  for (let time = 0; time < 10; time++) await assert.rejects(inShareOf(caller('eve'), api.files.listTree, fails), /no/)
})
